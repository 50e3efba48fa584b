"""Meetings: draft → convened → held → closed, with postponed (and convened anew) and cancelled."""

from dataclasses import dataclass, replace

from chassis.kernel.errors import ConflictError
from chassis.kernel.record import Record

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


@dataclass(frozen=True, kw_only=True)
class Attendance:
    """An institution that was there: the text as written, and whom of the directory it means."""

    text: str
    institution_id: str | None = None
    name: str | None = None
    acronym: str | None = None
    match: str = "none"


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


def next_state(meeting: Meeting, act: str) -> str:
    """The state that the act leads to. Raises: ConflictError meeting-state (domain.md, meetings)."""
    starts, leads_to = MOVES[act]
    if meeting.state not in starts:
        raise ConflictError("meeting-state", "state", {"state": meeting.state, "allowed": ", ".join(starts)})
    return leads_to


def present(meeting: Meeting) -> tuple[str, ...]:
    """Ids of the institutions that were there, in the order of the list, each once."""
    return tuple(dict.fromkeys(entry.institution_id for entry in meeting.attendance if entry.institution_id))


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
