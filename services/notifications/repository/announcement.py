"""Announcements in the store: documents beside the records, stored in the commit of the notifications they caused."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from pymongo import ASCENDING
from pymongo.database import Database

from services.notifications.domain.announcement import Announcement


class Announcements:
    """{_id: event id, act, subject, link, actor, correlation_id, happened_at, institutions, unmatched, facts}."""

    collection_name = "announcements"

    def __init__(self, database: Database[dict[str, Any]]) -> None:
        self.collection = database[self.collection_name]
        keys = [("institutions", ASCENDING), ("happened_at", ASCENDING)]
        self.collection.create_index(keys, name="institutions_1_happened_at_1")

    def find(self, event_id: str) -> Announcement | None:
        """The one that an event made, or None."""
        document = self.collection.find_one({"_id": event_id})
        return None if document is None else _announcement(document)

    def concerning(self, institution_ids: Sequence[str], since: datetime) -> list[Announcement]:
        """Those of one of these institutions that happened at this instant or later, the oldest first."""
        found = self.collection.find({"institutions": {"$in": list(institution_ids)}, "happened_at": {"$gte": since}})
        return [_announcement(document) for document in found.sort("happened_at", ASCENDING)]

    def to_document(self, announcement: Announcement) -> dict[str, Any]:
        """As it is stored; the event's id is `_id`, so that an event makes one announcement only."""
        document = asdict(announcement)
        document["_id"] = document.pop("event_id")
        return document


def _announcement(document: dict[str, Any]) -> Announcement:
    values = {name: value for name, value in document.items() if name in Announcement.__dataclass_fields__}
    values |= {"institutions": tuple(document["institutions"]), "unmatched": tuple(document["unmatched"])}
    return Announcement(event_id=document["_id"], **values)
