"""What speaks against the day of a meeting: others at the same time that call some of the same institutions."""

from collections.abc import Iterable
from typing import Any

from services.actors.contract.merges import led_by
from services.meetings.domain.clash import PLANNED, Clash, clashes, may_begin, sentences
from services.meetings.domain.meeting import Meeting
from services.meetings.domain.ports import Work
from services.meetings.domain.rsvp import invited

MOST_LOOKED_AT, MOST_TOLD = 200, 50


def warnings(work: Work, meeting: Meeting) -> list[dict[str, Any]]:
    """The clashes as the contract shows them, of meetings of all nodes that the caller sees.

    Cost: the meetings planned around that day, by an index.
    """
    if meeting.group_id is None or meeting.state not in PLANNED:
        return []
    others = [
        one
        for one in work.meetings.beginning(*may_begin(meeting), PLANNED, MOST_LOOKED_AT)
        if one.group_id and one.id != meeting.id
    ]
    members = _members(work, [meeting, *others])
    found = clashes(meeting, members(meeting), [(one, members(one)) for one in others])[:MOST_TOLD]
    names = _names(work, {id for one in found for id in one.institutions})
    return [_warning(one, names) for one in found]


def _members(work: Work, meetings: Iterable[Meeting]) -> Any:
    ids = sorted({one.group_id for one in meetings if one.group_id})
    groups = {one["_id"]: one for one in work.known_groups.every({"_id": {"$in": ids}})}
    stands_for = led_by(work.known_merges.every())

    def members(meeting: Meeting) -> tuple[str, ...]:
        group = groups.get(meeting.group_id or "") or {}
        asked = invited(group.get("members") or (), meeting.date)
        return tuple(dict.fromkeys(stands_for(id) for id in asked))

    return members


def _names(work: Work, ids: set[str]) -> dict[str, dict[str, Any]]:
    return {one["_id"]: one for one in work.known_institutions.every({"_id": {"$in": sorted(ids)}})}


def _warning(clash: Clash, names: dict[str, dict[str, Any]]) -> dict[str, Any]:
    other = clash.meeting
    shown = [{name: names.get(id, {}).get(name) for name in ("name", "acronym")} for id in clash.institutions]
    called = [one["acronym"] or one["name"] or id for one, id in zip(shown, clash.institutions, strict=True)]
    same = ("origin", "title", "group_id", "group_name", "state", "date", "last_day", "start", "end")
    return {
        "meeting_id": other.id,
        **{name: getattr(other, name) for name in same},
        "institutions": [{"institution_id": id, **one} for id, one in zip(clash.institutions, shown, strict=True)],
        "sentence": sentences(clash, called),
    }
