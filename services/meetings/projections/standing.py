"""How recommendations stand (domain/standing.py), kept beside them for lists, and shown on their page.

Whoever writes a recommendation or an act on it, of this node or another, has its standing derived anew in that
commit: from what is stored then, so the order of arrival makes no difference. `standings` holds one document a
recommendation that is written each time: two commits on one at once cannot both go by, whichever records they bring.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from pymongo import ASCENDING
from pymongo.client_session import ClientSession
from pymongo.database import Database
from pymongo.read_concern import ReadConcern

from chassis.kernel.record import Record
from chassis.storage.repository import structure
from services.meetings.domain.recommendation import Recommendation
from services.meetings.domain.referral import Hop, Referral, ReferralAnswer, in_charge, journey, merged_into, resolve
from services.meetings.domain.response import Act, ProgressReport, Response
from services.meetings.domain.standing import RULE, Standing, standing

R = TypeVar("R", bound=Record)
BATCH = 25
PUBLIC = ("public",)
MOST_SHOWN = 500  # recommendations merged into one, on its page


class Standings:
    """Derived from five collections; written by nobody but the commit that changes one of them."""

    collection_name = "standings"

    def __init__(self, database: Database[dict[str, Any]]) -> None:
        self._database, self.collection = database, database[self.collection_name]

    def follow(self, records: Iterable[Record], session: ClientSession) -> None:
        """Derive anew what these records concern; part of the commit that stores them."""
        for id in sorted({id for record in records for id in _concerned(record)}):
            self._derive(id, session)

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

    def _derive(self, id: str, session: ClientSession) -> None:
        self.collection.update_one({"_id": id}, {"$inc": {"derived": 1}}, upsert=True, session=session)
        recommendations = self._database["recommendations"]
        document = recommendations.find_one({"_id": id}, session=session)
        if document is None:
            return  # the act came first: whoever brings the recommendation derives
        found = self._of_record(_record(document, Recommendation), None, session)
        kept = {"status": found.status, "percent": found.percent, "rule": RULE}
        # For the public, whose lists are told apart by what it may see: acts are for members at least.
        kept["public"] = self._of_record(_record(document, Recommendation), PUBLIC, session).status
        recommendations.update_one({"_id": id}, {"$set": {"derived.effective": kept}}, session=session)

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


def _record(document: Mapping[str, Any], kind: type[R]) -> R:
    return structure({**document, "id": document["_id"]}, kind)
