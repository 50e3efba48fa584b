"""Answers to an invitation (*réponses à la convocation*): a record of the node that answers, whosever the meeting is.

An answer is to the day that was asked about: once a meeting is convened anew on another day, it counts no more. Of an
institution's answers the latest counts (chassis/kernel/turns.py), on whichever nodes they were given.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chassis.kernel.errors import ConflictError
from chassis.kernel.record import Record
from chassis.kernel.turns import place
from services.meetings.domain.meeting import Meeting

ANSWERS = ("accepted", "declined", "tentative")
NOT_ASKED = ("observer",)
"""Roles on a group that are not counted on: they may come."""


@dataclass(frozen=True, kw_only=True)
class Rsvp(Record):
    """Whether an institution comes on that day. A changed mind is a new version of the same record."""

    meeting_id: str
    institution_id: str
    answer: str
    date: str
    headcount: int | None = None
    """How many people it sends."""
    reason: str | None = None
    turn: int = 1
    given_at: datetime


@dataclass(frozen=True)
class Answered:
    """An institution's answer that counts; `invited`: as a member of the group, else it comes by itself."""

    institution_id: str
    """Whom it is of: where the one that answered was merged into another, that one."""
    rsvp: Rsvp
    invited: bool


@dataclass(frozen=True)
class Expected:
    """Who is expected, as far as is known here."""

    invited: tuple[str, ...]
    answered: tuple[Answered, ...]
    """One an institution, by its id."""
    silent: tuple[str, ...]

    def of(self, answer: str) -> int:
        """How many institutions gave this answer."""
        return sum(one.rsvp.answer == answer for one in self.answered)

    @property
    def people(self) -> int:
        """How many people are announced; one where an institution that accepts does not say."""
        return sum(one.rsvp.headcount or 1 for one in self.answered if one.rsvp.answer == "accepted")


def invited(members: Iterable[Mapping[str, Any]], day: str) -> tuple[str, ...]:
    """Ids of the institutions that are members of the group on that day, each once, in the order of the group."""
    return tuple(
        dict.fromkeys(
            one["institution_id"]
            for one in members
            if one.get("role") not in NOT_ASKED
            and (one.get("since") or day) <= day <= (one.get("until") or day)
        )
    )  # fmt: skip


def expected(
    meeting: Meeting, members: Sequence[str], rsvps: Iterable[Rsvp], stands_for: Callable[[str], str] = lambda id: id
) -> Expected:
    """The rule above, over everything known of it; in any order. `stands_for`: where merged institutions lead."""
    asked = tuple(dict.fromkeys(stands_for(id) for id in members))
    held: dict[str, Rsvp] = {}
    for one in sorted(rsvps, key=place):
        if one.meeting_id == meeting.id and one.date == meeting.date and _goes_as_far(one, meeting):
            held[stands_for(one.institution_id)] = one
    answered = tuple(Answered(id, held[id], id in asked) for id in sorted(held))
    return Expected(asked, answered, tuple(id for id in asked if id not in held))


def may_answer(meeting: Meeting) -> None:
    """Pass while the meeting is convened. Raises: ConflictError meeting-not-convened."""
    if meeting.state != "convened":
        raise ConflictError("meeting-not-convened", "state", {"state": meeting.state})


def sentences(found: Expected) -> dict[str, str]:
    """The count as a sentence a person reads: "12 institutions sur 25 ont répondu : 9 viennent, 3 ne viennent pas"."""
    asked, there = len(found.invited), sum(one.invited for one in found.answered)
    guests = len(found.answered) - there
    comes, away, perhaps = (found.of(answer) for answer in ANSWERS)
    french = f"{there} institution{_s(there)} sur {asked} {'ont' if there > 1 else 'a'} répondu"
    english = f"{there} of {asked} institutions answered"
    if found.answered:
        french += f" : {comes} vien{'nent' if comes > 1 else 't'}, {away} ne vien{'nent' if away > 1 else 't'} pas"
        french += f", {perhaps} hésite{'nt' if perhaps > 1 else ''}" if perhaps else ""
        english += f": {comes} coming, {away} not coming" + (f", {perhaps} unsure" if perhaps else "")
    if guests:
        french += f" (dont {guests} hors du cadre)"
        english += f" ({guests} of them from outside the group)"
    return {"fr": french, "en": english}


def _s(many: int) -> str:
    return "s" if many > 1 else ""


def _goes_as_far(rsvp: Rsvp, meeting: Meeting) -> bool:
    """What other nodes cannot know counts for nothing, unless they do not know the meeting either."""
    return rsvp.visibility != "internal" or meeting.visibility == "internal"
