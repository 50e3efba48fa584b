"""Who is at a meeting (*présence*): one record an institution and person, so that two desks at the door never wait.

An entry is signed in at the door, put right, or taken away again. The persons stay on their node (docs/decisions/0072):
what other nodes and the public see is the list of institutions on the meeting itself.
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


@dataclass(frozen=True, kw_only=True)
class AttendanceEntry(Record):
    """One line of the list. A delegate speaks for `for_institution_id`, which counts in the place of its own."""

    meeting_id: str
    institution_id: str
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
    def stands_for(self) -> str:
        """The institution that is at the table by it."""
        return self.for_institution_id or self.institution_id


def slot(entry: AttendanceEntry) -> str:
    """What an entry is the only one with: its institution and person; itself, where it was taken away or erased."""
    return entry.id if entry.removed or entry.erased else f"{entry.institution_id} {fold(entry.name or '')}"


def may_sign_in(meeting: Meeting) -> None:
    """Pass while the list is kept. Raises: ConflictError attendance-closed."""
    if meeting.state not in OPEN:
        raise ConflictError("attendance-closed", "state", {"state": meeting.state, "allowed": ", ".join(OPEN)})


def may_correct(entry: AttendanceEntry) -> None:
    """Pass while it is in the list. Raises: ConflictError attendance-removed."""
    if entry.removed or entry.erased:
        raise ConflictError("attendance-removed", None, {"id": entry.id})


def wrong(entry: AttendanceEntry) -> list[FieldError]:
    """What does not go together in an entry."""
    named = entry.for_institution_id
    if entry.status == "delegate" and named is None:
        return [{"field": "for_institution_id", "code": "delegate-for-whom", "params": {}}]
    if entry.status != "delegate" and named is not None:
        return [{"field": "for_institution_id", "code": "only-of-delegates", "params": {}}]
    if named == entry.institution_id:
        return [{"field": "for_institution_id", "code": "delegate-of-itself", "params": {}}]
    return []
