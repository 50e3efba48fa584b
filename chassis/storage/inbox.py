"""The marks of what each queue of a service has applied: an event once, and once each version of a record.

A mark: {_id: queue, source and id of the event; version: queue, source, subject, incarnation and version; at}. It is
stored in the commit that applies the event, so there is never one without the other. A replay by an operator is a run
of its own, named at the end of both.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from pymongo import ASCENDING
from pymongo.client_session import ClientSession
from pymongo.database import Database
from pymongo.errors import BulkWriteError, DuplicateKeyError

from chassis.contract.envelope import Event
from chassis.storage.mongo import DUPLICATE, is_duplicate, pieces

Mark = dict[str, str]
Handler = Callable[[Event, Any], None]
"""What is done with an event in a unit of work."""


class AloneError(Exception):
    """An event that has to be handled by itself: nothing of what it came with is applied."""


def mark_of(event: Event, queue: str) -> Mark:
    """The mark of an event in a queue."""
    run = f" {event.replay}" if event.replay else ""
    version = f"{queue} {event.source} {event.subject} {event.incarnation}.{event.recordversion}{run}"
    return {"_id": f"{queue} {event.source} {event.id}{run}", "version": version}


def firsts(marks: Sequence[Mark]) -> list[int]:
    """The places of those that no mark before them equals, in id or version."""
    met: set[str] = set()
    found = []
    for place, mark in enumerate(marks):
        if met.isdisjoint(mark.values()):
            found.append(place)
        met |= set(mark.values())
    return found


class Inbox:
    """The marks of one service."""

    def __init__(self, database: Database[dict[str, Any]]) -> None:
        self.collection = database["inbox"]

    def sync_indexes(self) -> None:
        """One event a version, whatever id another message gives itself."""
        self.collection.create_index(
            [("version", ASCENDING)],
            name="version_u",
            unique=True,
            partialFilterExpression={"version": {"$exists": True}},
        )

    def add(self, marks: Sequence[Mark], at: datetime, session: ClientSession) -> None:
        """Note these as seen. Raises: DuplicateKeyError, when one was."""
        documents: list[dict[str, Any]] = [{**mark, "at": at} for mark in marks]
        if len(documents) == 1:
            self.collection.insert_one(documents[0], session=session)
            return
        try:
            self.collection.insert_many(documents, session=session)
        except BulkWriteError as error:
            if is_duplicate(error):
                raise DuplicateKeyError("seen", DUPLICATE, error.details) from error
            raise

    def has(self, mark: Mark) -> bool:
        """Whether the event itself was seen."""
        return self.collection.find_one({"_id": mark["_id"]}, {"_id": 1}) is not None

    def noted(self, ids: Sequence[str]) -> set[str]:
        """Those of these marks, by `_id`, that are there."""
        found: set[str] = set()
        for piece in pieces(ids):
            found |= {str(one["_id"]) for one in self.collection.find({"_id": {"$in": piece}}, {"_id": 1})}
        return found

    def known(self, marks: Sequence[Mark]) -> list[bool]:
        """For each whether the event was seen, or another of the same version."""
        found: set[Any] = set()
        for name in ("_id", "version"):
            for piece in pieces([mark[name] for mark in marks]):
                found |= {one[name] for one in self.collection.find({name: {"$in": piece}}, {name: 1})}
        return [not found.isdisjoint(mark.values()) for mark in marks]
