"""The list at the door and the participation of an institution, as they are shown."""

from collections.abc import Mapping, Sequence
from typing import Any

from services.actors.contract.merges import led_by
from services.meetings.contract import attendance as a
from services.meetings.contract import invitation as i
from services.meetings.domain import quorum
from services.meetings.domain.door import DoorLine
from services.meetings.domain.meeting import Meeting
from services.meetings.domain.participation import participation, since
from services.meetings.handlers.door import Table, table

Parts = Mapping[str, Any]
EVER = "0001-01-01"


def table_shown(parts: Parts, meeting: Meeting, visible: Sequence[str]) -> Table:
    """The table of a meeting, with the names that the caller may see."""

    def institutions(ids: Sequence[str]) -> list[dict[str, Any]]:
        wanted = {"_id": {"$in": list(ids)}, "visibility": {"$in": list(visible)}}
        found: list[dict[str, Any]] = parts["known_institutions"].every(wanted)
        return found

    group = parts["known_groups"].find(meeting.group_id) if meeting.group_id else None
    known = group if group and group.get("visibility") in visible else None
    rsvps, attendees = parts["rsvps"].of_meeting(meeting.id, visible), parts["attendees"].of_meeting(meeting.id)
    return table(meeting, known, parts["known_merges"].every(), rsvps, attendees, institutions)


def door_page(parts: Parts, meeting: Meeting, visible: Sequence[str]) -> dict[str, Any]:
    """The list at the door."""
    found = table_shown(parts, meeting, visible)
    shown = {
        "id": meeting.id,
        "origin": meeting.origin,
        "version": meeting.version,
        "institutions": [_line(one) for one in found.lines],
        "quorum": _count(found),
    }
    return dict(a.DoorSchema().dump(shown))


def attending(parts: Parts, meeting: Meeting, visible: Sequence[str]) -> dict[str, Any]:
    """Who is at the table, without persons, for the page of the meeting."""
    found = table_shown(parts, meeting, visible)
    shown = {"institutions": [_named(one) for one in found.lines if one.there], "quorum": _count(found)}
    return dict(i.AttendingSchema().dump(shown))


def participation_page(
    parts: Parts, institution: Mapping[str, Any], today: str, visible: Sequence[str]
) -> dict[str, Any]:
    """How often an institution comes, as far as the caller sees the meetings. Cost: the meetings of a year."""
    way = led_by(merges := parts["known_merges"].every())
    merged = {one.get("merged_id") for one in merges} - {None}
    ids = sorted({institution["_id"], *(id for id in merged if way(id) == institution["_id"])})
    on = {"members.institution_id": {"$in": ids}, "visibility": {"$in": list(visible)}}
    groups = {one["_id"]: one for one in parts["known_groups"].every(on)}
    meetings, start = parts["meetings"], since(today)
    held = meetings.held_of(sorted(groups), start, visible)
    came = meetings.attended_by(ids, start, visible)
    found = participation(ids, [*held, *came], lambda id: groups.get(id or "", {}).get("members") or ())
    last = next(iter(meetings.attended_by(ids, EVER, visible, 1)), None)
    shown = {
        "id": institution["_id"],
        "origin": institution["origin"],
        "version": institution["recordversion"],
        "since": start,
        **vars(found),
        "last_attended": {"meeting_id": last.id, "title": last.title, "date": last.date} if last else None,
    }
    return dict(a.ParticipationSchema().dump(shown))


def _line(line: DoorLine) -> dict[str, Any]:
    said = {name: getattr(line, name) for name in ("status", "mode", "represented_by_id", "attendees")}
    answer = {name: getattr(line.rsvp, name, None) for name in ("answer", "headcount")}
    return {**_named(line), "kind": line.seat.kind, "role": line.seat.role, **answer, **said}


def _named(line: DoorLine) -> dict[str, Any]:
    return {"institution_id": line.seat.institution_id, "name": line.seat.name, "acronym": line.seat.acronym}


def _count(found: Table) -> dict[str, Any] | None:
    if found.count is None:
        return None
    names = {one.seat.institution_id: _named(one) for one in found.lines}
    counted = {name: getattr(found.count, name) for name in ("members", "present", "needed", "reached")}
    return {**counted, "missing": [names[id] for id in found.count.missing], "sentence": quorum.sentences(found.count)}
