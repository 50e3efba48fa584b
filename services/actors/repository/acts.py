"""Confirmations and merges in the store, of all nodes."""

from collections.abc import Sequence
from typing import Any

from pymongo import ASCENDING

from chassis.kernel.principal import Caller
from chassis.storage.repository import Index, Page, Repository
from services.actors.domain.confirmation import Confirmation
from services.actors.domain.merge import Merge, ways


class Confirmations(Repository[Confirmation]):
    """As many as are given."""

    collection_name = "confirmations"
    noun = "confirmation"
    kind = Confirmation
    indexes = (
        Index((("intervention_id", ASCENDING), ("_id", ASCENDING))),
        Index((("institution_id", ASCENDING), ("_id", ASCENDING))),
    )

    def of(self, ids: Sequence[str], visible: Sequence[str] | None = None) -> list[Confirmation]:
        """All of these interventions, or those of these visibilities. Cost: grows with what was said of them."""
        found = self.collection.find({"intervention_id": {"$in": list(ids)}})
        return [self.to_record(one) for one in found if visible is None or one["visibility"] in visible]

    def listed(
        self,
        caller: Caller,
        *,
        page_size: int,
        cursor: str | None,
        intervention_id: str | None,
        institution_id: str | None,
    ) -> Page[Confirmation]:
        """A page, in the order of ids."""
        asked = (("intervention_id", intervention_id), ("institution_id", institution_id))
        conditions: dict[str, Any] = {key: value for key, value in asked if value}
        return self.page(conditions, page_size, cursor, caller)


class Merges(Repository[Merge]):
    """Few: each is a person's decision on the centre."""

    collection_name = "merges"
    noun = "merge"
    kind = Merge
    indexes = (
        Index((("kept_id", ASCENDING), ("_id", ASCENDING))),
        Index((("merged_id", ASCENDING), ("_id", ASCENDING))),
    )

    def all_known(self, visible: Sequence[str] | None = None) -> list[Merge]:
        """All of them, or those of these visibilities."""
        found = self.collection.find({} if visible is None else {"visibility": {"$in": list(visible)}})
        return [self.to_record(one) for one in found]

    def ways(self, visible: Sequence[str] | None = None) -> dict[str, str]:
        """Where each merged institution leads, one step; as far as may be seen."""
        return ways(self.all_known(visible))

    def listed(self, caller: Caller, *, page_size: int, cursor: str | None, institution_id: str | None) -> Page[Merge]:
        """A page, in the order of ids."""
        either = [{"kept_id": institution_id}, {"merged_id": institution_id}]
        return self.page({"$or": either} if institution_id else {}, page_size, cursor, caller)
