"""Use cases of minutes: change the draft, circulate, adopt, publish."""

from datetime import datetime
from typing import Any

from chassis.kernel.checks import refuse
from chassis.kernel.clock import NIAMEY, rfc3339
from chassis.kernel.errors import ConflictError
from services.meetings.contract import events
from services.meetings.domain.information_session import to_confirm
from services.meetings.domain.meeting import Meeting
from services.meetings.domain.minutes import Minutes, may_change, next_state, reserved
from services.meetings.domain.ports import Work
from services.meetings.domain.reservation import standing_against
from services.meetings.domain.seal import seal
from services.meetings.domain.section import as_read, settled, unknown_ids
from services.meetings.handlers.checks import hours_in_order
from services.meetings.handlers.drafting import marked_to_confirm, opening_of, section_faults, who_was_there
from services.meetings.handlers.tasks import made_tasks, rows_without_day

OVER = ("held", "closed")


def change_minutes(work: Work, *, id: str, version: int | None, changes: dict[str, Any]) -> Minutes:
    """Other texts in a draft. Raises: NotFoundError, StaleError, ConflictError minutes-sealed."""
    minutes = work.minutes.own(id, version)
    may_change(minutes)
    errors = hours_in_order({"start": minutes.start, "end": minutes.end, **changes})
    if "sections" in changes:
        given, known = as_read(changes["sections"]), {one.id: one for one in minutes.sections}
        errors += unknown_ids(minutes.sections, given)
        for place, one in enumerate(given):
            errors += section_faults(work, minutes, one, known.get(one.id), f"sections.{place}.")
        refuse(errors)
        changes = {**changes, "sections": settled(minutes.sections, given)}
    refuse(errors)
    changed = work.revise(minutes, **changes)
    work.save(changed, events.MINUTES_CHANGED)
    return changed


def circulate_minutes(work: Work, *, id: str, version: int | None, deadline: datetime) -> Minutes:
    """Send the draft for remarks; its rows become tasks.

    Raises: ConflictError minutes-state, minutes-reserved; InvalidError deadline-not-ahead, due-missing.
    """
    minutes = work.minutes.own(id, version)
    state = next_state(minutes, "circulate")
    if reserved(minutes):
        raise ConflictError("minutes-reserved", "state", {"id": id})
    # What was read in says what its paper said: nobody can be made to answer for it.
    errors = rows_without_day(minutes.sections) if minutes.source is None else []
    if deadline <= work.now:
        errors.append({"field": "deadline", "code": "deadline-not-ahead", "params": {"now": rfc3339(work.now)}})
    refuse(errors)
    if minutes.state == "draft":
        minutes = _off_the_desk(work, minutes)
    circulated = work.revise(minutes, state=state, deadline=deadline, circulated_at=work.now)
    work.save(circulated, events.MINUTES_CIRCULATED)
    return circulated


def adopt_minutes(
    work: Work,
    *,
    id: str,
    version: int | None,
    adopted_on: str | None = None,
    adopted_in: str | None = None,
    with_reservations: bool = False,
) -> Minutes:
    """Adopt, in session or without objection, and seal; or subject to reservations, which are to be judged first.

    Raises: ConflictError minutes-state, remarks-open, no-reservations, already-corrected; InvalidError.
    """
    minutes = work.minutes.own(id, version)
    session = _session(work, minutes, adopted_in)
    short = minutes.corrects is not None and minutes.state == "draft" and session is not None
    state = "adopted" if short else next_state(minutes, "adopt")
    against = _against(work, minutes)
    how = _how(work, minutes, session, adopted_on)
    if with_reservations:
        if not against or reserved(minutes):
            raise ConflictError("no-reservations", "with_reservations", {"id": id})
        held = work.revise(minutes, reserved_at=work.now, **how)
        work.save(held, events.MINUTES_RESERVED)
        return held
    _none_against(against)
    if short:
        refuse(rows_without_day(minutes.sections) if minutes.source is None else [])
        minutes = _off_the_desk(work, minutes)
    adopted = work.revise(minutes, state=state, adopted_at=work.now, **how)
    adopted = work.revise(adopted, seal=seal(adopted))
    work.save(adopted, events.MINUTES_ADOPTED)
    _close(work, adopted)
    return adopted


