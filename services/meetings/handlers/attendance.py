"""Use cases of the list at the door: each line is a record of its own, so that no desk waits for another."""

from typing import Any

from chassis.contract.envelope import Event
from chassis.kernel.checks import refuse
from chassis.kernel.erasure import Erased
from chassis.kernel.errors import ConflictError
from services.meetings.contract import events
from services.meetings.contract.attendance import ATTENDEE_BLANKS
from services.meetings.domain import attendance as rules
from services.meetings.domain.attendance import Attendee, may_correct, may_sign_in
from services.meetings.domain.ports import Work
from services.meetings.handlers.checks import unknown_institutions
from services.meetings.handlers.door import kept_of, table_of

OVER = ("held", "closed")


def sign_in(work: Work, *, id: str, **said: Any) -> Attendee:
    """Write somebody into the list of a meeting of this node. Raises: InvalidError; ConflictError attendee-exists."""
    meeting = work.meetings.own(id)
    may_sign_in(meeting)
    if work.attendees.is_full(id):
        raise ConflictError("attendance-full", None, {"max": rules.MOST})
    attendee = work.new(Attendee, rules.VISIBILITY, meeting_id=id, date=meeting.date, **said)
    return _saved(work, attendee, events.ATTENDEE_SIGNED_IN)


def change_attendee(work: Work, *, id: str, version: int | None, changes: dict[str, Any]) -> Attendee:
    """Put a line right. Raises: NotFoundError; StaleError; InvalidError; ConflictError."""
    return _saved(work, work.revise(_open(work, id, version), **changes), events.ATTENDEE_CHANGED)


def remove_attendee(work: Work, *, id: str, version: int | None) -> Attendee:
    """Take a line out of the list: it should not have been there. Raises: NotFoundError; StaleError; ConflictError."""
    removed = work.revise(_open(work, id, version), removed=True)
    work.save(removed, events.ATTENDEE_REMOVED)
    return removed


def erase_attendee(work: Work, *, id: str, version: int | None, reason: str) -> Attendee:
    """Empty what tells who it was, in every version; the institution stays. Once more: the same."""
    attendee = work.attendees.own(id, version)
    if attendee.erased is not None:
        return attendee
    by = work.caller.principal.account_id
    erased = Erased(at=work.now, by=by, reason=reason, emptied=tuple(ATTENDEE_BLANKS))
    changed = work.revise(attendee, **ATTENDEE_BLANKS, erased=erased)
    work.save(changed, events.ATTENDEE_REDACTED)
    return changed


def settle(event: Event, work: Work) -> None:
    """After a late line: the meeting that was held lists the institutions as the door does. Its quorum stays."""
    meeting = work.meetings.find(event.data["meeting_id"])
    if meeting is not None and meeting.origin == work.node and meeting.state in OVER:
        kept = kept_of(work, meeting, table_of(work, meeting))
        work.save(work.revise(meeting, attendance=kept), events.MEETING_CHANGED)


def _open(work: Work, id: str, version: int | None) -> Attendee:
    attendee = work.attendees.own(id, version)
    may_correct(attendee)
    may_sign_in(work.meetings.own(attendee.meeting_id))
    return attendee


def _saved(work: Work, attendee: Attendee, event: Any) -> Attendee:
    named = [(name, getattr(attendee, name)) for name in ("institution_id", "for_institution_id")]
    refuse(unknown_institutions(work, named) + rules.wrong(attendee))
    if work.attendees.has_twin(attendee):
        raise ConflictError("attendee-exists", rules.field_of(attendee), {"noun": "attendee"})
    work.save(attendee, event)
    return attendee
