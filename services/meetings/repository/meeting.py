"""Meetings in the store."""

from typing import Any

from pymongo import ASCENDING, DESCENDING

from chassis.kernel.principal import Caller
from chassis.storage.repository import Index, Page, Repository
from services.meetings.domain.meeting import Meeting


class Meetings(Repository[Meeting]):
    """The latest first."""

    collection_name = "meetings"
    noun = "meeting"
    kind = Meeting
    order = (("date", DESCENDING),)
    indexes = (
        Index((("date", DESCENDING), ("_id", ASCENDING))),
        Index((("group_id", ASCENDING), ("date", DESCENDING), ("_id", ASCENDING))),
        Index((("state", ASCENDING), ("date", DESCENDING), ("_id", ASCENDING))),
    )

    def on_day(self, group_id: str, day: str) -> list[Meeting]:
        """The group's meetings on a day, in the order they were planned."""
        found = self.collection.find({"group_id": group_id, "date": day}).sort("_id", ASCENDING)
        return [self.to_record(document) for document in found]

    def listed(
        self,
        caller: Caller,
        *,
        page_size: int,
        cursor: str | None,
        group_id: str | None,
        state: str | None,
        since: str | None,
        until: str | None,
    ) -> Page[Meeting]:
        """A page of meetings; days are included."""
        conditions: dict[str, Any] = {key: value for key, value in (("group_id", group_id), ("state", state)) if value}
        days = {key: value for key, value in (("$gte", since), ("$lte", until)) if value}
        if days:
            conditions["date"] = days
        return self.page(conditions, page_size, cursor, caller)
