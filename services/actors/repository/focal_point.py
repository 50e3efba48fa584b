"""Focal points in the store."""

from pymongo import ASCENDING

from chassis.kernel.principal import Caller
from chassis.storage.repository import Document, Index, Page, Repository
from services.actors.domain.focal_point import FocalPoint


class FocalPoints(Repository[FocalPoint]):
    """Persons; one record for an address at an institution."""

    collection_name = "focal_points"
    noun = "focal_point"
    kind = FocalPoint
    indexes = (
        Index(
            (("institution_id", ASCENDING), ("derived.email", ASCENDING)),
            unique=True,
            conflict="focal-point-exists",
            field="email",
        ),
        Index((("institution_id", ASCENDING), ("_id", ASCENDING))),
    )

    def derived(self, record: FocalPoint) -> Document:
        """The address without regard to case."""
        return {"email": record.email.casefold()}

    def listed(
        self, caller: Caller, *, page_size: int, cursor: str | None, institution_id: str | None, status: str | None
    ) -> Page[FocalPoint]:
        """A page of focal points, of one institution if asked."""
        asked = (("institution_id", institution_id), ("status", status))
        conditions = {key: value for key, value in asked if value}
        return self.page(conditions, page_size, cursor, caller)
