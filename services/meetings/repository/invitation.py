"""Answers to invitations in the store, of all nodes."""

from collections.abc import Sequence

from pymongo import ASCENDING

from chassis.kernel.principal import Caller
from chassis.storage.repository import Index, Page, Repository
from services.meetings.domain.rsvp import Rsvp


class Rsvps(Repository[Rsvp]):
    """An institution has one to a meeting on a node."""

    collection_name = "rsvps"
    noun = "rsvp"
    kind = Rsvp
    indexes = (
        Index(
            (("meeting_id", ASCENDING), ("institution_id", ASCENDING)),
            unique=True,
            conflict="rsvp-exists",
            field="institution_id",
        ),
        Index((("meeting_id", ASCENDING), ("_id", ASCENDING))),
        Index((("institution_id", ASCENDING), ("_id", ASCENDING))),
    )

    def listed(
        self, caller: Caller, *, page_size: int, cursor: str | None, meeting_id: str | None, institutions: Sequence[str]
    ) -> Page[Rsvp]:
        """A page of answers."""
        same = {"$in": list(institutions)} if institutions else None
        asked = {"meeting_id": meeting_id, "institution_id": same}
        return self.page({name: value for name, value in asked.items() if value}, page_size, cursor, caller)

    def of_meeting(self, id: str, visible: Sequence[str] | None = None) -> list[Rsvp]:
        """Every answer to this meeting that may be seen: as many as institutions, on a few nodes."""
        found = self.collection.find({"meeting_id": id})
        return [self.to_record(one) for one in found if visible is None or one["visibility"] in visible]
