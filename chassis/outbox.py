"""Events stored with their state: the outbox is also the service's log.

A row: {_id: event id, subject, type, recordversion, visibility, time, key: routing key, envelope, sent: bool}.
Rows are inserted in the transaction that stores the record, and stay after they were sent.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import orjson
from pymongo import ASCENDING
from pymongo.client_session import ClientSession
from pymongo.database import Database

from chassis.envelope import Event
from chassis.kernel.clock import now


class Outbox:
    """The log of one service's events, and which of them still have to leave."""

    def __init__(self, database: Database[dict[str, Any]]) -> None:
        self.rows = database["outbox"]

    def sync_indexes(self) -> None:
        """Indexes for: what is unsent; the log by type; the log by subject."""
        self.rows.create_index([("sent", ASCENDING), ("_id", ASCENDING)], name="sent_id")
        self.rows.create_index([("type", ASCENDING), ("_id", ASCENDING)], name="type_id")
        self.rows.create_index([("subject", ASCENDING), ("_id", ASCENDING)], name="subject_id")

    def append_heard(self, event: Event, session: ClientSession) -> None:
        """Keep an event of another node in the log, inside the caller's transaction; it is not ours to send."""
        envelope = orjson.loads(event.raw)
        service, noun, participle = envelope["type"].split(".")[1:4]
        row = _row(f"{event.origin}.{event.visibility}.{service}.{noun}.{participle}", envelope)
        # Never over a row that is there: an id of ours in another's mouth changes nothing of ours.
        self.rows.update_one({"_id": event.id}, {"$setOnInsert": {**row, "sent": True}}, upsert=True, session=session)

    def append(self, envelopes: Sequence[tuple[str, dict[str, Any]]], session: ClientSession) -> None:
        """Add (routing key, envelope) rows inside the caller's transaction."""
        self.rows.insert_many([_row(key, envelope) for key, envelope in envelopes], session=session)

    def unsent(self, most: int) -> list[dict[str, Any]]:
        """Rows that wait, oldest first, versions of one record in order. A late commit is found at the next look."""
        found = list(self.rows.find({"sent": False}).sort([("sent", ASCENDING), ("_id", ASCENDING)]).limit(most))
        return sorted(found, key=lambda row: (row["subject"], row["recordversion"]))

    def mark_sent(self, ids: Iterable[str]) -> None:
        """Note that the broker confirmed these."""
        self.rows.update_many({"_id": {"$in": list(ids)}}, {"$set": {"sent": True, "sent_at": now()}})

    def backlog(self) -> tuple[int, float]:
        """How many rows wait (counted up to 10,000) and the age in seconds of the oldest, 0 if none."""
        waiting = self.rows.count_documents({"sent": False}, limit=10_000)
        oldest = self.rows.find_one({"sent": False}, {"time": 1}, sort=[("sent", ASCENDING), ("_id", ASCENDING)])
        if oldest is None:
            return 0, 0.0
        age = datetime.now(UTC) - datetime.fromisoformat(oldest["time"])
        return waiting, max(0.0, age.total_seconds())

    def log(
        self,
        *,
        visible: Sequence[str],
        after: str | None,
        most: int,
        type: str | None = None,
        subject: str | None = None,
        since: str | None = None,
    ) -> list[dict[str, Any]]:
        """Envelopes in order of their ids, strictly after one of them. Cost: grows with `most`."""
        conditions: dict[str, Any] = {"_id": {"$gt": after or ""}}
        if type:
            conditions["type"] = type
        if subject:
            conditions["subject"] = subject
        if since:
            conditions["time"] = {"$gte": since}
        conditions["visibility"] = {"$in": list(visible)}
        found = self.rows.find(conditions, {"envelope": 1}).sort("_id", ASCENDING).limit(most)
        return [row["envelope"] for row in found]


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
        "sent": False,
    }
