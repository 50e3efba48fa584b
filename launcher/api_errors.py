"""What may go wrong between a command and the node, in words for a person."""

from typing import Any

from launcher.errors import LauncherError

Faults = list[dict[str, Any]]


class ApiError(LauncherError):
    """The node did not do what was asked."""


class ApiUnreachableError(ApiError):
    """No answer came from the address."""

    def __init__(self, address: str, reason: str) -> None:
        super().__init__("api-unreachable", address=address, reason=reason)


class ApiProblemError(ApiError):
    """The node refused, and said why (problem details, RFC 9457); `errors`: [{field, code, detail, line?}].

    `code` is the problem's, and the text is as the node told it, in the language it was asked in.
    """

    def __init__(self, status: int, code: str, detail: str, errors: Faults, correlation_id: str | None = None) -> None:
        super().__init__(code)
        self.status, self.detail, self.errors, self.correlation_id = status, detail, errors, correlation_id

    @classmethod
    def from_answer(cls, status: int, body: Any) -> "ApiProblemError":
        """The problem of an answer, whether or not its body is one."""
        if not isinstance(body, dict):
            return cls(status, f"http-{status}", str(body).strip()[:300] or f"HTTP {status}", [])
        errors = [error for error in body.get("errors") or [] if isinstance(error, dict)]
        code = str(body.get("code") or f"http-{status}")
        detail = str(body.get("detail") or body.get("title") or f"HTTP {status}")
        return cls(status, code, detail, errors, body.get("correlation_id"))

    @property
    def line(self) -> int | None:
        """The line of the file that the first fault was found on."""
        return next((error["line"] for error in self.errors if error.get("line") is not None), None)

    def __str__(self) -> str:
        """The detail, then each fault that it does not tell yet, with its field and line."""
        return " — ".join(
            [self.detail, *(_fault(error) for error in self.errors if error.get("detail") != self.detail)]
        )


def _fault(error: dict[str, Any]) -> str:
    where = [str(error["field"])] if error.get("field") else []
    where += [f"l. {error['line']}"] if error.get("line") is not None else []
    text = str(error.get("detail") or error.get("code") or "")
    return f"{', '.join(where)} : {text}" if where and text else text
