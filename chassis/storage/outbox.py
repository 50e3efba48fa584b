"""Events stored with their state: the outbox is also the service's log.

A row: {_id: event id, subject, type, recordversion, visibility, time, key: routing key, envelope}. Rows are inserted in
the transaction that stores the record, with a mark in `unsent` ({_id: event id, time}), and are never changed. When the
event has left, its mark goes. Rows of other nodes are `heard`: they wait like the others, for a place in the log, but
are not published.
"""

import contextlib
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import Any

import orjson
from pymongo import ASCENDING, DESCENDING, DeleteMany, UpdateMany, UpdateOne
from pymongo.client_session import ClientSession
from pymongo.database import Database
from pymongo.errors import OperationFailure

from chassis.contract.envelope import Event
from chassis.process.logs import get_logger
from chassis.storage.mongo import pieces
from chassis.storage.positions import TOLD, Positions

CHUNK = 1000  # rows looked at together
LOT = 100_000  # marks read together: some ten megabytes
MOST_COUNTED = 10_000
UNSENT = "unsent"
SENT_INDEX = "sent_id"
"""An index of the releases in which a row itself said whether it was sent."""

THIN = dict.fromkeys((*TOLD, "recordversion"), 1)
log = get_logger()
Row = dict[str, Any]


class Outbox:
    """The log of one service's events, and which of them still have to leave."""

    def __init__(self, database: Database[dict[str, Any]], incarnation: int = 1) -> None:
        self.rows, self.marks = database["outbox"], database[UNSENT]
        self.positions = Positions(database, incarnation)
        self._lot: deque[tuple[str, str]] = deque()  # (id, time) of marks that were read and not looked at yet

    def sync_indexes(self) -> None:
        """Indexes for: the log by type; the log by subject. Rows of earlier releases are marked as rows are now."""
        self.rows.create_index([("type", ASCENDING), ("_id", ASCENDING)], name="type_id")
        self.rows.create_index([("subject", ASCENDING), ("_id", ASCENDING)], name="subject_id")
        self._mark_older()
        self.positions.sync_indexes()
        self.place_all()

    def append_heard(self, events: Sequence[Event], session: ClientSession) -> None:
        """Keep events of other nodes in the log, inside the caller's transaction; they are not ours to send."""
        rows: dict[str, Row] = {}
        for event in events:
            envelope = orjson.loads(event.raw)
            service, noun, participle = envelope["type"].split(".")[1:4]
            row = _row(f"{event.origin}.{event.visibility}.{service}.{noun}.{participle}", envelope)
            rows[event.id] = {**row, "time": event.time, "heard": True}
        if not rows:
            return
        # Never over a row that is there: an id of ours in another's mouth changes nothing of ours.
        writes = [UpdateOne({"_id": id}, {"$setOnInsert": row}, upsert=True) for id, row in rows.items()]
        added = self.rows.bulk_write(writes, ordered=False, session=session).upserted_ids or {}
        if added:
            self.marks.insert_many([_mark(rows[id]) for id in added.values()], session=session)

    def forget_heard(self, event: Event, session: ClientSession) -> list[str]:
        """Take what the event's node told of the record out of the log, where it is that of another node; which."""
        heard = {"subject": event.subject, "heard": True, "envelope.origin": event.origin}
        ids = [row["_id"] for row in self.rows.find(heard, {"_id": 1}, session=session)]
        self.take_out(ids, session)
        for piece in pieces(ids):
            self.marks.delete_many({"_id": {"$in": piece}}, session=session)
        return ids

    def contradicts(self, event: Event, unknown: bool = False) -> bool:
        """Whether the log has another content for this version of the record, from the same incarnation of its node.

        An event that the log has itself contradicts nothing, nor does one that says the same under another id;
        `unknown` is the answer where the log does not have the version (it came late, or was compacted away).
        """
        sent = orjson.loads(event.raw)
        same = ("origin", "incarnation", "recordversion")
        told = [row["envelope"] for row in self.rows.find({"subject": event.subject}, {"envelope": 1})]
        told = [one for one in told if all(one.get(name) == sent[name] for name in same)]
        if not told:
            return unknown
        return not any(one["id"] == event.id or _said(one) == _said(sent) for one in told)

    def supersede(self, event: Event, session: ClientSession) -> None:
        """Of a record that its owner said again: what was told otherwise, or is newer of a lost twin, is history."""
        sent = orjson.loads(event.raw)["incarnation"]
        wanted = {"subject": event.subject, "_id": {"$ne": event.id}}
        for row in self.rows.find(wanted, {"envelope.incarnation": 1, "recordversion": 1}, session=session):
            if (row["envelope"]["incarnation"], row["recordversion"]) >= (sent, event.recordversion):
                self.rows.update_one({"_id": row["_id"]}, {"$set": {"superseded": True}}, session=session)

    def append(self, envelopes: Sequence[tuple[str, dict[str, Any]]], session: ClientSession, **more: Any) -> None:
        """Add (routing key, envelope) rows inside the caller's transaction; `more` stays in the log, with each."""
        rows = [_row(key, envelope) | more for key, envelope in envelopes]
        self.rows.insert_many(rows, session=session)
        self.marks.insert_many([_mark(row) for row in rows], session=session)

    def unsent(self, most: int) -> list[Row]:
        """Rows that wait, oldest first, versions of one record in order. A late commit is found at the next look.

        Marks are read by the lot: the embedded store looks at all of them whenever it is asked for the first few.
        """
        while True:
            fresh = not self._lot
            if fresh:
                marks = self.marks.find({}).sort("_id", ASCENDING).limit(LOT)
                self._lot.extend((mark["_id"], mark["time"]) for mark in marks)
            ids = [self._lot.popleft()[0] for _ in range(min(most, len(self._lot)))]
            if not fresh:
                left = self.waiting(ids)  # another process may have sent some since the lot was read
                ids = [id for id in ids if id in left]
            if ids or fresh:
                return sorted(self._marked(ids), key=lambda row: (row["subject"], row["recordversion"]))

    def look_again(self) -> None:
        """Something was not sent: begin with the oldest again."""
        self._lot.clear()

    def _marked(self, ids: list[str]) -> list[Row]:
        found = self.rows_of(ids)
        if len(found) < len(ids):
            # Somebody took rows out of the log.
            gone = sorted(set(ids) - {row["_id"] for row in found})
            log.warning("outbox.marks_without_rows", count=len(gone), first=gone[0])
            self.mark_sent(gone)
        return found

    def mark_sent(self, ids: Iterable[str]) -> None:
        """Note that the broker confirmed these."""
        left = [DeleteMany({"_id": {"$in": piece}}) for piece in pieces(sorted(ids))]
        if left:
            self._in_one(lambda session: self.marks.bulk_write(left, session=session))

    def waiting(self, ids: Iterable[str]) -> set[str]:
        """Those of these events that were not sent yet."""
        found: set[str] = set()
        for piece in pieces(sorted(ids)):
            found |= {mark["_id"] for mark in self.marks.find({"_id": {"$in": piece}}, {"_id": 1})}
        return found

    def take_out(self, ids: Iterable[str], session: ClientSession) -> None:
        """Compaction removes these rows, and their places but the greatest, so that no number is given twice."""
        last = self.positions.last()
        for piece in pieces(sorted(ids)):
            self.rows.delete_many({"_id": {"$in": piece}}, session=session)
            places = {"event": {"$in": piece}, "_id": {"$lt": last}}
            self.positions.collection.delete_many(places, session=session)

    def backlog(self) -> tuple[int, float]:
        """How many rows wait (counted up to 10,000) and the age in seconds of the oldest, 0 if none."""
        if self._lot:
            return min(len(self._lot), MOST_COUNTED), _age(self._lot[0][1])
        waiting = self.marks.count_documents({}, limit=MOST_COUNTED)
        oldest = self.marks.find_one({}, {"time": 1}, sort=[("_id", ASCENDING)])
        return waiting, _age(oldest["time"]) if oldest else 0.0

    def follow(
        self, conditions: Mapping[str, Any], after: int, size: int
    ) -> tuple[list[tuple[int, dict[str, Any]]], bool]:
        """(place in the log, envelope) of what fits, after a place, and whether there is more.

        Nothing ever appears before what was told: see chassis/storage/positions.py.
        """
        self.place_waiting()
        page = self.positions.page(conditions, after, size + 1)
        told = dict(page[:size])
        envelopes = {row["_id"]: row["envelope"] for row in self.rows_of(sorted(told.values()), {"envelope": 1})}
        # A place without a row is one that compaction emptied a moment ago.
        return [(number, envelopes[id]) for number, id in told.items() if id in envelopes], len(page) > size

    def last_before(self, id: str) -> int:
        """The place of the last event of our own whose id is smaller; 0 if there is none."""
        self.place_waiting()
        own = {"_id": {"$lt": id}, "heard": {"$ne": True}}
        last = self.rows.find_one(own, {"_id": 1}, sort=[("_id", DESCENDING)])
        place = last and self.positions.collection.find_one({"event": last["_id"]}, {"number": 1})
        return int(place["number"]) if place else 0

    def place_all(self) -> None:
        """Give places to rows that left without: those of a release before there were places."""
        left = self.rows.estimated_document_count() - self.marks.estimated_document_count()
        if left > self.positions.collection.estimated_document_count():
            self._place(self.rows.find({}, THIN).sort("_id", ASCENDING))

    def place_waiting(self) -> None:
        """The relay gives places to what it sends; without a broker, or before its turn, whoever reads does."""
        marks = iter(self.marks.find({}, {"_id": 1}).sort("_id", ASCENDING))
        while ids := [mark["_id"] for mark in islice(marks, CHUNK)]:
            self.positions.place(self.rows_of(ids, THIN))

    def _place(self, rows: Iterable[Row]) -> None:
        left = iter(rows)
        while chunk := list(islice(left, CHUNK)):
            self.positions.place(chunk)

    def rows_of(self, ids: Sequence[str], fields: Mapping[str, int] | None = None) -> list[Row]:
        """The rows of these ids, in their order."""
        found: dict[str, Row] = {}
        for piece in pieces(ids):
            found |= {row["_id"]: row for row in self.rows.find({"_id": {"$in": piece}}, fields)}
        return [found[id] for id in ids if id in found]

    def _mark_older(self) -> None:
        """Rows of a release that kept `sent` in the row itself; again at each opening until none was found."""
        if SENT_INDEX not in self.rows.index_information():
            return
        waiting = self.rows.find({"sent": False}, {"time": 1}).sort([("sent", ASCENDING), ("_id", ASCENDING)])
        if not (rows := list(waiting.limit(CHUNK))):
            with contextlib.suppress(OperationFailure):  # another process was faster
                self.rows.drop_index(SENT_INDEX)
        while rows:
            self._in_one(lambda session, rows=rows: self._mark_these(rows, session))  # type: ignore[misc]
            rows = list(waiting.clone().limit(CHUNK))

    def _mark_these(self, rows: Sequence[Row], session: ClientSession) -> None:
        marks = [UpdateOne({"_id": row["_id"]}, {"$setOnInsert": {"time": row["time"]}}, upsert=True) for row in rows]
        self.marks.bulk_write(marks, session=session)
        ids = [row["_id"] for row in rows]
        self.rows.bulk_write(
            [UpdateMany({"_id": {"$in": piece}}, {"$unset": {"sent": ""}}) for piece in pieces(ids)], session=session
        )

    def _in_one(self, act: Callable[[ClientSession], Any]) -> None:
        with self.rows.database.client.start_session() as session:
            session.with_transaction(act)


def _said(envelope: Mapping[str, Any]) -> Any:
    """What an event says of the record; which fields changed is said of its history."""
    return envelope["type"], {name: value for name, value in envelope["data"].items() if name != "changed"}


def _age(time: str) -> float:
    return max(0.0, (datetime.now(UTC) - datetime.fromisoformat(time)).total_seconds())


def _mark(row: Row) -> Row:
    return {"_id": row["_id"], "time": row["time"]}


def _row(key: str, envelope: dict[str, Any]) -> dict[str, Any]:
    return {
        "_id": envelope["id"],
        "subject": envelope["subject"],
        "type": envelope["type"],
        "recordversion": envelope["recordversion"],
        "visibility": envelope["visibility"],
        "time": envelope["time"],
        "key": key,
        "envelope": envelope,
    }
