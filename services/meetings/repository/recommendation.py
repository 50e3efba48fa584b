"""Recommendations in the store."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pymongo import ASCENDING

from chassis.kernel.clock import NIAMEY
from chassis.kernel.principal import Caller
from chassis.storage.repository import Document, Index, Page, Repository
from services.meetings.domain.recommendation import Recommendation
from services.meetings.domain.standing import OPEN


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

    def open_of(self, meeting_ids: Sequence[str], most: int) -> tuple[list[str], int]:
        """Ids of those of these meetings that are not carried out, as far as they are seen, and how many there are."""
        wanted = {"meeting_id": {"$in": list(meeting_ids)}, "derived.effective.status": {"$in": list(OPEN)}}
        clauses = {"$and": [one for one in (self.clause(self.sight), wanted) if one]}
        found = self.collection.find(clauses, {"_id": 1}).sort("_id", ASCENDING).limit(most)
        return [one["_id"] for one in found], self.collection.count_documents(clauses)

    def listed(
        self,
        caller: Caller,
        *,
        page_size: int,
        cursor: str | None,
        meeting_id: str | None,
        institution_id: str | None,
        kind: str | None,
        status: str | None,
        effective: str | None,
        axis: str | None,
        overdue: bool | None,
    ) -> Page[Recommendation]:
        """A page of recommendations; an institution's are those it leads or supports.

        The effective state is the one that the caller sees on the recommendation's page.
        """
        asked = (
            ("meeting_id", meeting_id),
            ("derived.institutions", institution_id),
            ("kind", kind),
            ("status", status),
            (f"derived.effective.{'status' if 'gtm' in self.looking(caller).levels else 'public'}", effective),
            ("axis", axis),
        )
        conditions: dict[str, Any] = {key: value for key, value in asked if value}
        if overdue:
            today = datetime.now(NIAMEY).date().isoformat()
            conditions |= {"status": {"$in": ["open", "in_progress"]}, "due": {"$lt": today, "$gt": ""}}
        return self.page(conditions, page_size, cursor, caller)
