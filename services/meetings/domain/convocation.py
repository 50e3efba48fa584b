"""Convocations: the numbered letters that call the members of a group to a meeting.

A number is of a group and a year (the year of the letter, in Niamey), given when the meeting is convened and never
again. A meeting that is put off and convened anew has another number, whose letter names the one that it replaces.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from chassis.kernel.errors import FieldError
from services.meetings.domain.meeting import AgendaItem, Convocation, Meeting
from services.meetings.domain.rsvp import invited


@dataclass(frozen=True, kw_only=True)
class ToRead:
    """A document that the members read before the meeting, by a day if one is set."""

    title: str
    until: str | None = None


@dataclass(frozen=True, kw_only=True)
class Letter:
    """What a convocation says; its language and layout are of who writes it. Days are YYYY-MM-DD, hours HH:MM."""

    reference: str | None
    """003/GTM/2026; None while the meeting is not convened: then it is a draft of the letter."""
    replaces: str | None
    """The reference of the convocation in whose place this one stands."""
    given_on: str | None
    group_name: str | None
    group_acronym: str | None
    secretariat: str | None
    """The name of the institution that convenes."""
    title: str
    kind: str
    session: int | None
    """The meeting's number in the series of the group."""
    date: str
    start: str | None
    end: str | None
    place: str | None
    reply_by: str | None
    agenda: tuple[AgendaItem, ...]
    """Without the items that were put off."""
    to_read: tuple[ToRead, ...]
    recipients: tuple[str, ...]
    """Names of the institutions called, in the order of the group."""


def letter(
    meeting: Meeting, group: Mapping[str, Any] | None, names: Mapping[str, str], to_read: Iterable[ToRead] = ()
) -> Letter:
    """The letter of the meeting's last convocation. `names`: of institutions, by id; who has none is left out."""
    given = meeting.convocations[-1] if meeting.convocations else None
    before = meeting.convocations[-2] if len(meeting.convocations) > 1 else None
    acronym = group.get("acronym") if group else None
    called = invited(group.get("members") or () if group else (), meeting.date)
    return Letter(
        reference=reference(given, acronym) if given else None,
        replaces=reference(before, acronym) if before else None,
        given_on=given.given_on if given else None,
        group_name=meeting.group_name,
        group_acronym=acronym,
        secretariat=names.get(group.get("secretariat_id") or "") if group else None,
        title=meeting.title,
        kind=meeting.kind,
        session=meeting.number,
        date=meeting.date,
        start=meeting.start,
        end=meeting.end,
        place=meeting.place,
        reply_by=given.reply_by if given else None,
        agenda=tuple(item for item in meeting.agenda if not item.postponed),
        to_read=tuple(to_read),
        recipients=tuple(names[id] for id in called if id in names),
    )


def reference(given: Convocation, acronym: str | None) -> str:
    """How people cite it: 003/GTM/2026; of a group without an acronym 003/2026."""
    return "/".join(part for part in (f"{given.number:03}", acronym, str(given.year)) if part)


def called_anew(
    meeting: Meeting, highest: int, today: date, *, day: str, reply_by: str | None
) -> tuple[Convocation, ...]:
    """The meeting's convocations with one more; `highest`: the last number of its group in the year of `today`."""
    given = Convocation(number=highest + 1, year=today.year, given_on=today.isoformat(), date=day, reply_by=reply_by)
    return (*meeting.convocations, given)


def passed_days(today: date, day_of_meeting: str, *, date: str | None, reply_by: str | None) -> list[FieldError]:
    """The faults of the days that somebody gives when convening.

    Nobody is called to a day that is over, nor asked to answer by one, nor after the meeting. The day that a meeting
    had before is not looked at: what was convened on paper may be written down later.
    """
    now = today.isoformat()
    faults: list[FieldError] = []
    for field, day in (("date", date), ("reply_by", reply_by)):
        if day is not None and day < now:
            faults.append({"field": field, "code": "day-passed", "params": {"day": day, "today": now}})
    if reply_by is not None and reply_by > day_of_meeting:
        faults.append({"field": "reply_by", "code": "after-the-meeting", "params": {"date": day_of_meeting}})
    return faults
