"""Use cases of recommendations and action points."""

from typing import Any

from chassis.kernel.checks import refuse
from chassis.kernel.errors import ConflictError
from services.meetings.contract import events
from services.meetings.domain.ports import Work
from services.meetings.domain.recommendation import Recommendation, next_status
from services.meetings.handlers.checks import unknown_institutions

MOVED = {
    "start": events.RECOMMENDATION_STARTED,
    "complete": events.RECOMMENDATION_COMPLETED,
    "verify": events.RECOMMENDATION_VERIFIED,
    "reopen": events.RECOMMENDATION_STARTED,
    "cancel": events.RECOMMENDATION_CANCELLED,
}


def create_recommendation(work: Work, *, visibility: str, **fields: Any) -> Recommendation:
    """Note what a meeting asks of somebody. Raises: InvalidError for an unknown meeting or institution."""
    meeting = work.meetings.find(fields["meeting_id"])
    errors = _unknown(work, fields)
    if meeting is None:
        errors.insert(0, {"field": "meeting_id", "code": "meeting-not-found", "params": {"id": fields["meeting_id"]}})
    refuse(errors)
    recommendation = work.new(Recommendation, visibility, minutes_id=meeting.minutes_id if meeting else None, **fields)
    work.save(recommendation, events.RECOMMENDATION_CREATED)
    return recommendation


def change_recommendation(work: Work, *, id: str, version: int | None, changes: dict[str, Any]) -> Recommendation:
    """Other values for some fields. Raises: NotFoundError, StaleError, ConflictError recommendation-over."""
    recommendation = work.recommendations.own(id, version)
    if recommendation.status in ("verified", "cancelled"):
        raise ConflictError("recommendation-over", "status", {"status": recommendation.status})
    if changes.get("meeting_id", recommendation.meeting_id) != recommendation.meeting_id:
        refuse([{"field": "meeting_id", "code": "cannot-change", "params": {}}])
    refuse(_unknown(work, changes))
    changed = work.revise(recommendation, **changes)
    work.save(changed, events.RECOMMENDATION_CHANGED)
    return changed


def move_recommendation(work: Work, act: str, *, id: str, version: int | None) -> Recommendation:
    """Start, complete, verify, reopen or cancel. Raises: ConflictError recommendation-status."""
    recommendation = work.recommendations.own(id, version)
    status = next_status(recommendation, act, work.standings.of(recommendation).status)
    # Reports that were known when work was taken up again no longer say that it is done.
    turns = max(work.standings.turns(id), default=0) if act == "reopen" else recommendation.reopened_after
    moved = work.revise(recommendation, status=status, reopened_after=turns)
    work.save(moved, MOVED[act])
    return moved


def _unknown(work: Work, fields: dict[str, Any]) -> list[dict[str, Any]]:
    supporting = fields.get("supporting_institution_ids") or []
    named = [("lead_institution_id", fields.get("lead_institution_id"))]
    named += [(f"supporting_institution_ids.{place}", id) for place, id in enumerate(supporting)]
    return unknown_institutions(work, named)
