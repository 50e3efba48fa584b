"""Use cases of a group's series: the number of a meeting, the letter that convenes it, the session after it."""

from datetime import date
from typing import Any

from chassis.kernel.checks import refuse
from chassis.kernel.clock import NIAMEY
from chassis.kernel.errors import ConflictError, FieldError, InvalidError
from chassis.kernel.ids import new_id
from services.meetings.contract import events
from services.meetings.domain import convocation
from services.meetings.domain.agenda import with_ids
from services.meetings.domain.clash import LONGEST
from services.meetings.domain.meeting import AgendaItem, Meeting, default_title
from services.meetings.domain.ports import Work
from services.meetings.domain.series import LOOKED_BACK, MOST_LINKS, cadence_of, carried_over, next_day, next_number
from services.meetings.handlers.checks import group_of, require_tellable

"""Whose open recommendations are carried over: sixteen years of monthly sessions."""


def number_for(work: Work, group_id: str | None, kind: str, day: str, said: int | None = None) -> int | None:
    """The place of a new session in its series, or what a person says. Raises: InvalidError session-number-taken."""
    if group_id is None:
        return said
    if said is not None:
        _must_be_free(work, group_id, kind, said)
        return said
    earlier = work.meetings.sessions(group_id, kind, day, LOOKED_BACK)
    found = next_number([one.number for one in earlier])
    return None if found and work.meetings.session(group_id, kind, found) else found


def renumbered(work: Work, meeting: Meeting, changes: dict[str, Any]) -> dict[str, Any]:
    """The changes with the number that follows from them: another series, or the number that a person gives.

    Raises: InvalidError session-number-taken, group-of-a-convocation.
    """
    group, kind = changes.get("group_id", meeting.group_id), changes.get("kind", meeting.kind)
    elsewhere = (group, kind) != (meeting.group_id, meeting.kind)
    if group != meeting.group_id and meeting.convocations:
        refuse([{"field": "group_id", "code": "group-of-a-convocation", "params": {}}])
    if "number" not in changes and not elsewhere:
        return changes
    said = changes.get("number")
    if said is None and not elsewhere:
        return changes
    if (group, kind, said) == (meeting.group_id, meeting.kind, meeting.number):
        return changes
    return {**changes, "number": number_for(work, group, kind, changes.get("date", meeting.date), said)}


def called(work: Work, meeting: Meeting, said: dict[str, Any]) -> dict[str, Any]:
    """What convening changes: the day, hours, place that were said, and the next letter. Raises: InvalidError."""
    changes = {name: value for name, value in said.items() if value is not None}
    reply_by, day = changes.pop("reply_by", None), changes.get("date", meeting.date)
    today = today_of(work)
    refuse(convocation.passed_days(today, day, date=changes.get("date"), reply_by=reply_by))
    highest = work.meetings.highest_convocation(meeting.group_id, today.year)
    letters = convocation.called_anew(meeting, highest, today, day=day, reply_by=reply_by)
    return {**changes, "convocations": letters}


def prepare_next(work: Work, *, id: str, date: str | None, kind: str, **said: Any) -> Meeting:
    """The next session as a draft: on the group's day, with what is carried over.

    Raises: ConflictError next-exists, not-the-origin; InvalidError next-day-unknown.
    """
    last = work.meetings.own(id)
    follower = work.meetings.next_of(id)
    if follower is not None:
        raise ConflictError("next-exists", None, {"meeting_id": follower.id})
    group = group_of(work, last.group_id)
    day = date or _day_after(work, last, group)
    require_tellable(group, last.visibility, "group_id")
    same = {"start": last.start, "end": last.end, "place": last.place}
    name = group["name"] if group else last.group_name
    meeting = work.new(
        Meeting,
        last.visibility,
        **{**same, **{field: value for field, value in said.items() if value is not None}},
        title=default_title(name, day),
        date=day,
        group_id=last.group_id,
        group_name=name,
        kind=kind,
        number=number_for(work, last.group_id, kind, day),
        agenda=with_ids(_agenda(work, last), (), new_id)[0],
        follows_id=last.id,
    )
    work.save(meeting, events.MEETING_CREATED)
    return meeting


def last_day_fits(fields: dict[str, Any]) -> list[FieldError]:
    """A meeting of several days ends after it began, and within a month."""
    first, last = fields.get("date"), fields.get("last_day")
    if not first or not last:
        return []
    days = date.fromisoformat(last).toordinal() - date.fromisoformat(first).toordinal() + 1
    if days < 1:
        return [{"field": "last_day", "code": "ends-before-start", "params": {"start": first}}]
    return [{"field": "last_day", "code": "too-many-days", "params": {"max": LONGEST}}] if days > LONGEST else []


def today_of(work: Work) -> date:
    """The day that it is in Niamey."""
    return work.now.astimezone(NIAMEY).date()


def _must_be_free(work: Work, group_id: str, kind: str, number: int) -> None:
    other = work.meetings.session(group_id, kind, number)
    if other is not None:
        params = {"number": number, "title": other.title, "date": other.date}
        refuse([{"field": "number", "code": "session-number-taken", "params": params}])


def _day_after(work: Work, last: Meeting, group: dict[str, Any] | None) -> str:
    cadence = cadence_of(group)
    if cadence is None:
        faults = [{"field": "date", "code": "next-day-unknown", "params": {}}]
        raise InvalidError("invalid-request", "date", {}, faults)
    return next_day(last.date, cadence, today_of(work)).isoformat()


def _agenda(work: Work, last: Meeting) -> tuple[AgendaItem, ...]:
    minutes = work.minutes.find(last.minutes_id) if last.minutes_id else None
    agenda = minutes.agenda if minutes is not None and minutes.agenda else last.agenda
    open_ids: list[str] = []
    count = 0
    if last.group_id is not None:
        open_ids, count = work.recommendations.open_of(last.group_id, MOST_LINKS)
    return carried_over(last, agenda, minutes.state if minutes else None, open_ids, count)
