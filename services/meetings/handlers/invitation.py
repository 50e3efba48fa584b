"""Use cases of answers to invitations, to meetings of any node."""

from typing import Any

from chassis.kernel.checks import refuse
from chassis.kernel.turns import next_turn
from services.meetings.contract import events
from services.meetings.domain.ports import Work
from services.meetings.domain.rsvp import Rsvp, may_answer
from services.meetings.handlers.checks import reach_of, speaking_for, unknown_institutions


def answer_invitation(work: Work, *, id: str, institution_id: str | None, **said: Any) -> Rsvp:
    """Say whether an institution comes. Raises: NotFoundError; ConflictError meeting-not-convened, rsvp-exists."""
    meeting = work.meetings.get(id)
    may_answer(meeting)
    institution = speaking_for(work, institution_id)
    if institution is None:
        refuse([{"field": "institution_id", "code": "required", "params": {}}])
    refuse(unknown_institutions(work, [("institution_id", institution)]))
    rsvp = work.new(
        Rsvp,
        reach_of(meeting),
        meeting_id=id,
        institution_id=institution,
        date=meeting.date,
        turn=_next_turn(work, id),
        given_at=work.now,
        **said,
    )
    work.save(rsvp, events.RSVP_GIVEN)
    return rsvp


def change_rsvp(work: Work, *, id: str, version: int | None, changes: dict[str, Any]) -> Rsvp:
    """Another answer, or the same for another day. Raises: NotFoundError; StaleError; ConflictError."""
    rsvp = work.rsvps.own(id, version)
    speaking_for(work, rsvp.institution_id)
    meeting = work.meetings.get(rsvp.meeting_id)
    may_answer(meeting)
    if work.revise(rsvp, date=meeting.date, **changes) is rsvp:
        return rsvp
    turn = _next_turn(work, meeting.id)
    changed = work.revise(rsvp, date=meeting.date, turn=turn, given_at=work.now, **changes)
    work.save(changed, events.RSVP_CHANGED)
    return changed


def _next_turn(work: Work, meeting_id: str) -> int:
    return next_turn(one.turn for one in work.rsvps.of_meeting(meeting_id))
