"""Interventions in the store."""

from collections.abc import Sequence

from pymongo import ASCENDING

from chassis.kernel.principal import Caller
from chassis.storage.repository import Document, Index, Page, Repository
from services.actors.domain.intervention import Intervention, institutions_of


class Interventions(Repository[Intervention]):
    """Who does what, where; `derived.institutions` are all it names."""

    collection_name = "interventions"
    noun = "intervention"
    kind = Intervention
    indexes = (
        Index((("derived.institutions", ASCENDING), ("_id", ASCENDING))),
        Index((("themes", ASCENDING), ("_id", ASCENDING))),
        Index((("places.code", ASCENDING), ("_id", ASCENDING))),
        Index((("status", ASCENDING), ("_id", ASCENDING))),
    )

    def derived(self, record: Intervention) -> Document:
        """Every institution of the intervention."""
        return {"institutions": list(institutions_of(record))}

    def listed(
        self,
        caller: Caller,
        *,
        page_size: int,
        cursor: str | None,
        institutions: Sequence[str],
        theme: str | None,
        axis: str | None,
        region: str | None,
        status: str | None,
    ) -> Page[Intervention]:
        """A page of interventions; those of institutions name one of them in any part."""
        asked = (
            ("derived.institutions", {"$in": list(institutions)} if institutions else None),
            ("themes", theme),
            ("axes", axis),
            ("places.code", region),
            ("status", status),
        )
        return self.page({key: value for key, value in asked if value}, page_size, cursor, caller)
