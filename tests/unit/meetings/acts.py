"""Recommendations and what is said of them, as several nodes hold them; for tests of the rules over both."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, TypeVar

from hypothesis import strategies as st

from chassis.kernel.record import Record
from services.meetings.domain.recommendation import Recommendation
from services.meetings.domain.referral import Referral, ReferralAnswer
from services.meetings.domain.response import ProgressReport, Response

R = TypeVar("R", bound=Record)
NOW = datetime(2026, 3, 1, tzinfo=UTC)
LEAD, SUPPORT, STRANGER = "lead", "support", "stranger"
NODES = ("agadez", "central", "zinder")


def base(id: str, origin: str = "agadez", version: int = 1) -> dict[str, Any]:
    """What every record has."""
    who = {"created_by": "x", "updated_by": "x", "created_at": NOW, "updated_at": NOW}
    return {"id": id, "origin": origin, "version": version, "visibility": "gtm", **who}


def recommendation(status: str = "open", lead: str | None = LEAD, **more: Any) -> Recommendation:
    """One of Agadez, for a lead and a supporting institution."""
    fields = {"text": "…", "meeting_id": "m", "status": status, "lead_institution_id": lead}
    return Recommendation(**{**base("r"), **fields, **more}, supporting_institution_ids=(SUPPORT,) if lead else ())


def response(
    id: str = "a", decision: str = "accepted", institution: str = LEAD, turn: int = 1, origin: str = "agadez"
) -> Response:
    return Response(**base(id, origin), recommendation_id="r", institution_id=institution, decision=decision, turn=turn)


def report(
    id: str = "p", percent: int = 50, institution: str | None = LEAD, turn: int = 1, origin: str = "agadez"
) -> ProgressReport:
    return ProgressReport(
        **base(id, origin), recommendation_id="r", institution_id=institution, percent=percent, turn=turn
    )


def referral(id: str, origin: str, to_node: str, turn: int = 1) -> Referral:
    return Referral(**base(id, origin), recommendation_id="r", to_group_id=f"g-{to_node}", to_node=to_node, turn=turn)


def answer(id: str, referral_id: str, origin: str, verdict: str, into: str | None = None) -> ReferralAnswer:
    return ReferralAnswer(
        **base(id, origin), referral_id=referral_id, recommendation_id="r", verdict=verdict, into_id=into
    )


institutions = st.sampled_from([LEAD, SUPPORT, STRANGER])
nodes = st.sampled_from(NODES)
turns = st.integers(1, 4)
ids = st.integers(0, 30).map("{:02}".format)
responses = st.builds(response, ids, st.sampled_from(["accepted", "declined"]), institutions, turns, nodes)
reports = st.builds(report, ids, st.sampled_from([0, 40, 100]), st.none() | institutions, turns, nodes)
referrals = st.builds(referral, ids, nodes, nodes, turns)
answers = st.builds(
    answer,
    ids,
    ids,
    nodes,
    st.sampled_from(["accepted", "declined", "merged"]),
    st.sampled_from(["other-1", "other-2"]),
)
acts = st.lists(
    st.one_of(responses, reports, referrals, answers), max_size=12, unique_by=lambda one: (type(one), one.id)
)


def held(arrived: Iterable[Record]) -> list[Record]:
    """What a node holds after these came: of each record the greatest version (chassis/storage/foreign.py)."""
    kept: dict[tuple[type[Record], str], Record] = {}
    for one in arrived:
        key = type(one), one.id
        if key not in kept or one.version > kept[key].version:
            kept[key] = one
    return list(kept.values())


def changed(record: R, version: int, **fields: Any) -> R:
    """A later version of a record."""
    return replace(record, version=version, **fields)


def of(kind: type[R], records: Iterable[Record]) -> list[R]:
    """Those of a kind."""
    return [one for one in records if isinstance(one, kind)]
