"""Meetings: draft → convened → held → closed, with postponed (and convened anew) and cancelled."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from chassis.kernel.errors import ConflictError
from chassis.kernel.record import Record
from services.meetings.domain.officer import Officer
from services.meetings.domain.quorum import QuorumResult

KINDS = ("ordinary", "extraordinary", "validation_workshop")
STATES = ("draft", "convened", "held", "closed", "postponed", "cancelled")
MOVES = {
    "convene": (("draft", "postponed"), "convened"),
    "hold": (("convened",), "held"),
    "close": (("held",), "closed"),
    "postpone": (("draft", "convened"), "postponed"),
    "cancel": (("draft", "convened", "postponed"), "cancelled"),
}
"""Act → (states it may start from, state it leads to)."""
MATCHES = ("exact", "alias", "near", "proposed", "none")


@dataclass(frozen=True, kw_only=True)
class AgendaItem:
    """A point of the agenda (*point inscrit à l'ordre du jour*)."""

    title: str
    number: int | None = None
    presenter: str | None = None
    postponed: bool = False
    links: tuple[str, ...] = ()
    """Addresses of the records that it is about."""
    id: str | None = None
    """Stays, whatever is written of the item, and wherever it moves."""


@dataclass(frozen=True, kw_only=True)
class Attendance:
    """An institution of the list: the text as written, and whom of the directory it means.

    `signed`: from the list kept at the door (domain/door.py); else read from minutes, or written by hand.
    Without a `status` it is said to have been there, and no more.
    """

    text: str
    institution_id: str | None = None
    name: str | None = None
    acronym: str | None = None
    match: str = "none"
    status: str | None = None
    mode: str | None = None
    represented_by_id: str | None = None
    signed: bool = False

    @property
    def there(self) -> bool:
        """Whether it was there, itself or by a delegate."""
        return self.status in (None, "present", "delegate")


@dataclass(frozen=True, kw_only=True)
class Convocation:
    """A letter that called the members: its number of a year, its day, and the day that it called them to."""

    number: int
    year: int
    given_on: str
    date: str
    reply_by: str | None = None
    """The day until which the institutions are asked to answer."""


@dataclass(frozen=True, kw_only=True)
class Meeting(Record):
    """A session of a group. `date` is a local day, `start` and `end` local HH:MM."""

    title: str
    date: str
    last_day: str | None = None
    """Of a meeting of several days."""
    group_id: str | None = None
    group_name: str | None = None
    kind: str = "ordinary"
    start: str | None = None
    end: str | None = None
    place: str | None = None
    agenda: tuple[AgendaItem, ...] = ()
    attendance: tuple[Attendance, ...] = ()
    state: str = "draft"
    minutes_id: str | None = None
    number: int | None = None
    """Its place in the series of its group and kind: the 7th ordinary session (series.py)."""
    follows_id: str | None = None
    """The session that it was made the next of."""
    convocations: tuple[Convocation, ...] = ()
    """The letters, the last one valid (convocation.py)."""
    sequence: int = 0
    """How often day, hour or place changed after it was first convened, or whether it takes place (calendar.py)."""
    officers: tuple[Officer, ...] = ()
    quorum: QuorumResult | None = None
    """What was found when it was declared held; None: its group has no rule, or nobody counted."""
    information_session: bool = False


def next_state(meeting: Meeting, act: str) -> str:
    """The state that the act leads to. Raises: ConflictError meeting-state (domain.md, meetings)."""
    starts, leads_to = MOVES[act]
    if meeting.state not in starts:
        raise ConflictError("meeting-state", "state", {"state": meeting.state, "allowed": ", ".join(starts)})
    return leads_to


def present(meeting: Meeting) -> tuple[str, ...]:
    """Ids of the institutions that were there, in the order of the list, each once."""
    return tuple(dict.fromkeys(one.institution_id for one in meeting.attendance if one.there and one.institution_id))


def with_signed(meeting: Meeting, written: Sequence[Mapping[str, Any]]) -> list[Any]:
    """The attendance with what is written by hand or read from a text: lines signed at the door stay as they are."""
    signed = [one for one in meeting.attendance if one.signed]
    ids = {one.institution_id for one in signed}
    others = [{**one, "signed": False} for one in written if one.get("institution_id") not in ids]
    return [*signed, *others]


def may_change(meeting: Meeting) -> None:
    """Pass until the meeting is closed or cancelled. Raises: ConflictError meeting-over."""
    if meeting.state in ("closed", "cancelled"):
        raise ConflictError("meeting-over", "state", {"state": meeting.state})


def moved(before: Meeting, after: Meeting) -> Meeting:
    """`after` as calendars have to know it: the next in `sequence` where, once convened, time or place is another.

    Or whether it takes place at all: it was put off, called off, or convened anew.
    """
    if not before.convocations:
        return after
    same = _when_and_where(before) == _when_and_where(after)
    return replace(after, sequence=before.sequence + (not same))


def _when_and_where(meeting: Meeting) -> tuple[object, ...]:
    off = meeting.state in ("postponed", "cancelled")
    return meeting.date, meeting.last_day, meeting.start, meeting.end, meeting.place, off


def default_title(group_name: str | None, day: str) -> str:
    """What a meeting is called that nobody named."""
    return f"{group_name or 'Réunion'} — {day}"
