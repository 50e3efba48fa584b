"""Focal points in the store."""

from datetime import datetime

from pymongo import ASCENDING

from chassis.kernel.principal import Caller
from chassis.kernel.sight import Sight
from chassis.storage.repository import Document, Index, Page, Repository
from services.actors.domain.focal_point import COORDINATION, FocalPoint, consents_to

MEMBERS = "gtm"  # who sees what is shared among members


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
    asking: str | None = None
    """The focal point that looks, where one does."""

    def derived(self, record: FocalPoint) -> Document:
        """The address without regard to case, nobody's where it was erased; whether members find the person."""
        email = record.id if record.erased else record.email.casefold()
        return {"email": email, "members": consents_to(record.consents, COORDINATION)}

    def listed(
        self, caller: Caller, *, page_size: int, cursor: str | None, institution_id: str | None, status: str | None
    ) -> Page[FocalPoint]:
        """A page of focal points, of one institution if asked."""
        asked = (("institution_id", institution_id), ("status", status))
        conditions = {key: value for key, value in asked if value}
        return self.seen_by(caller).page(conditions, page_size, cursor, caller)

    def seen_by(self, caller: Caller) -> "FocalPoints":
        """The same, in which the caller also finds themselves."""
        bound = super().seen_by(caller)
        bound.asking = caller.principal.focal_point_id
        return bound

    def clause(self, sight: Sight) -> Document:
        """Whom somebody may see: the secretariat everybody, members those who consented, each themselves."""
        shown = super().clause(sight)
        if not shown:
            return {}
        others = [{"derived.members": True}] if MEMBERS in sight.levels else []
        own = [{"_id": self.asking}] if self.asking else []
        return {"$or": [shown, *others, *own]}

    def ended_before(self, instant: datetime, most: int) -> list[str]:
        """Ids of this node's who ended before, and were not erased."""
        over = {"status": "ended", "erased": None, "origin": self.node}
        ended = {"$or": [{"ended_at": {"$lt": instant}}, {"ended_at": None, "updated_at": {"$lt": instant}}]}
        return [one["_id"] for one in self.collection.find({**over, **ended}, {"_id": 1}).limit(most)]
