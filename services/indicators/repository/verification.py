"""Verifications in the store, of all nodes."""

from collections.abc import Sequence
from typing import Any

from pymongo import ASCENDING

from chassis.kernel.principal import Caller
from chassis.storage.repository import Index, Page, Repository
from services.indicators.domain.verification import Verification


class Verifications(Repository[Verification]):
    """As many as are given."""

    collection_name = "verifications"
    noun = "verification"
    kind = Verification
    indexes = (
        Index((("observation_id", ASCENDING), ("_id", ASCENDING))),
        Index((("verdict", ASCENDING), ("_id", ASCENDING))),
    )

    def of(self, ids: Sequence[str], visible: Sequence[str] | None = None) -> list[Verification]:
        """All on these observations, or those of these visibilities. Cost: grows with what was said of them."""
        found = self.collection.find({"observation_id": {"$in": list(ids)}})
        return [self.to_record(one) for one in found if visible is None or one["visibility"] in visible]

    def listed(
        self, caller: Caller, *, page_size: int, cursor: str | None, observation_id: str | None, verdict: str | None
    ) -> Page[Verification]:
        """A page, in the order of ids."""
        asked = (("observation_id", observation_id), ("verdict", verdict))
        conditions: dict[str, Any] = {key: value for key, value in asked if value}
        return self.page(conditions, page_size, cursor, caller)
