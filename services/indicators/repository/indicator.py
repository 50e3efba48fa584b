"""Indicators in the store."""

from collections.abc import Sequence

from pymongo import ASCENDING

from chassis.kernel.principal import Caller
from chassis.storage.repository import Document, Index, Page, Repository
from services.indicators.domain.indicator import Indicator


class Indicators(Repository[Indicator]):
    """What is measured, by code."""

    collection_name = "indicators"
    noun = "indicator"
    kind = Indicator
    indexes = (
        Index((("derived.code", ASCENDING),), unique=True, conflict="indicator-code-taken", field="code"),
        Index((("code", ASCENDING), ("_id", ASCENDING))),
        Index((("framework_id", ASCENDING), ("node_code", ASCENDING), ("code", ASCENDING), ("_id", ASCENDING))),
        Index((("responsible_institution_id", ASCENDING), ("code", ASCENDING), ("_id", ASCENDING))),
    )
    order = (("code", ASCENDING),)

    def derived(self, record: Indicator) -> Document:
        """The code without regard to case."""
        return {"code": record.code.casefold()}

    def nodes_in_use(self, framework_id: str) -> set[str]:
        """Codes of the framework's lines that indicators stand at. Cost: the framework's indicators."""
        used = self.collection.distinct("node_code", {"framework_id": framework_id})
        return {code for code in used if code is not None}

    def listed(
        self,
        caller: Caller,
        *,
        page_size: int,
        cursor: str | None,
        code: str | None,
        framework_id: str | None,
        node_code: str | None,
        level: str | None,
        responsible: Sequence[str] = (),
    ) -> Page[Indicator]:
        """A page of indicators, by code."""
        asked = (
            ("derived.code", code.casefold() if code else None),
            ("framework_id", framework_id),
            ("node_code", node_code),
            ("level", level),
            ("responsible_institution_id", {"$in": list(responsible)} if responsible else None),
        )
        return self.page({key: value for key, value in asked if value}, page_size, cursor, caller)