def publish_minutes(work: Work, *, id: str, version: int | None) -> Minutes:
    """Open the adopted text to everybody. Raises: ConflictError minutes-state, remarks-open."""
    minutes = work.minutes.own(id, version)
    state = next_state(minutes, "publish")
    _none_against(_against(work, minutes))
    published = work.revise(minutes, state=state, visibility="public", published_at=work.now)
    work.save(published, events.MINUTES_PUBLISHED)
    return published


def _off_the_desk(work: Work, minutes: Minutes) -> Minutes:
    """The draft as others get it: as far as the meeting goes, with who was there, and rows that are tasks."""
    meeting = work.meetings.find(minutes.meeting_id)
    changes: dict[str, Any] = {}
    if minutes.visibility == "internal" and (meeting is None or meeting.visibility != "internal"):
        changes["visibility"] = "gtm"
    if meeting is not None and minutes.source is None and minutes.corrects is None:
        changes |= who_was_there(meeting, minutes.attendance)
        changes["preamble"] = minutes.preamble or opening_of(work, meeting)
    if meeting is not None and to_confirm(meeting):
        changes["sections"] = marked_to_confirm(minutes.sections)
    minutes = work.revise(minutes, **changes)
    return work.revise(minutes, sections=made_tasks(work, minutes))


def _session(work: Work, minutes: Minutes, id: str | None) -> Meeting | None:
    """The later meeting that adopts. Raises: InvalidError meeting-not-found, cannot-adopt-there."""
    if id is None:
        return None
    meeting = work.meetings.find(id)
    if meeting is None:
        refuse([{"field": "adopted_in", "code": "meeting-not-found", "params": {"id": id}}])
    elif meeting.id == minutes.meeting_id or meeting.date < minutes.date or meeting.state not in OVER:
        params = {"state": meeting.state, "date": meeting.date}
        refuse([{"field": "adopted_in", "code": "cannot-adopt-there", "params": params}])
    return meeting


def _how(work: Work, minutes: Minutes, session: Meeting | None, on: str | None) -> dict[str, Any]:
    """When, where and how they were adopted; who lifts reservations need not say it again. Raises: InvalidError."""
    today = work.now.astimezone(NIAMEY).date().isoformat()
    day = on or (session.date if session else minutes.adopted_on) or today
    if not minutes.date <= day <= today:
        refuse([{"field": "adopted_on", "code": "adopted-out-of-range", "params": {"from": minutes.date, "to": today}}])
    early = minutes.deadline is None or work.now < minutes.deadline
    how = minutes.adopted_how or ("in_session" if session or early else "without_objection")
    return {"adopted_on": day, "adopted_how": how, "adopted_in": session.id if session else minutes.adopted_in}


def _against(work: Work, minutes: Minutes) -> int:
    remarks = work.remarks.of_target(minutes.id)
    return len(standing_against(minutes, remarks, work.remark_answers.of_target(minutes.id)))


def _none_against(count: int) -> None:
    if count:
        raise ConflictError("remarks-open", "state", {"count": count})


def _close(work: Work, minutes: Minutes) -> None:
    """The meeting is closed by its minutes; those that were wrong name what stands in their place."""
    meeting = work.meetings.find(minutes.meeting_id)
    if minutes.corrects is not None:
        wrong = work.minutes.own(minutes.corrects)
        work.save(work.revise(wrong, corrected_by=minutes.id), events.MINUTES_CORRECTED)
        if meeting is not None and meeting.origin == work.node:
            work.save(work.revise(meeting, minutes_id=minutes.id), events.MEETING_CHANGED)
    elif meeting is not None and meeting.state == "held":
        work.save(work.revise(meeting, state="closed"), events.MEETING_CLOSED)
