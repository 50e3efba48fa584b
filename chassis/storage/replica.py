"""Read-only copies of other services' records, fed by events: how services learn of each other without calling."""

import time
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from pymongo import ASCENDING, InsertOne, ReplaceOne
from pymongo.client_session import ClientSession
from pymongo.database import Database

from chassis.contract.envelope import Event, UnreadableEventError
from chassis.storage.mongo import pieces


class Replica:
    """The copies of one noun: {_id, origin, recordversion, incarnation, **the record's fields}."""

    noun: ClassVar[str]
    attribute: ClassVar[str]
    """Its name on a Work or a Store: "known_institutions"."""
    indexes: ClassVar[tuple[str, ...]] = ()

    def __init__(self, database: Database[dict[str, Any]]) -> None:
        self.collection = database[f"replica_{self.noun}"]

    def sync_indexes(self) -> None:
        """One index a field named in `indexes`."""
        for name in self.indexes:
            self.collection.create_index([(name, ASCENDING)], name=f"{name}_1")

    def apply(self, events: Sequence[Event], session: ClientSession) -> None:
        """Keep the events' records unless what is kept is as new (events.md, Receiving 2 and 4).

        Raises: UnreadableEventError when a record is known to belong to another node than the one that speaks.
        """
        newest: dict[str, Event] = {}
        owners: dict[str, str] = {}
        for event in events:
            _require_owner(event, owners.setdefault(event.subject, event.origin))
            if event.subject not in newest or _version(event) > _version(newest[event.subject]):
                newest[event.subject] = event
        kept: dict[str, tuple[int, int]] = {}
        fields = {"incarnation": 1, "recordversion": 1, "origin": 1}
        for piece in pieces(sorted(newest)):
            for one in self.collection.find({"_id": {"$in": piece}}, fields, session=session):
                _require_owner(newest[one["_id"]], one["origin"])
                kept[one["_id"]] = one["incarnation"], one["recordversion"]
        writes: list[InsertOne[dict[str, Any]] | ReplaceOne[dict[str, Any]]] = []
        for id, event in newest.items():
            if id not in kept:
                writes.append(InsertOne({"_id": id, **_copy(event)}))
            elif kept[id] < _version(event):
                writes.append(ReplaceOne({"_id": id}, _copy(event)))
        if writes:
            self.collection.bulk_write(writes, ordered=False, session=session)

    def find(self, id: str, within: float = 2.0) -> dict[str, Any] | None:
        """The copy or None. An unknown id is asked for again for `within` seconds: its event may be on the way."""
        deadline = time.monotonic() + within
        while True:
            found = self.collection.find_one({"_id": id})
            if found is not None or time.monotonic() >= deadline:
                return found
            time.sleep(0.05)

    def every(self, conditions: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
        """All copies that fit, by id. For small collections (institutions, groups)."""
        return list(self.collection.find(dict(conditions or {})).sort("_id", ASCENDING))


def keep_copy(event: Event, work: Any) -> None:
    """The handler that does nothing else."""
    work.replicate(event)


def _require_owner(event: Event, owner: str) -> None:
    if event.origin != owner:
        raise UnreadableEventError(f"forged: {event.subject} belongs to {owner}, not to {event.origin}")


def _version(event: Event) -> tuple[int, int]:
    return event.incarnation, event.recordversion


def _copy(event: Event) -> dict[str, Any]:
    copy = {name: value for name, value in event.data.items() if name not in ("id", "changed")}
    return copy | {"recordversion": event.recordversion, "incarnation": event.incarnation, "origin": event.origin}
