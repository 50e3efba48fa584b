"""Who leads a meeting: checked, and the chair's right read off the group."""

from collections.abc import Sequence
from typing import Any

from chassis.kernel.checks import refuse
from services.actors.contract.merges import led_by
from services.meetings.domain.door import roles_on
from services.meetings.domain.meeting import Meeting
from services.meetings.domain.officer import Officer, with_grounds, wrong
from services.meetings.domain.ports import Work
from services.meetings.handlers.checks import unknown_institutions


def grounded(work: Work, meeting: Meeting) -> Meeting:
    """The meeting, its chair with the ground that holds on its day. Raises: InvalidError."""
    if not meeting.officers:
        return meeting
    officers: Sequence[Officer] = meeting.officers
    named = [(f"officers.{place}.institution_id", one.institution_id) for place, one in enumerate(officers)]
    refuse(unknown_institutions(work, named) + wrong(officers))
    group: dict[str, Any] | None = work.known_groups.find(meeting.group_id) if meeting.group_id else None
    way = led_by(work.known_merges.every())
    roles = roles_on((group or {}).get("members") or (), meeting.date, way)
    roles = {one.institution_id: roles.get(way(one.institution_id), []) for one in officers}
    return work.revise(meeting, officers=with_grounds(officers, roles))
