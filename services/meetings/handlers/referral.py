"""Use cases of a recommendation's journey: it is handed on, and answered by the node that it was handed to."""

from typing import Any

from chassis.kernel.checks import refuse
from chassis.kernel.errors import ConflictError
from chassis.kernel.turns import next_turn
from services.meetings.contract import events
from services.meetings.domain.ports import Work
from services.meetings.domain.referral import Referral, ReferralAnswer
from services.meetings.handlers.checks import reason_given
from services.meetings.handlers.follow_up import open_to_acts, turns_known


def refer(work: Work, *, id: str, to_group_id: str, reason: str | None) -> Referral:
    """Hand on to a group. Raises: ConflictError referral-not-ours, record-internal, referral-exists."""
    recommendation = open_to_acts(work, id)
    if work.node not in work.standings.in_charge(recommendation):
        raise ConflictError("referral-not-ours", None, {"origin": recommendation.origin})
    if recommendation.visibility == "internal":
        raise ConflictError("record-internal", "visibility", {"id": id})
    group = work.known_groups.find(to_group_id)
    if group is None:
        refuse([{"field": "to_group_id", "code": "group-not-found", "params": {"id": to_group_id}}])
        raise AssertionError("refused")
    referral = work.new(
        Referral,
        "gtm",
        recommendation_id=id,
        to_group_id=to_group_id,
        to_node=group.get("node") or group["origin"],
        reason=reason,
        turn=next_turn(turns_known(work, recommendation)),
        given_at=work.now,
    )
    work.save(referral, events.REFERRAL_MADE)
    return referral


def answer_referral(work: Work, *, id: str, verdict: str, into_id: str | None, reason: str | None) -> ReferralAnswer:
    """Accept, decline or merge. Raises: NotFoundError; ConflictError referral-not-to-us, referral-answered."""
    referral = work.referrals.get(id)
    if referral.to_node != work.node:
        raise ConflictError("referral-not-to-us", None, {"node": referral.to_node})
    _check_verdict(work, referral.recommendation_id, verdict, into_id, reason)
    answer = work.new(
        ReferralAnswer,
        "gtm",
        referral_id=id,
        recommendation_id=referral.recommendation_id,
        verdict=verdict,
        into_id=into_id,
        reason=reason,
        given_at=work.now,
    )
    work.save(answer, events.REFERRAL_ANSWER_GIVEN)
    return answer


def change_answer(work: Work, *, id: str, version: int | None, changes: dict[str, Any]) -> ReferralAnswer:
    """Another verdict; so a merge is undone. Raises: NotFoundError; StaleError; ConflictError not-the-origin."""
    answer = work.referral_answers.own(id, version)
    verdict = changes.get("verdict", answer.verdict)
    if verdict != "merged":
        changes.setdefault("into_id", None)
    into_id, reason = changes.get("into_id", answer.into_id), changes.get("reason", answer.reason)
    _check_verdict(work, answer.recommendation_id, verdict, into_id, reason)
    if work.revise(answer, **changes) is answer:
        return answer
    changed = work.revise(answer, given_at=work.now, **changes)
    work.save(changed, events.REFERRAL_ANSWER_CHANGED)
    return changed


def _check_verdict(work: Work, id: str, verdict: str, into_id: str | None, reason: str | None) -> None:
    reason_given(verdict == "declined", reason)
    if verdict != "merged":
        if into_id is not None:
            refuse([{"field": "into_id", "code": "only-for-merge", "params": {}}])
        return
    if into_id is None:
        refuse([{"field": "into_id", "code": "required", "params": {}}])
        return
    into = work.recommendations.find(into_id)
    if into is None:
        refuse([{"field": "into_id", "code": "recommendation-not-found", "params": {"id": into_id}}])
        return
    if into.visibility == "internal":
        raise ConflictError("record-internal", "into_id", {"id": into_id})
    stands, via = work.standings.resolve(into_id)
    if id in (into_id, stands, *via):
        raise ConflictError("merge-in-circle", "into_id", {"id": into_id})
