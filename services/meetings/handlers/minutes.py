"""Use cases of minutes: change the draft, circulate, adopt, publish."""

from datetime import datetime
from typing import Any

from chassis.kernel.checks import refuse
from chassis.kernel.clock import NIAMEY, rfc3339
from services.meetings.contract import events
from services.meetings.domain.minutes import Minutes, may_change, next_state
from services.meetings.domain.ports import Work
from services.meetings.domain.section import as_read, settled, unknown_ids
from services.meetings.handlers.checks import hours_in_order


def change_minutes(work: Work, *, id: str, version: int | None, changes: dict[str, Any]) -> Minutes:
    """Other texts in a draft. Raises: NotFoundError, StaleError, ConflictError minutes-sealed."""
    minutes = work.minutes.own(id, version)
    may_change(minutes)
    errors = hours_in_order({"start": minutes.start, "end": minutes.end, **changes})
    if "sections" in changes:
        given = as_read(changes["sections"])
        errors += unknown_ids(minutes.sections, given)
        changes = {**changes, "sections": settled(minutes.sections, given)}
    refuse(errors)
    changed = work.revise(minutes, **changes)
    work.save(changed, events.MINUTES_CHANGED)
    return changed


def circulate_minutes(work: Work, *, id: str, version: int | None, deadline: datetime) -> Minutes:
    """Send the draft for remarks. Raises: ConflictError minutes-state; InvalidError deadline-passed."""
    minutes = work.minutes.own(id, version)
    state = next_state(minutes, "circulate")
    if deadline <= work.now:
        refuse([{"field": "deadline", "code": "deadline-not-ahead", "params": {"now": rfc3339(work.now)}}])
    circulated = work.revise(minutes, state=state, deadline=deadline, circulated_at=work.now)
    work.save(circulated, events.MINUTES_CIRCULATED)
    return circulated


def adopt_minutes(work: Work, *, id: str, version: int | None, adopted_on: str | None) -> Minutes:
    """Adopt, in session or after the deadline; the meeting is closed by it. Raises: ConflictError minutes-state."""
    minutes = work.minutes.own(id, version)
    state = next_state(minutes, "adopt")
    today = work.now.astimezone(NIAMEY).date().isoformat()
    day = adopted_on or today
    if not minutes.date <= day <= today:
        refuse([{"field": "adopted_on", "code": "adopted-out-of-range", "params": {"from": minutes.date, "to": today}}])
    adopted = work.revise(minutes, state=state, adopted_at=work.now, adopted_on=day)
    work.save(adopted, events.MINUTES_ADOPTED)
    meeting = work.meetings.find(minutes.meeting_id)
    if meeting is not None and meeting.state == "held":
        work.save(work.revise(meeting, state="closed"), events.MEETING_CLOSED)
    return adopted


def publish_minutes(work: Work, *, id: str, version: int | None) -> Minutes:
    """Open the adopted text to everybody. Raises: ConflictError minutes-state."""
    minutes = work.minutes.own(id, version)
    state = next_state(minutes, "publish")
    published = work.revise(minutes, state=state, visibility="public", published_at=work.now)
    work.save(published, events.MINUTES_PUBLISHED)
    return published
