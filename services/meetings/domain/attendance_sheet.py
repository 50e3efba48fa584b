"""The sign-in sheet (*feuille de présence*) as content: what is printed on it, whatever it is laid out with.

In protocol order, each institution with a line for each person that is announced or was signed in, and at least one
that is blank; then blank lines for who comes unasked. Contact and signature are always left to be filled in by hand.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services.meetings.domain.attendance import Attendee
from services.meetings.domain.meeting import Meeting
from services.meetings.domain.protocol import Seat, in_protocol_order

WALK_IN_LINES = 5
MOST_ANNOUNCED = 20
"""Blank lines of one institution, however many people it announces."""


@dataclass(frozen=True, kw_only=True)
class SheetLine:
    """A person's line; None is left blank. `contact` and `signature` are columns that are always blank."""

    name: str | None = None
    function: str | None = None
    status: str | None = None
    """present, excused, absent or delegate, of who is in the list already."""
    mode: str | None = None
    """in_room or remote: who is remote signs nothing."""
    delegate_of: str | None = None
    """What the institution is called for which this person speaks."""


@dataclass(frozen=True, kw_only=True)
class SheetInstitution:
    """An institution and its lines."""

    institution_id: str
    name: str | None
    acronym: str | None
    role: str | None
    """Its role on the group (chair, vice_chair, secretariat, rapporteur, member, observer); None: it comes unasked."""
    answer: str | None
    """Its answer to the invitation: accepted, declined, tentative; None: none."""
    lines: tuple[SheetLine, ...]


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """All that is on it. `date` is YYYY-MM-DD, `start` and `end` HH:MM."""

    meeting_id: str
    title: str
    group_name: str | None
    kind: str
    date: str
    start: str | None
    end: str | None
    place: str | None
    institutions: tuple[SheetInstitution, ...]
    blank_lines: int = WALK_IN_LINES
    """Lines at the end for institutions that are not listed: institution, name, function, contact, signature."""


@dataclass(frozen=True, kw_only=True)
class Announced:
    """What an institution said of its coming."""

    answer: str
    people: int = 1


def attendance_sheet(
    meeting: Meeting, seats: Iterable[Seat], attendees: Sequence[Attendee], announced: dict[str, Announced]
) -> Sheet:
    """The sheet of a meeting: `seats` are of all who are expected or were signed in, `announced` by institution."""
    seated = in_protocol_order(seats)
    names = {one.institution_id: one.called for one in seated}
    return Sheet(
        meeting_id=meeting.id,
        title=meeting.title,
        group_name=meeting.group_name,
        kind=meeting.kind,
        date=meeting.date,
        start=meeting.start,
        end=meeting.end,
        place=meeting.place,
        institutions=tuple(_institution(seat, attendees, announced.get(seat.institution_id), names) for seat in seated),
    )


def _institution(
    seat: Seat, attendees: Sequence[Attendee], announced: Announced | None, names: dict[str, str]
) -> SheetInstitution:
    known = [_line(one, names) for one in attendees if one.institution_id == seat.institution_id and not one.removed]
    people = min(announced.people, MOST_ANNOUNCED) if announced and announced.answer == "accepted" else 1
    blank = max(people - len(known), 0 if known else 1)
    return SheetInstitution(
        institution_id=seat.institution_id,
        name=seat.name,
        acronym=seat.acronym,
        role=seat.role,
        answer=announced.answer if announced else None,
        lines=(*known, *[SheetLine()] * blank),
    )


def _line(attendee: Attendee, names: dict[str, str]) -> SheetLine:
    speaks_for = attendee.for_institution_id
    return SheetLine(
        name=attendee.name,
        function=attendee.function,
        status=attendee.status,
        mode=attendee.mode,
        delegate_of=names.get(speaks_for, speaks_for) if speaks_for else None,
    )
