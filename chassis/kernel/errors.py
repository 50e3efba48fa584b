"""The seven ways in which a request can fail; the code says which exactly, in kebab-case, for ever.

All arguments are positional: an error crosses RPC as its list of arguments and is rebuilt from it.
The text a person reads is found by code in the messages.toml files, in French and English.
"""

from collections.abc import Mapping, Sequence
from typing import Any

FieldError = dict[str, Any]
"""{"field": path with dots, "code": kebab-case, "params": {...}}"""


class PlatformError(Exception):
    """Root of the errors that a caller can act on.

    code: kebab-case; field: dotted path of the field at fault or None;
    params: values for the message; errors: one FieldError per fault, so that all are told at once.
    """

    def __init__(
        self,
        code: str,
        field: str | None = None,
        params: Mapping[str, Any] | None = None,
        errors: Sequence[FieldError] = (),
    ) -> None:
        self.code = code
        self.field = field or None
        self.params = dict(params or {})
        self.errors = list(errors)
        # nameko writes a None among the arguments as the word "None": an empty text crosses as it is.
        super().__init__(code, field or "", self.params, self.errors)

    def __str__(self) -> str:
        return f"{self.code} ({self.field})" if self.field else self.code


class InvalidError(PlatformError):
    """The request cannot be understood or breaks a stated limit: 422."""


class NotFoundError(PlatformError):
    """There is no such record for this caller: 404."""


class GoneError(PlatformError):
    """It was here once and is not any more, by decision: 410."""


class ForbiddenError(PlatformError):
    """The caller may not do this: 403."""


class ConflictError(PlatformError):
    """The record's state or another record stands against it: 409."""


class StaleError(PlatformError):
    """The record moved on since the caller read it: 412."""


class UnavailableError(PlatformError):
    """A part that is needed does not answer now; try again later: 503."""


BY_NAME: dict[str, type[PlatformError]] = {
    kind.__name__: kind
    for kind in (InvalidError, NotFoundError, GoneError, ForbiddenError, ConflictError, StaleError, UnavailableError)
}
