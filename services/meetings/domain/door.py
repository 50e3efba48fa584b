"""The list at the door: who is expected by membership and answers, who has come, and what the meeting keeps of it.

In protocol order, a line an institution. Derived, never stored as such: every desk sees what all have written.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.meetings.domain.attendance import THERE, Attendee
from services.meetings.domain.meeting import Attendance, Meeting
from services.meetings.domain.protocol import ROLES, Seat, in_protocol_order
from services.meetings.domain.rsvp import Rsvp

Way = Callable[[str], str]
Roles = Mapping[str, Collection[str]]


@dataclass(frozen=True, kw_only=True)
class DoorLine:
    """An institution: its seat, what it answered, and its people; `status` None is of who has not come yet."""

    seat: Seat
    rsvp: Rsvp | None
    attendees: tuple[Attendee, ...]
    status: str | None
    mode: str | None
    represented_by_id: str | None
    """Who speaks for it, where only another institution does."""

    @property
    def there(self) -> bool:
        """Whether the institution is at the table, itself or by a delegate."""
        return self.status in THERE


def roles_on(members: Iterable[Mapping[str, Any]], day: str, way: Way = lambda id: id) -> dict[str, list[str]]:
    """The roles of each institution that sits on the group on that day, observers too, in the order of the group."""
    found: dict[str, list[str]] = {}
    for one in members:
        if (one.get("since") or day) <= day <= (one.get("until") or day):
            found.setdefault(way(one["institution_id"]), []).append(one.get("role") or "member")
    return found


def of_the_day(meeting: Meeting, attendees: Iterable[Attendee]) -> list[Attendee]:
    """The lines that count: of the day that the meeting has now, and not taken away."""
    return [one for one in attendees if one.meeting_id == meeting.id and one.date == meeting.date and not one.removed]


def door(
    meeting: Meeting,
    roles: Roles,
    attendees: Iterable[Attendee],
    answers: Mapping[str, Rsvp],
    institutions: Mapping[str, Mapping[str, Any]],
    way: Way = lambda id: id,
) -> tuple[DoorLine, ...]:
    """A line for each who sits on the group, has answered that it comes, or was signed in or is spoken for.

    `answers` and `institutions` are by id; `way`: where merged institutions lead.
    """
    counted = of_the_day(meeting, attendees)
    coming = [id for id, one in answers.items() if one.answer == "accepted"]
    ids = {*roles, *coming, *(way(one.institution_id) for one in counted), *(way(one.speaks_for) for one in counted)}
    places = {id: place for place, id in enumerate(roles)}
    seats = [_seat(id, roles.get(id, ()), places.get(id), institutions.get(id, {})) for id in ids]
    return tuple(_line(seat, counted, answers.get(seat.institution_id), way) for seat in in_protocol_order(seats))


def there(lines: Iterable[DoorLine], meeting: Meeting) -> set[str]:
    """The institutions at the table: by the list of the door, and by what else is written on the meeting."""
    known = list(lines)
    signed = any(one.attendees for one in known)
    written = [one for one in meeting.attendance if one.there and not (signed and one.signed)]
    return {one.seat.institution_id for one in known if one.there} | {
        one.institution_id for one in written if one.institution_id
    }


def attendance(
    lines: Iterable[DoorLine], before: Sequence[Attendance], shown: Callable[[str], bool]
) -> list[Attendance]:
    """What the meeting keeps, without persons: the lines of the door, then what was written of others by hand or text.

    `shown`: whether an institution may be named to all who see the meeting.
    """
    signed = [_kept(one) for one in lines if one.status is not None and shown(one.seat.institution_id)]
    ids = {one.institution_id for one in signed}
    return [*signed, *(one for one in before if not one.signed and one.institution_id not in ids)]


def _seat(id: str, roles: Collection[str], place: int | None, known: Mapping[str, Any]) -> Seat:
    first = next((role for role in (*ROLES, *roles) if role in roles and role != "observer"), None)
    role = first or next(iter(roles), None)
    named = {name: known.get(name) for name in ("name", "acronym", "kind")}
    return Seat(institution_id=id, role=role, position=place, **named)


def _line(seat: Seat, counted: Sequence[Attendee], rsvp: Rsvp | None, way: Way) -> DoorLine:
    id = seat.institution_id
    own = tuple(one for one in counted if way(one.institution_id) == id)
    present = [one for one in own if one.status == "present"]
    delegates = [one for one in counted if one.status == "delegate" and way(one.speaks_for) == id]
    at_table = present or delegates
    said = next((status for status in ("excused", "absent") if any(one.status == status for one in own)), None)
    if not at_table and said is None and rsvp is not None and rsvp.answer == "declined":
        said = "excused"
    return DoorLine(
        seat=seat,
        rsvp=rsvp,
        attendees=own,
        status="present" if present else "delegate" if delegates else said,
        mode=("in_room" if any(one.mode == "in_room" for one in at_table) else "remote") if at_table else None,
        represented_by_id=way(delegates[0].institution_id) if delegates and not present else None,
    )


def _kept(line: DoorLine) -> Attendance:
    seat = line.seat
    return Attendance(
        text=seat.called,
        institution_id=seat.institution_id,
        name=seat.name,
        acronym=seat.acronym,
        match="exact",
        status=line.status,
        mode=line.mode,
        represented_by_id=line.represented_by_id,
        signed=True,
    )
