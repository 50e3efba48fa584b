"""What is known of each other node by its pulses, from beat to beat: no record, and in no event."""

from datetime import datetime
from typing import Any

from pymongo import ASCENDING
from pymongo.database import Database

MOST_WARNINGS = 5


class Links:
    """{_id: node, heard_at, run, sequence, runs, interval, lag, clock_ahead, confirmed_until, gauges, warnings}.

    And carried_until: when the newest file was made that the node has told us, in a file of its own, to have taken in.
    """

    collection_name = "links"

    def __init__(self, database: Database[dict[str, Any]]) -> None:
        self.collection = database[self.collection_name]

    def of(self, node: str) -> dict[str, Any]:
        """What is known of one; empty if nothing is."""
        return self.collection.find_one({"_id": node}) or {}

    def every(self) -> dict[str, dict[str, Any]]:
        """All, by name."""
        return {one["_id"]: one for one in self.collection.find().sort("_id", ASCENDING)}

    def note(self, node: str, **values: Any) -> None:
        """Keep these values."""
        self.collection.update_one({"_id": node}, {"$set": values}, upsert=True)

    def warn(self, node: str, code: str, at: datetime) -> None:
        """Something for who runs the node; of each kind the last."""
        kept = [one for one in self.of(node).get("warnings", []) if one["code"] != code]
        self.note(node, warnings=[*kept, {"code": code, "at": at}][-MOST_WARNINGS:])

    def forget(self, node: str) -> None:
        """Nothing is known of it any more."""
        self.collection.delete_one({"_id": node})
