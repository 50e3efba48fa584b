"""Read-only copies of other services' records, fed by events: how services learn of each other without calling."""

import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from pymongo import ASCENDING, InsertOne, ReplaceOne
from pymongo.client_session import ClientSession
from pymongo.database import Database

from chassis.contract.envelope import Event
from chassis.storage.mongo import pieces
from chassis.storage.seeing import Seen
from chassis.storage.tombstones import Known, Tombstones, noun_of, remove, require_owner, version_of


class Replica(Seen):
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

    def apply(self, events: Sequence[Event], tombstones: Tombstones, session: ClientSession) -> None:
        """Keep the events' records unless what is kept is as new (events.md, Receiving 2 and 4).

        Raises: UnreadableEventError when a record is known to belong to another node than the one that speaks.
        """
        newest: dict[str, Event] = {}
        owners: dict[str, str] = {}
        for event in events:
            require_owner(event, owners.setdefault(event.subject, event.origin))
            if event.subject not in newest or version_of(event) > version_of(newest[event.subject]):
                newest[event.subject] = event
        kept = self._kept(sorted(newest), session)
        others = sorted(id for id, event in newest.items() if event.origin != tombstones.node)
        buried = tombstones.find(noun_of(events[0]), others, session) if others else {}
        writes: list[InsertOne[dict[str, Any]] | ReplaceOne[dict[str, Any]]] = []
        for id, event in newest.items():
            newer = all(known[id].is_older_than(event) for known in (kept, buried) if id in known)
            # Said again it counts: of two contents of a version the other one was kept (foreign.py).
            again = event.replay and id in kept and id not in buried and kept[id].version == version_of(event)
            if not newer and not again:
                continue
            if id in buried:
                tombstones.lift(noun_of(event), id, session)
            copy = _copy(event)
            writes.append(ReplaceOne({"_id": id}, copy) if id in kept else InsertOne({"_id": id, **copy}))
        if writes:
            self.collection.bulk_write(writes, ordered=False, session=session)

    def withdraw(self, event: Event, tombstones: Tombstones, at: datetime, session: ClientSession) -> None:
        """Forget the copy of another node's record; that of this node's own stays, and is internal.

        Raises: UnreadableEventError when the record is known to belong to another node than the one that speaks.
        """
        id, noun = event.subject, noun_of(event)
        for known in (self._kept([id], session), tombstones.find(noun, [id], session)):
            if id in known and not known[id].is_older_than(event):
                return
        if event.origin == tombstones.node:
            internal = {
                "visibility": "internal",
                "recordversion": event.recordversion,
                "incarnation": event.incarnation,
            }
            self.collection.update_one({"_id": id}, {"$set": internal}, session=session)
            return
        remove(self.collection, id, session)
        tombstones.put(noun, id, Known(event.origin, version_of(event)), at, session)

    def _kept(self, ids: Sequence[str], session: ClientSession) -> dict[str, Known]:
        kept: dict[str, Known] = {}
        fields = {"incarnation": 1, "recordversion": 1, "origin": 1}
        for piece in pieces(ids):
            for one in self.collection.find({"_id": {"$in": piece}}, fields, session=session):
                kept[one["_id"]] = Known(one["origin"], (one["incarnation"], one["recordversion"]))
        return kept

    def find(self, id: str, within: float = 2.0) -> dict[str, Any] | None:
        """The copy or None, also when it is not seen.

        An unknown id is asked for again for `within` seconds: its event may be on the way.
        """
        deadline = time.monotonic() + within
        while True:
            found = self.collection.find_one(self.by_id(id))
            if found is not None or time.monotonic() >= deadline:
                return found
            time.sleep(0.05)

    def every(self, conditions: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
        """All copies that fit, by id. For small collections (institutions, groups)."""
        return list(self.collection.find(dict(conditions or {})).sort("_id", ASCENDING))


def keep_copy(event: Event, work: Any) -> None:
    """The handler that does nothing else."""
    work.replicate(event)


def _copy(event: Event) -> dict[str, Any]:
    copy = {name: value for name, value in event.data.items() if name not in ("id", "changed")}
    return copy | {"recordversion": event.recordversion, "incarnation": event.incarnation, "origin": event.origin}
