"""How often an institution comes (*assiduité*): of the meetings it was called to in twelve months; and when last."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.meetings.domain.meeting import Meeting
from services.meetings.domain.rsvp import invited


@dataclass(frozen=True, kw_only=True)
class Participation:
    """Called to so many, came to so many of these; `as_guest`: to so many besides, without being called."""

    called: int
    attended: int
    as_guest: int


def since(today: str) -> str:
    """The first day of the last twelve months."""
    day = date.fromisoformat(today)
    leap = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - 1, day=28 if leap else day.day).isoformat()


def participation(
    ids: Collection[str],
    meetings: Iterable[Meeting],
    members: Callable[[str | None], Iterable[Mapping[str, Any]]],
) -> Participation:
    """Of the meetings held in that time, each once; `ids` are the institution and those that were merged into it.

    `members` gives those of a group. A meeting whose attendance nobody wrote down says nothing of anybody.
    """
    called = attended = guest = 0
    for meeting in {one.id: one for one in meetings if one.attendance}.values():
        came = any(one.institution_id in ids and one.there for one in meeting.attendance)
        if set(invited(members(meeting.group_id), meeting.date)) & set(ids):
            called, attended = called + 1, attended + came
        else:
            guest += came
    return Participation(called=called, attended=attended, as_guest=guest)
