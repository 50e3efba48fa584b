"""Files that were taken in, or begun: how far, so that one that was cut goes on; no record, and in no event."""

from datetime import datetime, timedelta
from typing import Any

from pymongo import DESCENDING
from pymongo.database import Database

KEPT = timedelta(days=366)


class Imports:
    """{_id: the file's, sender, incarnation, made_at, whole, header, closing, key, done, begun_at, finished_at}."""

    collection_name = "imports"

    def __init__(self, database: Database[dict[str, Any]]) -> None:
        self.collection = database[self.collection_name]

    def begin(self, id: str, at: datetime, **said: Any) -> int:
        """How many blocks of it were published before. One that was finished begins anew: that is harmless."""
        kept = self.of(id)
        if kept is None or kept["finished_at"] is not None:
            begun = {"done": 0, "begun_at": at, "finished_at": None, **said}
            self.collection.replace_one({"_id": id}, begun, upsert=True)
            self.collection.delete_many({"begun_at": {"$lt": at - KEPT}})
            return 0
        return int(kept["done"])

    def of(self, id: str) -> dict[str, Any] | None:
        """What is known of a file."""
        return self.collection.find_one({"_id": id})

    def advance(self, id: str, done: int) -> None:
        """So many blocks were published."""
        self.collection.update_one({"_id": id}, {"$max": {"done": done}})

    def finish(self, id: str, at: datetime) -> None:
        """All of them."""
        self.collection.update_one({"_id": id}, {"$set": {"finished_at": at}})

    def newest_whole(self, sender: str) -> datetime | None:
        """When the newest file was made that was taken in and left out nothing that we were not known to have."""
        wanted = {"sender": sender, "whole": True, "finished_at": {"$ne": None}}
        found = self.collection.find_one(wanted, {"made_at": 1}, sort=[("made_at", DESCENDING)])
        return None if found is None else found["made_at"]

    def life(self, sender: str) -> int:
        """The greatest incarnation of a sender that a file told of; 0 for none."""
        found = self.collection.find_one({"sender": sender}, {"incarnation": 1}, sort=[("incarnation", DESCENDING)])
        return 0 if found is None else int(found["incarnation"])
