"""Meetings as the contract shows them, and a strict second reader of what was written of them."""

from collections.abc import Iterable
from typing import Any

from ical.calendar import Calendar
from ical.calendar_stream import IcsCalendarStream

from services.meetings.contract import calendar
from services.meetings.contract.records import MeetingSchema
from services.meetings.domain.meeting import AgendaItem, Convocation, Meeting
from tests.unit.meetings.acts import base

ID = "01946f2a-0000-7000-8000-00000000c5c5"
AGENDA = (
    AgendaItem(title="Mobilité des éleveurs ; bilan, suite", number=1, presenter="OIM"),
    AgendaItem(title="Divers", number=2, postponed=True),
)
CALLED = (Convocation(number=1, year=2026, given_on="2026-03-01", date="2026-03-12"),)


def shown(**fields: Any) -> dict[str, Any]:
    """A convened meeting."""
    said: dict[str, Any] = {
        "title": "7e réunion, « élargie » ; salle A\\B",
        "date": "2026-03-12",
        "start": "09:00",
        "end": "11:30",
        "place": "Niamey, DGECM-R",
        "group_name": "Groupe Technique, Zinder",
        "state": "convened",
        "agenda": AGENDA,
        "convocations": CALLED,
        "sequence": 3,
    }
    return dict(MeetingSchema().dump(Meeting(**{**base(ID, "central"), **said, **fields})))


def feed(meetings: Iterable[dict[str, Any]], told: calendar.Feed) -> bytes:
    """The whole feed."""
    return b"".join(calendar.feed(meetings, told))


def read(content: bytes) -> Calendar:
    """By another library than the writer's."""
    return IcsCalendarStream.calendar_from_ics(content.decode("utf-8"))
