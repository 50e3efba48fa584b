"""Who is at a meeting (*présence*): one record an institution and person, so that two desks at the door never wait.

A line is signed in at the door, put right, or taken away again. The persons stay on their node (docs/decisions/0072):
what other nodes and the public see is the list of institutions on the meeting itself (domain/door.py).
"""

from dataclasses import dataclass

from chassis.kernel.erasure import Erased
from chassis.kernel.errors import ConflictError, FieldError
from chassis.kernel.record import Record
from chassis.kernel.text import fold
from services.meetings.domain.meeting import Meeting

STATUSES = ("present", "excused", "absent", "delegate")
MODES = ("in_room", "remote")
THERE = ("present", "delegate")
OPEN = ("convened", "held")
"""States of a meeting in which the list is kept: up to the adoption of its minutes."""
VISIBILITY = "internal"
MOST = 2000
"""Lines of one meeting."""


@dataclass(frozen=True, kw_only=True)
class Attendee(Record):
    """One line of the list of a day. A delegate speaks for `for_institution_id`, which counts in place of its own."""

    meeting_id: str
    institution_id: str
    date: str
    name: str | None = None
    function: str | None = None
    status: str = "present"
    mode: str = "in_room"
    for_institution_id: str | None = None
    removed: bool = False
    erased: Erased | None = None

    @property
    def there(self) -> bool:
        """Whether somebody is there."""
        return not self.removed and self.status in THERE

    @property
    def speaks_for(self) -> str:
        """The institution that is at the table by it."""
        return self.for_institution_id or self.institution_id


def slot(attendee: Attendee) -> str:
    """What no other line of the meeting has: day, institutions, person; where taken away or erased, its own id."""
    if attendee.removed or attendee.erased:
        return attendee.id
    return f"{attendee.date} {attendee.institution_id} {attendee.speaks_for} {fold(attendee.name or '')}"


def field_of(attendee: Attendee) -> str:
    """Which field of it repeats another line."""
    return "name" if attendee.name else "institution_id"


def may_sign_in(meeting: Meeting) -> None:
    """Pass while the list is kept. Raises: ConflictError attendance-closed."""
    if meeting.state not in OPEN:
        raise ConflictError("attendance-closed", "state", {"state": meeting.state, "allowed": ", ".join(OPEN)})


def may_correct(attendee: Attendee) -> None:
    """Pass while it is in the list. Raises: ConflictError attendee-removed."""
    if attendee.removed or attendee.erased:
        raise ConflictError("attendee-removed", None, {"id": attendee.id})


def wrong(attendee: Attendee) -> list[FieldError]:
    """What does not go together in a line."""
    named = attendee.for_institution_id
    code = None
    if attendee.status == "delegate" and named is None:
        code = "delegate-for-whom"
    elif attendee.status != "delegate" and named is not None:
        code = "only-of-delegates"
    elif named == attendee.institution_id:
        code = "delegate-of-itself"
    return [{"field": "for_institution_id", "code": code, "params": {}}] if code else []
