"""Observations in the store."""

from collections.abc import Sequence

from pymongo import ASCENDING
from pymongo.errors import DuplicateKeyError

from chassis.kernel.errors import ConflictError
from chassis.kernel.principal import Caller
from chassis.storage.repository import Document, Index, Page, Repository
from services.indicators.domain.observation import Observation, same_figure
from services.indicators.domain.verification import Version


class Observations(Repository[Observation]):
    """Figures; `derived.figure` is what only one of them may have."""

    collection_name = "observations"
    noun = "observation"
    kind = Observation
    indexes = (
        Index((("derived.figure", ASCENDING),), unique=True, conflict="observation-exists", field="period"),
        Index((("indicator_id", ASCENDING), ("period", ASCENDING), ("_id", ASCENDING))),
        Index((("status", ASCENDING), ("_id", ASCENDING))),
        Index((("institution_id", ASCENDING), ("_id", ASCENDING))),
    )

    def derived(self, record: Observation) -> Document:
        """What it is a figure of, and from whom."""
        return {"figure": same_figure(record)}

    def any_of(self, indicator_id: str) -> bool:
        """Whether there is any observation of the indicator."""
        return self.collection.find_one({"indicator_id": indicator_id}, {"_id": 1}) is not None

    def current(self, ids: Sequence[str]) -> dict[str, Version]:
        """(incarnation, version) of each that is there."""
        found = self.collection.find({"_id": {"$in": list(ids)}}, {"incarnation": 1, "version": 1})
        return {one["_id"]: (one.get("incarnation", 1), one["version"]) for one in found}

    def conflict(self, error: DuplicateKeyError, record: Observation) -> ConflictError:
        """Names the observation that is there already, because that is the one to change."""
        conflict = super().conflict(error, record)
        there = self.find_by(derived__figure=same_figure(record))
        named = {"id": there.id if there else "", "period": record.period, "area": record.area}
        return ConflictError(conflict.code, conflict.field, {**conflict.params, **named})

    def listed(
        self,
        caller: Caller,
        *,
        page_size: int,
        cursor: str | None,
        indicator_id: str | None,
        period: str | None,
        area: str | None,
        status: str | None,
        institutions: Sequence[str] = (),
    ) -> Page[Observation]:
        """A page of observations, in the order in which they came."""
        asked = (
            ("indicator_id", indicator_id),
            ("period", period),
            ("area", area),
            ("status", status),
            ("institution_id", {"$in": list(institutions)} if institutions else None),
        )
        return self.page({key: value for key, value in asked if value}, page_size, cursor, caller)
