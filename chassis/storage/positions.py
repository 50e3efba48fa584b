"""The order in which the events of a log became readable: what a follower pages by, so that it never misses one.

An event's id is made before its commit, and several processes with several clocks make ids: a smaller id may appear
after a greater one. So each event is given a number after its commit, the next one that is free, by whoever comes
first: the relay before it publishes, or a reader at the end of the log. In order of time:
1. the events among those given that have no number yet are found;
2. the greatest number is read, and one document a number is inserted, one after the other. The number is the key: of
   two processes at it, one meets a number that is taken, and starts again at 1;
3. so a number appears only when all before it are there, and no event has two. No clock is read or waited for.

A restored node goes on above all numbers of its lost life: a follower that has seen those misses nothing of the new.

A document: {_id: number, number: the same, event, subject, type, visibility, time}. The embedded store looks at all
documents when it is asked for the greatest `_id`, or for a range of them; of another field it uses the index.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pymongo import ASCENDING, DESCENDING
from pymongo.database import Database
from pymongo.errors import BulkWriteError
from pymongo.read_concern import ReadConcern

from chassis.storage.mongo import pieces

COLLECTION = "log_positions"
TOLD = ("subject", "type", "visibility", "time")
LIFE = 2**40  # numbers that one incarnation of the node has at least
TAKEN = 11000  # the store's code for a key that exists

Row = Mapping[str, Any]


class Positions:
    """The numbers of one service's log."""

    def __init__(self, database: Database[dict[str, Any]], incarnation: int) -> None:
        self.live_on(incarnation)
        self._seen = 0
        # By majority: a number that a failover takes back must not have been seen.
        self.collection = database.get_collection(COLLECTION, read_concern=ReadConcern("majority"))

    def live_on(self, incarnation: int) -> None:
        """Give the numbers of that life of the node from now on."""
        self.floor = (incarnation - 1) * LIFE

    def sync_indexes(self) -> None:
        """No event twice; the log by subject and by type, in order."""
        self.collection.create_index([("event", ASCENDING)], name="event_u", unique=True)
        self.collection.create_index([("number", ASCENDING)], name="number_1")
        self.collection.create_index([("subject", ASCENDING), ("_id", ASCENDING)], name="subject_id")
        self.collection.create_index([("type", ASCENDING), ("_id", ASCENDING)], name="type_id")

    def place(self, rows: Iterable[Row]) -> None:
        """Give numbers to the rows that have none; a row needs {_id, recordversion} and what a document tells."""
        waiting = {row["_id"]: row for row in rows}
        while waiting:
            for piece in pieces(sorted(waiting)):
                for one in self.collection.find({"event": {"$in": piece}}, {"event": 1}):
                    waiting.pop(one["event"], None)
            if not waiting:
                return
            first = max(self.last(), self.floor) + 1
            wanted = [
                {"_id": number, "number": number, "event": row["_id"], **{name: row[name] for name in TOLD}}
                for number, row in enumerate(in_order(waiting.values()), first)
            ]
            try:
                self.collection.insert_many(wanted, ordered=True)
                return
            except BulkWriteError as error:
                if any(one.get("code") != TAKEN for one in (error.details or {}).get("writeErrors", ({},))):
                    raise

    def last(self) -> int:
        """The greatest number that was given, 0 if none was."""
        # From the greatest that was seen: the numbers after it are few, those before are not looked at.
        above = {"number": {"$gte": self._seen}}
        found = self.collection.find_one(above, {"number": 1}, sort=[("number", DESCENDING)])
        self._seen = int(found["number"]) if found else 0
        return self._seen

    def page(self, conditions: Mapping[str, Any], after: int, most: int) -> list[tuple[int, str]]:
        """(number, event id) of what fits, after a number. Cost: the page, and what lies between its items."""
        wanted = {"number": {"$gt": after}, **conditions}
        found = self.collection.find(wanted, {"event": 1}).sort("number", ASCENDING).limit(most)
        return [(int(one["_id"]), str(one["event"])) for one in found]


def in_order(rows: Iterable[Row]) -> list[Row]:
    """By id, that is about by time; but versions of one record one after the other, whatever the clocks said."""
    by_id = sorted(rows, key=lambda row: str(row["_id"]))
    versions: dict[str, Sequence[Row]] = {}
    for row in by_id:
        versions[row["subject"]] = [*versions.get(row["subject"], ()), row]
    turns = {subject: iter(sorted(own, key=lambda row: row["recordversion"])) for subject, own in versions.items()}
    return [next(turns[row["subject"]]) for row in by_id]
