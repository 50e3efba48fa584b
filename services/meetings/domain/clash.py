"""Clashes: meetings at the same time of groups that share member institutions. They are warned of, never refused."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from services.meetings.domain.meeting import Meeting

PLANNED = ("draft", "convened")
LONGEST = 31
"""Days that a meeting lasts at most: how far back one may have begun that is still going on."""


@dataclass(frozen=True)
class Clash:
    """Another meeting and the institutions that are asked to both."""

    meeting: Meeting
    institutions: tuple[str, ...]


def days_of(meeting: Meeting) -> tuple[str, str]:
    """Its first and last day."""
    return meeting.date, meeting.last_day or meeting.date


def may_begin(meeting: Meeting) -> tuple[str, str]:
    """The days on which a meeting begins that could be at the same time."""
    first, last = days_of(meeting)
    earliest = max(1, date.fromisoformat(first).toordinal() - LONGEST + 1)
    return date.fromordinal(earliest).isoformat(), last


def at_the_same_time(one: Meeting, other: Meeting) -> bool:
    """On a day of both; and, where both are of one day and say their hours, at the same hour."""
    (first, last), (began, ended) = days_of(one), days_of(other)
    if last < began or ended < first:
        return False
    if first != last or began != ended:
        return True
    if not (one.start and one.end and other.start and other.end):
        return True
    return one.start < other.end and other.start < one.end


def clashes(
    meeting: Meeting, members: Sequence[str], others: Iterable[tuple[Meeting, Sequence[str]]]
) -> tuple[Clash, ...]:
    """Those of the others, each with its members, that somebody is asked to at the same time; by day and hour."""
    found = []
    for other, theirs in others:
        shared = tuple(id for id in members if id in frozenset(theirs))
        if shared and other.id != meeting.id and other.state in PLANNED and at_the_same_time(meeting, other):
            found.append(Clash(other, shared))
    return tuple(sorted(found, key=lambda one: (one.meeting.date, one.meeting.start or "", one.meeting.id)))


def sentences(clash: Clash, names: Sequence[str]) -> dict[str, str]:
    """The warning as people read it."""
    day = date.fromisoformat(clash.meeting.date).strftime("%d/%m/%Y")
    who, title = ", ".join(names), clash.meeting.title
    return {
        "fr": f"Le {day}, une autre réunion ({title}) appelle aussi : {who}.",
        "en": f"On {day} another meeting ({title}) also calls: {who}.",
    }
