"""Minutes in the store, and the texts they were read from."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pymongo import ASCENDING, DESCENDING
from pymongo.database import Database

from chassis.kernel.principal import Caller
from chassis.storage.repository import Index, Page, Repository
from services.meetings.domain.minutes import Minutes
from services.meetings.domain.section import with_ids


class MinutesRepository(Repository[Minutes]):
    """The latest first."""

    collection_name = "minutes"
    noun = "minutes"
    kind = Minutes
    order = (("date", DESCENDING),)
    indexes = (
        Index((("date", DESCENDING), ("_id", ASCENDING))),
        # One text a meeting, and one erratum a text.
        Index(
            (("meeting_id", ASCENDING), ("corrects", ASCENDING)),
            unique=True,
            conflict="meeting-has-minutes",
            field="meeting_id",
        ),
        Index((("state", ASCENDING), ("date", DESCENDING), ("_id", ASCENDING))),
    )

    def to_record(self, document: Mapping[str, Any]) -> Minutes:
        """The stored minutes; sections of a release that gave them no id have one that is the same on every node."""
        record = super().to_record(document)
        return replace(record, sections=with_ids(record.id, record.sections))

    def erratum_of(self, minutes: Minutes) -> Minutes | None:
        """The minutes that correct these, as a draft too."""
        return self.find_by(meeting_id=minutes.meeting_id, corrects=minutes.id)

    def listed(
        self, caller: Caller, *, page_size: int, cursor: str | None, meeting_id: str | None, state: str | None
    ) -> Page[Minutes]:
        """A page of minutes."""
        asked = (("meeting_id", meeting_id), ("state", state))
        return self.page({key: value for key, value in asked if value}, page_size, cursor, caller)


class Sources:
    """Source texts by SHA-256: {_id, text, meeting_id, minutes_id, result of the first import}."""

    collection_name = "sources"

    def __init__(self, database: Database[dict[str, Any]]) -> None:
        self.collection = database[self.collection_name]

    def find(self, sha256: str) -> dict[str, Any] | None:
        """The text and what came of it, or None."""
        return self.collection.find_one({"_id": sha256})
