"""Use cases of meetings."""

from collections.abc import Sequence
from typing import Any

from chassis.kernel.checks import refuse
from chassis.kernel.ids import new_id
from services.meetings.contract import events
from services.meetings.domain.agenda import with_ids
from services.meetings.domain.meeting import (
    AgendaItem,
    Meeting,
    default_title,
    may_change,
    moved,
    next_state,
    with_signed,
)
from services.meetings.domain.ports import Work
from services.meetings.handlers.checks import group_of, hours_in_order, require_tellable, unknown_institutions
from services.meetings.handlers.door import held_with
from services.meetings.handlers.officer import grounded
from services.meetings.handlers.series import called, last_day_fits, number_for, renumbered

MOVED = {
    "convene": events.MEETING_CONVENED,
    "hold": events.MEETING_HELD,
    "close": events.MEETING_CLOSED,
    "postpone": events.MEETING_POSTPONED,
    "cancel": events.MEETING_CANCELLED,
}


def create_meeting(work: Work, *, visibility: str, **fields: Any) -> Meeting:
    """Plan a meeting, as a draft. Raises: InvalidError for an unknown group or institution."""
    group = group_of(work, fields.get("group_id"))
    require_tellable(group, visibility, "group_id")
    _check(work, fields)
    fields["group_name"] = group["name"] if group else None
    fields["title"] = fields.get("title") or default_title(fields["group_name"], fields["date"])
    said = fields.get("number")
    fields["number"] = number_for(work, fields.get("group_id"), fields.get("kind", "ordinary"), fields["date"], said)
    fields["agenda"] = _items(fields.get("agenda") or [])
    meeting = grounded(work, work.new(Meeting, visibility, **fields))
    work.save(meeting, events.MEETING_CREATED)
    return meeting


def change_meeting(work: Work, *, id: str, version: int | None, changes: dict[str, Any]) -> Meeting:
    """Other values for some fields. Raises: NotFoundError, StaleError, ConflictError meeting-over."""
    meeting = work.meetings.own(id, version)
    may_change(meeting)
    if "group_id" in changes:
        group = group_of(work, changes["group_id"])
        changes["group_name"] = group["name"] if group else None
    now = {name: getattr(meeting, name) for name in ("start", "end", "date", "last_day")}
    _check(work, {**now, **changes})
    if "agenda" in changes:
        changes["agenda"] = _items(changes["agenda"], meeting.agenda)
    if "title" in changes:
        changes["title"] = changes["title"] or meeting.title
    if "attendance" in changes:
        changes["attendance"] = with_signed(meeting, changes["attendance"])
    changed = grounded(work, moved(meeting, work.revise(meeting, **renumbered(work, meeting, changes))))
    if "visibility" in changes or "group_id" in changes:
        require_tellable(group_of(work, changed.group_id), changed.visibility, "group_id")
    work.save(changed, events.MEETING_CHANGED)
    return changed


def move_meeting(work: Work, act: str, *, id: str, version: int | None, **said: Any) -> Meeting:
    """Convene (perhaps on another day), hold, close, postpone or cancel. Raises: ConflictError meeting-state."""
    meeting = work.meetings.own(id, version)
    state = next_state(meeting, act)
    changes = called(work, meeting, said) if act == "convene" else {}
    if act == "hold":
        changes = held_with(work, meeting)
    after = grounded(work, moved(meeting, work.revise(meeting, state=state, **changes)))
    now = {name: getattr(after, name) for name in ("start", "end", "date", "last_day")}
    refuse(hours_in_order(now) + last_day_fits(now))
    work.save(after, MOVED[act])
    return after


def _items(said: Sequence[dict[str, Any]], before: Sequence[AgendaItem] = ()) -> tuple[AgendaItem, ...]:
    """The items of an agenda, each with its id. Raises: InvalidError agenda-item-unknown, given-twice."""
    items, faults = with_ids([AgendaItem(**one) for one in said], before, new_id)
    refuse(faults)
    return items


def _check(work: Work, fields: dict[str, Any]) -> None:
    named = [
        (f"attendance.{place}.institution_id", entry.get("institution_id"))
        for place, entry in enumerate(fields.get("attendance") or [])
    ]
    refuse(unknown_institutions(work, named) + hours_in_order(fields) + last_day_fits(fields))
