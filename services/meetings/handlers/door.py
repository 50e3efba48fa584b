"""The list at the door, put together of what this service knows; and what the meeting that is held keeps of it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from chassis.kernel.errors import ConflictError
from chassis.kernel.record import FEDERATED
from services.actors.contract.merges import led_by
from services.meetings.domain import quorum, rsvp
from services.meetings.domain.attendance import Attendee
from services.meetings.domain.door import DoorLine, attendance, door, roles_on, there
from services.meetings.domain.meeting import Meeting, with_signed
from services.meetings.domain.ports import Work
from services.meetings.domain.rsvp import Rsvp

Copy = Mapping[str, Any]


@dataclass(frozen=True)
class Table:
    """Everybody at the table or expected there, and the count by the group's rule; None: it has none."""

    lines: tuple[DoorLine, ...]
    there: frozenset[str]
    rule: quorum.QuorumRule | None
    count: quorum.Count | None


def table(
    meeting: Meeting,
    group: Copy | None,
    merges: Sequence[Copy],
    rsvps: Iterable[Rsvp],
    attendees: Iterable[Attendee],
    institutions: Callable[[Sequence[str]], Iterable[Copy]],
) -> Table:
    """What is derived of all that. `institutions` gives the copies of those ids that may be named."""
    members, way = (group or {}).get("members") or (), led_by(merges)
    found = rsvp.expected(meeting, rsvp.invited(members, meeting.date), rsvps, way)
    answers = {one.institution_id: one.rsvp for one in found.answered}
    roles, listed = roles_on(members, meeting.date, way), list(attendees)
    ids = {*roles, *answers, *(way(id) for one in listed for id in (one.institution_id, one.speaks_for))}
    known = {one["_id"]: one for one in institutions(sorted(ids))}
    lines = door(meeting, roles, listed, answers, known, way)
    at_table, rule = frozenset(way(id) for id in there(lines, meeting)), quorum.rule_of(group)
    seated = [line.seat.institution_id for line in lines if line.seat.institution_id in roles]
    count = quorum.count(rule, {id: roles[id] for id in seated}, at_table) if rule else None
    return Table(lines, at_table, rule, count)


def table_of(work: Work, meeting: Meeting) -> Table:
    """The table of a meeting of this node, as its secretariat sees it."""

    def institutions(ids: Sequence[str]) -> list[dict[str, Any]]:
        return work.known_institutions.every({"_id": {"$in": list(ids)}})

    group = work.known_groups.find(meeting.group_id) if meeting.group_id else None
    rsvps, attendees = work.rsvps.of_meeting(meeting.id), work.attendees.of_meeting(meeting.id)
    return table(meeting, group, work.known_merges.every(), rsvps, attendees, institutions)


def kept_of(work: Work, meeting: Meeting, found: Table) -> list[Any]:
    """The attendance that the meeting keeps: nobody is named in it who is internal, unless the meeting is."""
    ids = [line.seat.institution_id for line in found.lines]
    reach = {} if meeting.visibility == "internal" else {"visibility": {"$in": list(FEDERATED)}}
    shown = {one["_id"] for one in work.known_institutions.every({"_id": {"$in": ids}, **reach})}
    return attendance(found.lines, meeting.attendance, lambda id: id in shown)


def read_in_with(work: Work, meeting: Meeting, written: Sequence[Copy]) -> dict[str, Any]:
    """What minutes that are read in make of the list: what they say beside those signed in; who were, count."""
    found = table_of(work, meeting)
    if not any(one.there for line in found.lines for one in line.attendees):
        return {"attendance": with_signed(meeting, written)}
    kept = held_with(work, meeting) if meeting.state == "convened" else {"attendance": kept_of(work, meeting, found)}
    return {**kept, "attendance": with_signed(replace(meeting, attendance=tuple(kept["attendance"])), written)}


def held_with(work: Work, meeting: Meeting) -> dict[str, Any]:
    """What is written down when a meeting is declared held: who is there, and whether that is enough.

    Raises: ConflictError attendance-not-taken, where the group has a quorum rule and nobody is known to be there.
    """
    found = table_of(work, meeting)
    kept = kept_of(work, meeting, found) if any(line.attendees for line in found.lines) else meeting.attendance
    if found.rule is None or found.count is None:
        return {"attendance": kept}
    if not found.there:
        raise ConflictError("attendance-not-taken", "attendance", {"needed": found.count.needed})
    result = quorum.result(found.rule, found.count, work.now)
    return {"attendance": kept, "quorum": result, "information_session": not result.reached}
