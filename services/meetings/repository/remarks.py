"""Remarks and the verdicts on them in the store, of all nodes."""

from collections.abc import Sequence

from pymongo import ASCENDING

from chassis.kernel.principal import Caller
from chassis.storage.repository import Index, Page, Repository
from services.meetings.domain.document import MOST_HANDLED
from services.meetings.domain.remark import Remark, RemarkAnswer


class Remarks(Repository[Remark]):
    """In the order of ids."""

    collection_name = "remarks"
    noun = "remark"
    kind = Remark
    indexes = (
        Index((("target_id", ASCENDING), ("_id", ASCENDING))),
        Index((("institution_id", ASCENDING), ("_id", ASCENDING))),
    )

    def listed(
        self,
        caller: Caller,
        *,
        page_size: int,
        cursor: str | None,
        target_id: str | None,
        institutions: Sequence[str],
        section: str | None,
    ) -> Page[Remark]:
        """A page of remarks."""
        same = {"$in": list(institutions)} if institutions else None
        asked = {"target_id": target_id, "institution_id": same, "section": section}
        return self.page({name: value for name, value in asked.items() if value}, page_size, cursor, caller)

    def of_target(self, id: str, visible: Sequence[str] | None = None) -> list[Remark]:
        """Every remark on a text that may be seen: as many as were made of the one text."""
        found = self.collection.find({"target_id": id}).sort("_id", ASCENDING).limit(MOST_HANDLED)
        return [self.to_record(one) for one in found if visible is None or one["visibility"] in visible]


class RemarkAnswers(Repository[RemarkAnswer]):
    """One a remark."""

    collection_name = "remark_answers"
    noun = "remark_answer"
    kind = RemarkAnswer
    indexes = (
        Index((("remark_id", ASCENDING),), unique=True, conflict="remark-answered", field="remark_id"),
        Index((("target_id", ASCENDING), ("_id", ASCENDING))),
    )

    def listed(
        self, caller: Caller, *, page_size: int, cursor: str | None, remark_id: str | None, target_id: str | None
    ) -> Page[RemarkAnswer]:
        """A page of verdicts."""
        asked = {"remark_id": remark_id, "target_id": target_id}
        return self.page({name: value for name, value in asked.items() if value}, page_size, cursor, caller)

    def of_remarks(self, ids: Sequence[str], visible: Sequence[str] | None = None) -> list[RemarkAnswer]:
        """Every verdict on these that may be seen."""
        found = self.collection.find({"remark_id": {"$in": list(ids)}})
        return [self.to_record(one) for one in found if visible is None or one["visibility"] in visible]

    def of_target(self, id: str, visible: Sequence[str] | None = None) -> list[RemarkAnswer]:
        """Every verdict on what was said of a text that may be seen."""
        found = self.collection.find({"target_id": id}).limit(2 * MOST_HANDLED)
        return [self.to_record(one) for one in found if visible is None or one["visibility"] in visible]
