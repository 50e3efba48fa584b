"""Who is at meetings, in the store: of this node alone, persons do not travel."""

import copy

from pymongo import ASCENDING

from chassis.kernel.principal import Caller
from chassis.kernel.sight import Sight
from chassis.storage.repository import Document, Index, Page, Repository
from services.meetings.domain.attendance import MOST, Attendee, slot

MEMBERS = "gtm"  # who sees what is shared among members


class Attendees(Repository[Attendee]):
    """In the order they were signed in. Those of a meeting are for whoever sees it and is a member of the node."""

    collection_name = "attendees"
    noun = "attendee"
    kind = Attendee
    indexes = (
        Index(
            (("meeting_id", ASCENDING), ("derived.slot", ASCENDING)),
            unique=True,
            conflict="attendee-exists",
            field="institution_id",
        ),
        Index((("meeting_id", ASCENDING), ("_id", ASCENDING))),
        Index((("institution_id", ASCENDING), ("_id", ASCENDING))),
        Index((("date", ASCENDING),)),
    )
    meeting: str | None = None
    """The meeting, which the caller sees, whose attendees are asked for."""

    def derived(self, record: Attendee) -> Document:
        """What it is the only one with."""
        return {"slot": slot(record)}

    def of_seen(self, meeting_id: str) -> "Attendees":
        """The same, in which members find those of a meeting that they see."""
        bound = copy.copy(self)
        bound.meeting = meeting_id
        return bound

    def clause(self, sight: Sight) -> Document:
        """The secretariat sees everybody, members those of the meeting that they ask about."""
        shown = super().clause(sight)
        if not shown or self.meeting is None or MEMBERS not in sight.levels:
            return shown
        return {"$or": [shown, {"meeting_id": self.meeting}]}

    def listed(
        self, caller: Caller, *, page_size: int, cursor: str | None, meeting_id: str | None, institution_id: str | None
    ) -> Page[Attendee]:
        """A page of them."""
        asked = {"meeting_id": meeting_id, "institution_id": institution_id}
        return self.page({name: value for name, value in asked.items() if value}, page_size, cursor, caller)

    def of_meeting(self, id: str) -> list[Attendee]:
        """Every line of this meeting, of any day."""
        found = self.collection.find({"meeting_id": id}).sort("_id", ASCENDING).limit(MOST)
        return [self.to_record(one) for one in found]

    def has_twin(self, attendee: Attendee) -> bool:
        """Whether another line says the same."""
        same = {"meeting_id": attendee.meeting_id, "derived.slot": slot(attendee), "_id": {"$ne": attendee.id}}
        return self.collection.find_one(same, {"_id": 1}) is not None

    def is_full(self, meeting_id: str) -> bool:
        """Whether the meeting has as many lines as it may have."""
        return self.collection.count_documents({"meeting_id": meeting_id}, limit=MOST) >= MOST

    def kept_since_before(self, day: str, most: int) -> list[str]:
        """Ids of those with a person, of meetings before that day."""
        named = {"erased": None, "$or": [{"name": {"$ne": None}}, {"function": {"$ne": None}}]}
        found = self.collection.find({"date": {"$lt": day}, "origin": self.node, **named}, {"_id": 1})
        return [one["_id"] for one in found.limit(most)]
