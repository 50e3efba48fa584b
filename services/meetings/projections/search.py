"""Keeping the index of searches as the records are: it follows the service's log, whose places no commit escapes.

Of each event only the record's id counts: what is in the index is made from the record as it is stored then, so order
and repetition make no difference, and what is no more there goes. Whoever searches follows first, so it is found at
once. Made anew where the rules of words changed or the node has another life (a restore): from all records, some at a
time, while searches find what is there already.
"""

import sqlite3
import time
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import eventlet
from nameko.extensions import DependencyProvider
from pymongo.errors import PyMongoError

from chassis.kernel.errors import UnavailableError
from chassis.kernel.ids import new_id
from chassis.process.logs import get_logger
from chassis.storage.mongo import pieces
from chassis.storage.store import Store
from services.meetings.domain.search.entry import COLLECTIONS, Entry, entries
from services.meetings.domain.search.query import Directory
from services.meetings.domain.search.words import RULES
from services.meetings.projections.search_index import Made, SearchIndex

log = get_logger()
LOT = 200  # events followed in one transaction
MOST_LOTS = 5  # before a search looks at what is there
MOST_UNPLACED = 1000  # beyond, giving places is left to the relay
BATCH = 100  # records of a new index in one transaction
SILENT_SECONDS = 60.0  # of a builder, then another takes over
EVERY_SECONDS = 5.0
NAMES_SECONDS = 10.0
Stored = dict[str, Any]


class Following:
    """One index and the store that it follows."""

    def __init__(self, store: Store, index: SearchIndex) -> None:
        self._store, self.index, self._name = store, index, new_id()

    def catch_up(self, most: int = MOST_LOTS) -> bool:
        """Follow the log, so many lots at most; whether there may be more. Nothing while the index is being built."""
        for _ in range(most):
            made = self.index.made()
            if made is None or made.builder or not self._is_ours(made) or not self._follow(made):
                return False
        return True

    def build_if_needed(self) -> None:
        """Build it anew from all records, if what is there was made otherwise or never finished."""
        made, place = self.index.made(), self._store.outbox.positions.last()
        at_work = made is not None and (not made.builder or time.time() - made.beat < SILENT_SECONDS)
        if made is not None and self._is_ours(made) and at_work and made.place <= place:
            return  # a place beyond the last is one of another database
        # What has no place yet is followed later.
        building = Made(str(RULES), self._store.place.incarnation, place, self._name, time.time(), 0)
        if not self.index.write(made, building, all=True):
            return
        log.info("search.building", place=place)
        ids = {noun: self._ids(noun) for noun in COLLECTIONS}
        total, done = sum(map(len, ids.values())), 0
        for noun, known in ids.items():
            for start in range(0, len(known), BATCH):
                lot = known[start : start + BATCH]
                done += len(lot)
                after = replace(building, beat=time.time(), percent=done * 100 // total)
                if not self.index.write(building, after, lot, self._entries(noun, lot)):
                    return  # another process took over
                building = after
                eventlet.sleep(0)
        self.index.write(building, replace(building, builder="", beat=0.0, percent=100))
        log.info("search.built", records=total)

    def _is_ours(self, made: Made | None) -> bool:
        place = self._store.place
        return made is not None and (made.rules, made.life) == (str(RULES), place.incarnation)

    def _follow(self, made: Made) -> bool:
        """One lot; False where there is nothing."""
        outbox = self._store.outbox
        if 0 < outbox.marks.estimated_document_count() <= MOST_UNPLACED:
            outbox.place_waiting()
        wanted = {"number": {"$gt": made.place}}
        told = {"number": 1, "subject": 1, "type": 1}
        lot = list(outbox.positions.collection.find(wanted, told).sort("number", 1).limit(LOT))
        if not lot:
            return False
        concerned: dict[str, set[str]] = {}
        for one in lot:
            concerned.setdefault(one["type"].split(".")[2], set()).add(one["subject"])
        if "meeting" in concerned:  # their recommendations have its day and group
            concerned.setdefault("recommendation", set()).update(self._recommendations(sorted(concerned["meeting"])))
        found = [(noun, sorted(ids)) for noun, ids in concerned.items() if noun in COLLECTIONS]
        made_of = [entry for noun, ids in found for entry in self._entries(noun, ids)]
        gone = [id for _, ids in found for id in ids]
        self.index.write(made, replace(made, place=int(lot[-1]["number"])), gone, made_of)
        return True

    def _entries(self, noun: str, ids: Sequence[str]) -> list[Entry]:
        records = list(self._read(COLLECTIONS[noun], ids))
        meetings: dict[str, Stored] = {}
        if noun == "recommendation":
            wanted = sorted({one["meeting_id"] for one in records})
            meetings = {one["_id"]: one for one in self._read("meetings", wanted)}
        return [part for one in records for part in entries(noun, one, meetings.get(one.get("meeting_id", "")))]

    def _read(self, collection: str, ids: Sequence[str]) -> Iterator[Stored]:
        for piece in pieces(list(ids)):
            yield from self._store.database[collection].find({"_id": {"$in": piece}})

    def _ids(self, noun: str) -> list[str]:
        return [one["_id"] for one in self._store.database[COLLECTIONS[noun]].find({}, {"_id": 1})]

    def _recommendations(self, meetings: Sequence[str]) -> list[str]:
        found = self._store.database["recommendations"]
        return [one["_id"] for id in meetings for one in found.find({"meeting_id": id}, {"_id": 1})]


class Searching(DependencyProvider):
    """The index of a running service: opened with its store, kept up in the background."""

    def setup(self) -> None:
        """Runs once; the file lies in the node's home, named as the service's database."""
        self.following: Following | None = None
        """None before the service's store is open."""
        self._names: dict[Hashable, tuple[float, Directory]] = {}

    def start(self) -> None:
        """Begin to follow; calls that come before find nothing, and are told that it is being built."""
        store = next(one for one in self.container.dependencies if isinstance(one, Store))
        path = store.home / "search" / f"{store.database.name}.sqlite3"
        following = self.following = Following(store, SearchIndex(path))
        self.container.spawn_managed_thread(lambda: _keep_up(following))

    def stop(self) -> None:
        """Close the file."""
        if self.following is not None:
            self.following.index.close()

    def names(self, seen: Hashable, read: Callable[[], Directory]) -> Directory:
        """The names of the directory for who sees so much of it; read again after some seconds (0120)."""
        at, known = self._names.get(seen, (0.0, None))
        if known is None or time.monotonic() - at > NAMES_SECONDS:
            known = read()
            self._names[seen] = (time.monotonic(), known)
        return known

    def get_dependency(self, worker_ctx: Any) -> "Searching":
        """Itself."""
        return self


def _keep_up(following: Following) -> None:
    """For as long as the service runs."""
    while True:
        try:
            following.build_if_needed()
            while following.catch_up():
                eventlet.sleep(0)
        except (PyMongoError, UnavailableError, sqlite3.OperationalError) as error:
            log.warning("search.waiting", error=str(error))
        eventlet.sleep(EVERY_SECONDS)
