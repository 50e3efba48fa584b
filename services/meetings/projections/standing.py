"""How recommendations stand (domain/standing.py), kept beside them for lists, and shown on their page.

Whoever writes a recommendation or an act on it, of this node or another, has its standing derived anew in that
commit: from what is stored then, so the order of arrival makes no difference. `standings` holds one document a
recommendation that is written each time: two commits on one at once cannot both go by, whichever records they bring.
The group and day of the meeting that asked are kept there too (`derived.asked`), whichever of the two came first.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from pymongo import ASCENDING
from pymongo.client_session import ClientSession
from pymongo.database import Database
from pymongo.read_concern import ReadConcern

from chassis.kernel.record import Record
from chassis.kernel.sight import LEVELS
from chassis.storage.repository import structure
from services.meetings.domain.meeting import Meeting
from services.meetings.domain.recommendation import Recommendation
from services.meetings.domain.referral import Hop, Referral, ReferralAnswer, in_charge, journey, merged_into, resolve
from services.meetings.domain.response import Act, ProgressReport, Response
from services.meetings.domain.standing import RULE, Standing, in_group, standing
from services.meetings.domain.timeliness import kept_day

R = TypeVar("R", bound=Record)
BATCH = 25
PUBLIC = ("public",)
KEPT = {"derived.effective": 1, "derived.asked": 1}
OF_MEETING = {"group_id": 1, "date": 1, "visibility": 1}
MOST_SHOWN = 500  # recommendations merged into one, on its page


class Standings:
    """Derived from five collections; written by nobody but the commit that changes one of them."""

    collection_name = "standings"

    def __init__(self, database: Database[dict[str, Any]]) -> None:
        self._database, self.collection = database, database[self.collection_name]

    def follow(self, records: Iterable[Record], session: ClientSession) -> None:
        """Derive anew what these records concern; part of the commit that stores them."""
        told = list(records)
        for id in sorted({one for record in told for one in _meeting_of(record)}):
            self._touch(id, session)  # the meeting and what it asks may come in two commits at once
        for id in sorted({id for record in told for id in _concerned(record)}):
            self._derive(id, session)
        for id in sorted(record.id for record in told if isinstance(record, Meeting)):
            self._tell_of(id, session)

    def outdated(self) -> list[str]:
        """Some recommendations whose standing was derived by another rule, or never."""
        wanted = {"derived.effective.rule": {"$ne": RULE}}
        return [one["_id"] for one in self._database["recommendations"].find(wanted, {"_id": 1}).limit(BATCH)]

    def derive(self, ids: Sequence[str]) -> None:
        """Derive these anew, in a commit of its own."""

        def derive(session: ClientSession) -> None:
            for id in ids:
                self._derive(id, session)

        with self.collection.database.client.start_session() as session:
            session.with_transaction(derive, read_concern=ReadConcern("snapshot"))

    def hops(self, id: str, owner: str, visible: Sequence[str] | None = None) -> tuple[Hop, ...]:
        """The journey of a recommendation of that owner."""
        referrals = self._of(Referral, "referrals", id, visible)
        return journey(owner, referrals, self._of(ReferralAnswer, "referral_answers", id, visible))

    def in_charge(self, record: Recommendation) -> frozenset[str]:
        """The nodes whose secretariat may speak of the whole."""
        return in_charge(record.origin, self.hops(record.id, record.origin))

    def of(self, record: Recommendation, visible: Sequence[str] | None = None) -> Standing:
        """How it stands, as far as may be seen. Cost: grows with what was said of it."""
        return self._of_record(record, visible, None)

    def turns(self, id: str) -> list[int]:
        """The turns of all acts on it that are known here."""
        return [
            one["turn"]
            for name in ("responses", "progress_reports", "referrals")
            for one in self._database[name].find({"recommendation_id": id}, {"turn": 1})
        ]

    def resolve(self, id: str, visible: Sequence[str] | None = None) -> tuple[str, tuple[str, ...]]:
        """The recommendation that stands for this one, as far as may be seen, and those passed on the way."""
        return resolve(id, lambda one: self._merged_to(one, visible))

    def merged_from(self, id: str, visible: Sequence[str]) -> list[tuple[ReferralAnswer, Recommendation | None]]:
        """Those that were merged into it and still are, each with the answer that did it."""
        found = []
        answers = self._database["referral_answers"].find({"into_id": id})
        for one in answers.sort("_id", ASCENDING).limit(MOST_SHOWN):
            answer = _record(one, ReferralAnswer)
            merged = self._recommendation(answer.recommendation_id)
            if merged is not None and self._merge_of(merged) != answer:
                continue
            if answer.visibility in visible:
                found.append((answer, merged if merged and merged.visibility in visible else None))
        return found

    def kept(self, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
        """What is kept beside each of these recommendations: {effective, asked}."""
        found = self._database["recommendations"].find({"_id": {"$in": list(ids)}}, KEPT)
        return {one["_id"]: one.get("derived", {}) for one in found}

    def _touch(self, id: str, session: ClientSession) -> None:
        self.collection.update_one({"_id": id}, {"$inc": {"derived": 1}}, upsert=True, session=session)

    def _tell_of(self, id: str, session: ClientSession) -> None:
        """The recommendations of a meeting are of its group and day."""
        asked = self._asked(id, session)
        recommendations = self._database["recommendations"]
        for one in recommendations.find({"meeting_id": id}, KEPT, session=session):
            if one.get("derived", {}).get("asked") != asked:
                changed = {"$set": {"derived.asked": asked}}
                recommendations.update_one({"_id": one["_id"]}, changed, session=session)

    def _asked(self, meeting_id: str, session: ClientSession | None) -> dict[str, Any]:
        """Where and when it was asked; the group in each sight in which the meeting is seen."""
        meeting = self._database["meetings"].find_one({"_id": meeting_id}, OF_MEETING, session=session)
        if meeting is None:
            return {"on": None, "visibility": None, "groups": []}  # whoever brings the meeting tells of it
        seen = LEVELS[: LEVELS.index(meeting["visibility"]) + 1]
        group = meeting.get("group_id")
        groups = [in_group(level, group) for level in seen] if group else []
        return {"on": meeting["date"], "visibility": meeting["visibility"], "groups": groups}

    def _derive(self, id: str, session: ClientSession) -> None:
        self._touch(id, session)
        recommendations = self._database["recommendations"]
        document = recommendations.find_one({"_id": id}, session=session)
        if document is None:
            return  # the act came first: whoever brings the recommendation derives
        record = _record(document, Recommendation)
        found = self._of_record(record, None, session)
        kept = {"status": found.status, "percent": found.percent, "rule": RULE}
        # For the public, whose lists are told apart by what it may see: acts are for members at least.
        public = self._of_record(record, PUBLIC, session).status
        kept |= {"due": kept_day(record.due, found.status)}
        kept |= {"public": public, "public_due": kept_day(record.due, public)}
        derived = {"derived.effective": kept, "derived.asked": self._asked(record.meeting_id, session)}
        recommendations.update_one({"_id": id}, {"$set": derived}, session=session)

    def _of_record(
        self, record: Recommendation, visible: Sequence[str] | None, session: ClientSession | None
    ) -> Standing:
        responses = self._of(Response, "responses", record.id, visible, session)
        reports = self._of(ProgressReport, "progress_reports", record.id, visible, session)
        referrals = self._of(Referral, "referrals", record.id, visible, session)
        answers = self._of(ReferralAnswer, "referral_answers", record.id, visible, session)
        return standing(record, responses, reports, journey(record.origin, referrals, answers))

    def _of(
        self,
        kind: type[R],
        collection: str,
        id: str,
        visible: Sequence[str] | None = None,
        session: ClientSession | None = None,
    ) -> list[R]:
        # By one field: the embedded store takes no index for two (docs/decisions/0046).
        found = self._database[collection].find({"recommendation_id": id}, session=session)
        return [_record(one, kind) for one in found if visible is None or one["visibility"] in visible]

    def _recommendation(self, id: str) -> Recommendation | None:
        document = self._database["recommendations"].find_one({"_id": id})
        return _record(document, Recommendation) if document else None

    def _merge_of(self, record: Recommendation, visible: Sequence[str] | None = None) -> ReferralAnswer | None:
        return merged_into(self.hops(record.id, record.origin, visible))

    def _merged_to(self, id: str, visible: Sequence[str] | None) -> str | None:
        record = self._recommendation(id)
        merge = self._merge_of(record, visible) if record is not None else None
        return merge.into_id if merge is not None else None


def _concerned(record: Record) -> Iterable[str]:
    if isinstance(record, Recommendation):
        return (record.id,)
    return (record.recommendation_id,) if isinstance(record, Act | ReferralAnswer) else ()


def _meeting_of(record: Record) -> Iterable[str]:
    if isinstance(record, Meeting):
        return (record.id,)
    return (record.meeting_id,) if isinstance(record, Recommendation) else ()


def _record(document: Mapping[str, Any], kind: type[R]) -> R:
    return structure({**document, "id": document["_id"]}, kind)
