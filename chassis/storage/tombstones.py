"""What is left of records that were withdrawn: which record, whose, and since which version.

A document: {_id: service, noun and id of the record; noun: the first two; record: its id; origin, incarnation,
version; at}. At its origin it stands for what other nodes were told last; elsewhere it keeps an older event that comes
later from bringing the record back. It goes when its node shows the record again. A collection of its own: so no list,
search or page has to know that there are such things.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pymongo import ASCENDING
from pymongo.client_session import ClientSession
from pymongo.collection import Collection
from pymongo.database import Database

from chassis.contract.envelope import Event, Place, UnreadableEventError
from chassis.kernel.record import Record, narrows
from chassis.storage.mongo import pieces

Version = tuple[int, int]


@dataclass(frozen=True)
class Known:
    """What is known of a record, or was: whose it is, and in which version."""

    origin: str
    version: Version
    disputed: bool = False
    """Whether two contents of that version were told: then its owner has to say it again."""

    def is_older_than(self, event: Event) -> bool:
        """Whether the event tells something new. Raises: UnreadableEventError when it speaks of another's record."""
        require_owner(event, self.origin)
        return self.version < version_of(event)


class Tombstones:
    """Those of one service's database, of its own nouns and of the copies that it keeps."""

    def __init__(self, database: Database[dict[str, Any]], node: str) -> None:
        self.collection, self.node = database["withdrawn"], node

    def sync_indexes(self) -> None:
        """By noun: for comparing with other nodes."""
        self.collection.create_index([("noun", ASCENDING), ("record", ASCENDING)], name="noun_record")

    def find(self, noun: str, ids: Sequence[str], session: ClientSession | None = None) -> dict[str, Known]:
        """Of these records those that were withdrawn; `noun` with its service."""
        found: dict[str, Known] = {}
        for piece in pieces([f"{noun} {id}" for id in ids]):
            for one in self.collection.find({"_id": {"$in": piece}}, session=session):
                found[one["record"]] = Known(one["origin"], (one["incarnation"], one["version"]))
        return found

    def put(self, noun: str, id: str, known: Known, at: datetime, session: ClientSession) -> None:
        """One record more, or the same anew."""
        incarnation, version = known.version
        told = {"noun": noun, "record": id, "origin": known.origin, "incarnation": incarnation, "version": version}
        key = f"{noun} {id}"
        self.collection.replace_one({"_id": key}, {"_id": key, **told, "at": at}, upsert=True, session=session)

    def lift(self, noun: str, id: str, session: ClientSession) -> None:
        """The record is there again."""
        self.collection.delete_one({"_id": f"{noun} {id}"}, session=session)

    def held(self, noun: str, origin: str | None) -> Iterator[tuple[str, str, Version]]:
        """(origin, id, (incarnation, version)), in the order of ids, as Repository.held gives records."""
        wanted = {"noun": noun} | ({"origin": origin} if origin else {})
        for one in self.collection.find(wanted).sort("record", ASCENDING):
            yield one["origin"], one["record"], (one["incarnation"], one["version"])

    def follow(
        self, noun: str, record: Record, before: Record | None, place: Place, at: datetime, session: ClientSession
    ) -> None:
        """This node's own record changed: note what other nodes are told of it."""
        if before is None:
            return
        if narrows(before, record):
            self.put(noun, record.id, Known(record.origin, (place.incarnation, before.version + 1)), at, session)
        elif narrows(record, before):
            self.lift(noun, record.id, session)


def noun_of(event: Event) -> str:
    """The noun with its service: "actors.institution"."""
    service, noun = event.type.split(".")[1:3]
    return f"{service}.{noun}"


def version_of(event: Event) -> Version:
    """What two events of one record are compared by."""
    return event.incarnation, event.recordversion


def require_owner(event: Event, owner: str) -> None:
    """Raises: UnreadableEventError forged…, when the record belongs to another node than the one that speaks."""
    if event.origin != owner:
        raise UnreadableEventError(f"forged: {event.subject} belongs to {owner}, not to {event.origin}")


def remove(collection: Collection[dict[str, Any]], id: str, session: ClientSession) -> dict[str, Any] | None:
    """Take a document out of a collection; what it was, or None.

    Where there is none, one is stored and taken out: else a commit at the same moment that stores an older version of
    the record would meet nothing of this one, and both would stand. So the store has one of them begin again.
    """
    found = collection.find_one_and_delete({"_id": id}, session=session)
    if found is None:
        collection.insert_one({"_id": id, "origin": id}, session=session)
        collection.delete_one({"_id": id}, session=session)
    return found
