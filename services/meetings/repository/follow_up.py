"""Answers, reports, referrals and their answers in the store, of all nodes."""

from collections.abc import Sequence
from typing import Any, TypeVar

from pymongo import ASCENDING

from chassis.kernel.principal import Caller
from chassis.storage.repository import Index, Page, Repository
from services.meetings.domain.referral import Referral, ReferralAnswer
from services.meetings.domain.response import Act, ProgressReport, Response

A = TypeVar("A", bound=Act)
OF_RECOMMENDATION = Index((("recommendation_id", ASCENDING), ("_id", ASCENDING)))


class Acts(Repository[A]):
    """What acts have in common."""

    def listed(
        self,
        caller: Caller,
        *,
        page_size: int,
        cursor: str | None,
        recommendation_id: str | None,
        to_node: str | None = None,
        institutions: Sequence[str] = (),
    ) -> Page[A]:
        """A page, in the order of ids."""
        same = {"$in": list(institutions)} if institutions else None
        asked = {"recommendation_id": recommendation_id, "to_node": to_node, "institution_id": same}
        return self.page({key: value for key, value in asked.items() if value}, page_size, cursor, caller)


class Responses(Acts[Response]):
    """An institution has one for a recommendation on a node."""

    collection_name = "responses"
    noun = "response"
    kind = Response
    indexes = (
        Index(
            (("recommendation_id", ASCENDING), ("institution_id", ASCENDING)),
            unique=True,
            conflict="response-exists",
            field="institution_id",
        ),
        OF_RECOMMENDATION,
        Index((("institution_id", ASCENDING), ("_id", ASCENDING))),
    )


class ProgressReports(Acts[ProgressReport]):
    """As many as are told."""

    collection_name = "progress_reports"
    noun = "progress_report"
    kind = ProgressReport
    indexes = (OF_RECOMMENDATION, Index((("institution_id", ASCENDING), ("_id", ASCENDING))))


class Referrals(Acts[Referral]):
    """A node hands a recommendation on to a group once."""

    collection_name = "referrals"
    noun = "referral"
    kind = Referral
    indexes = (
        Index(
            (("recommendation_id", ASCENDING), ("to_group_id", ASCENDING)),
            unique=True,
            conflict="referral-exists",
            field="to_group_id",
        ),
        OF_RECOMMENDATION,
        Index((("to_node", ASCENDING), ("_id", ASCENDING))),
    )


class ReferralAnswers(Repository[ReferralAnswer]):
    """One a referral."""

    collection_name = "referral_answers"
    noun = "referral_answer"
    kind = ReferralAnswer
    indexes = (
        Index((("referral_id", ASCENDING),), unique=True, conflict="referral-answered", field="referral_id"),
        OF_RECOMMENDATION,
        Index((("into_id", ASCENDING), ("_id", ASCENDING))),
    )

    def listed(
        self,
        caller: Caller,
        *,
        page_size: int,
        cursor: str | None,
        recommendation_id: str | None,
        referral_id: str | None,
    ) -> Page[ReferralAnswer]:
        """A page of answers."""
        asked = (("recommendation_id", recommendation_id), ("referral_id", referral_id))
        conditions: dict[str, Any] = {key: value for key, value in asked if value}
        return self.page(conditions, page_size, cursor, caller)
