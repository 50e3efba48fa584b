"""Recommendations in the store."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from pymongo import ASCENDING

from chassis.kernel.clock import NIAMEY
from chassis.kernel.principal import Caller
from chassis.kernel.sight import Sight
from chassis.storage.repository import ANY, Document, Index, Page, Repository
from services.meetings.domain.recommendation import Recommendation
from services.meetings.domain.standing import OPEN, in_group
from services.meetings.domain.timeliness import NO_DAY, days_of

UNENDED = ("open", "accepted", "in_progress", "declined", "done")
OVER = ("verified", "cancelled", "merged")


class Recommendations(Repository[Recommendation]):
    """In the order they were made. `derived.effective` is kept by projections/standing.py, in every commit."""

    collection_name = "recommendations"
    noun = "recommendation"
    kind = Recommendation
    indexes = (
        Index((("meeting_id", ASCENDING), ("_id", ASCENDING))),
        Index((("minutes_id", ASCENDING), ("_id", ASCENDING))),
        Index((("derived.institutions", ASCENDING), ("_id", ASCENDING))),
        Index((("status", ASCENDING), ("_id", ASCENDING))),
        Index((("derived.effective.status", ASCENDING), ("_id", ASCENDING))),
        Index((("derived.effective.public", ASCENDING), ("_id", ASCENDING))),
        Index((("derived.effective.due", ASCENDING), ("_id", ASCENDING))),
        Index((("derived.effective.public_due", ASCENDING), ("_id", ASCENDING))),
        Index((("derived.asked.groups", ASCENDING), ("derived.effective.due", ASCENDING), ("_id", ASCENDING))),
        Index((("derived.asked.groups", ASCENDING), ("_id", ASCENDING))),
        Index((("derived.asked.on", ASCENDING),)),
        Index((("lead_institution_id", ASCENDING), ("_id", ASCENDING))),
        Index((("derived.effective.rule", ASCENDING),)),
    )

    def derived(self, record: Recommendation) -> Document:
        """Every institution concerned."""
        named = (record.lead_institution_id, *record.supporting_institution_ids)
        return {"institutions": [id for id in named if id]}

    def of_minutes(self, minutes_id: str) -> list[Recommendation]:
        """Those that came from these minutes, in order."""
        found = self.collection.find({"minutes_id": minutes_id}).sort("_id", ASCENDING)
        return [self.to_record(document) for document in found]

    def open_of(self, group_id: str, most: int) -> tuple[list[str], int]:
        """Ids of those of a group that are not carried out, as far as they are seen, and how many there are.

        What was declined first, for the session to decide on; then the longest overdue, and last what has no day.
        """
        of = {"derived.asked.groups": in_group(self.sight.levels[0], group_id)}
        wanted = {**of, "derived.effective.status": {"$in": list(OPEN)}}
        clauses = {"$and": [one for one in (self.clause(self.sight), wanted) if one]}
        order = [("derived.effective.due", ASCENDING), ("_id", ASCENDING)]
        found = self.collection.find(clauses, {"_id": 1}).sort(order).limit(most)
        return [one["_id"] for one in found], self.collection.count_documents(clauses)

    def listed(
        self,
        caller: Caller,
        *,
        page_size: int,
        cursor: str | None,
        meeting_id: str | None,
        institutions: Sequence[str] = (),
        leads: Sequence[str] = (),
        group_id: str | None,
        kind: str | None,
        status: str | None,
        effective: str | None,
        axis: str | None,
        overdue: bool | None,
        stage: str | None,
    ) -> Page[Recommendation]:
        """A page of recommendations; those of institutions they lead or support.

        The effective state, and how late it is, are those that the caller sees on the recommendation's page.
        """
        sight = self.looking(caller)
        asked = (
            ("meeting_id", meeting_id),
            ("derived.institutions", {"$in": list(institutions)} if institutions else None),
            ("lead_institution_id", {"$in": list(leads)} if leads else None),
            ("derived.asked.groups", in_group(sight.levels[0], group_id) if group_id else None),
            ("kind", kind),
            ("status", status),
            (f"derived.effective.{standing_in(sight)}", effective),
            ("axis", axis),
        )
        conditions: dict[str, Any] = {key: value for key, value in asked if value}
        if overdue or stage:
            conditions[f"derived.effective.{day_in(sight)}"] = _days(overdue, stage)
        return self.page(conditions, page_size, cursor, caller)

    def numbered(
        self,
        caller: Caller,
        *,
        institutions: Sequence[str],
        group_id: str | None,
        axis: str | None,
        since: str,
        most: int,
    ) -> list[Document]:
        """What is counted of recommendations: those that have not ended, and those asked since a day that have.

        Cost: grows with these, not with all that ever was.
        """
        sight = self.looking(caller)
        key = f"derived.effective.{standing_in(sight)}"
        conditions: dict[str, Any] = dict(self.clause(sight))
        if institutions:
            conditions["derived.institutions"] = {"$in": list(institutions)}
        if group_id:
            conditions["derived.asked.groups"] = in_group(sight.levels[0], group_id)
        if axis:
            conditions["axis"] = axis
        wanted = {"axis": 1, "due": 1, "created_at": 1, "derived": 1}
        found: list[Document] = []
        for which in ({key: {"$in": list(UNENDED)}}, {"derived.asked.on": {"$gte": since}, key: {"$in": list(OVER)}}):
            left = most + 1 - len(found)
            found += self.collection.find({"$and": [which, conditions or ANY]}, wanted).limit(left) if left else ()
        return found


def standing_in(sight: Sight) -> str:
    """Where it is kept how one stands, for who sees that much."""
    return "status" if "gtm" in sight.levels else "public"


def day_in(sight: Sight) -> str:
    """Where the day is kept of one that somebody is waited for."""
    return "due" if "gtm" in sight.levels else "public_due"


def _days(overdue: bool | None, stage: str | None) -> dict[str, str]:
    today = datetime.now(NIAMEY).date()
    first, last = days_of(stage, today) if stage else (date.min.isoformat(), NO_DAY)
    if overdue:
        last = min(last, (today - timedelta(days=1)).isoformat())
    return {"$gte": first, "$lte": last}
