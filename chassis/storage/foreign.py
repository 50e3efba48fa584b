"""Records of this service's own nouns that other nodes own: kept beside its own, so that a list is one query.

They are written here alone, from events, and by nobody else: `Work.revise` refuses a record of another origin. Beside
the record's own fields a document has `incarnation` (of its node, for comparing versions) and `heard_at`.
"""

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any

from pymongo.client_session import ClientSession

from chassis.contract.envelope import Event, EventType, UnreadableEventError
from chassis.kernel.record import Record
from chassis.storage.repository import Repository, structure


def as_record(event: Event, known: Mapping[str, EventType], kind: type[Record]) -> Record:
    """The record that an event carries, as the service's own code knows it. Raises: UnreadableEventError."""
    values: dict[str, Any] = known[event.type].reader.load(event.data)
    missing = [item.name for item in fields(Record) if item.name not in values]
    if missing:
        raise UnreadableEventError(f"{event.type} of {event.origin} lacks {', '.join(missing)}")
    try:
        return structure(values, kind)
    except (TypeError, ValueError, LookupError, ExceptionGroup) as error:
        raise UnreadableEventError(f"{event.type} of {event.origin} makes no {kind.__name__}: {error}") from error


class ForeignRecords:
    """The way in for them, one a service."""

    def __init__(self, repositories: Mapping[type[Record], Repository[Any]]) -> None:
        self._by_noun = {repository.noun: repository for repository in repositories.values()}

    def nouns(self) -> list[str]:
        """What the service has collections for."""
        return sorted(self._by_noun)

    def repository(self, noun: str) -> Repository[Any]:
        """The collection of a noun."""
        return self._by_noun[noun]

    def apply(self, event: Event, record: Record, at: datetime, session: ClientSession) -> bool:
        """Store the record unless what is kept is as new (events.md, Receiving 2 and 4). False if it was.

        Raises: UnreadableEventError when the record is known to belong to another node than the one that speaks.
        """
        repository = self._by_noun[event.type.split(".")[2]]
        wanted = {"origin": 1, "incarnation": 1, "version": 1}
        kept = repository.collection.find_one({"_id": event.subject}, wanted, session=session)
        if kept is not None and kept["origin"] != event.origin:
            raise UnreadableEventError(f"forged: {event.subject} belongs to {kept['origin']}, not to {event.origin}")
        if kept is not None and (kept.get("incarnation", 1), kept["version"]) >= (
            event.incarnation,
            event.recordversion,
        ):
            return False
        document = repository.to_document(record) | {"incarnation": event.incarnation, "heard_at": at}
        repository.collection.replace_one({"_id": event.subject}, document, upsert=True, session=session)
        return True
