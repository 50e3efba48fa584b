"""Who read personal data, when, for what: one line a call, written before the answer goes out.

A document: {_id, at, by: the account, call, request: its correlation id, records: their ids}. Appended, never
changed; what is older than the policy says goes (chassis/history/retention.py). Of a person it has nothing but ids.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pymongo import ASCENDING, DESCENDING
from pymongo.database import Database

from chassis.kernel.clock import now
from chassis.kernel.ids import new_id

COLLECTION = "accesses"


class Accesses:
    """Those of one database."""

    def __init__(self, database: Database[dict[str, Any]]) -> None:
        self.collection = database[COLLECTION]

    def sync_indexes(self) -> None:
        """By person, by age."""
        self.collection.create_index([("records", ASCENDING), ("_id", DESCENDING)], name="records_id")
        self.collection.create_index([("at", ASCENDING)], name="at_1")

    def note(self, by: str, call: str, request: str, records: Sequence[str]) -> None:
        """Somebody is about to be given these; nothing where it is nobody. One write, whatever their number."""
        if records:
            told = {"at": now(), "by": by, "call": call, "request": request, "records": list(records)}
            self.collection.insert_one({"_id": new_id(), **told})

    def page(self, conditions: Mapping[str, Any], size: int, cursor: str | None) -> list[dict[str, Any]]:
        """At most `size`, the newest first, after the one that the cursor names."""
        wanted = {**conditions, **({"_id": {"$lt": cursor}} if cursor else {})}
        return list(self.collection.find(wanted).sort("_id", DESCENDING).limit(size))

    def forget(self, before: datetime) -> int:
        """Let go what is older; how many."""
        return int(self.collection.delete_many({"at": {"$lt": before}}).deleted_count)
