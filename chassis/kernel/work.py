"""The unit of work, as handlers see it: nothing is stored unless the whole block ends well."""

from datetime import datetime
from typing import Any, Protocol, TypeVar

from chassis.kernel.principal import Caller
from chassis.kernel.record import Record

R = TypeVar("R", bound=Record)
R_co = TypeVar("R_co", bound=Record, covariant=True)


class Records(Protocol[R_co]):
    """A collection of records of one noun."""

    def get(self, id: str, version: int | None = None) -> R_co:
        """The record. Raises: NotFoundError; StaleError when `version` is given and is not the stored one."""

    def own(self, id: str, version: int | None = None) -> R_co:
        """The record, to change it. Raises: as get; ConflictError not-the-origin when another node owns it."""

    def find(self, id: str) -> R_co | None:
        """The record, or None."""


class Work(Protocol):
    """What a handler does its work with; the record and its event are stored in one commit at the end."""

    caller: Caller
    now: datetime
    node: str

    def new(self, kind: type[R], visibility: str, /, **fields: Any) -> R:
        """A new record of this node, version 1; not stored yet."""

    def revise(self, record: R, /, **changes: Any) -> R:
        """The record with the changes and the next version; the same object when nothing differs.

        Raises: ConflictError not-the-origin, when the record belongs to another node.
        """

    def save(self, record: Record, event: Any) -> None:
        """Store the record and append its event, at the end of the block. A record that did not change is left out."""

    def keep(self, collection: str, document: dict[str, Any]) -> None:
        """Store a document that is no record (the text of a file) in the same commit.

        Raises at the end: ConflictError already-kept, when its `_id` exists.
        """

    def replicate(self, event: Any) -> None:
        """Keep the record of another service that the event carries, unless what is kept is as new."""

    def adopt(self, event: Any, known: Any) -> None:
        """Keep a record of this service's own nouns that another node owns, unless what is kept is as new."""
