"""Minutes (*compte-rendu*): draft → circulated → adopted → published. Adopted minutes never change.

Adopted subject to reservations, they stay `circulated` with `reserved_at` set, until each has a verdict: who knows no
reservations, an older release, rightly takes them for not adopted yet. What was wrong is put right by other minutes
that say what they correct, and go the same way.
"""

from dataclasses import dataclass
from datetime import date, datetime

from chassis.kernel.errors import ConflictError
from chassis.kernel.record import Record
from services.meetings.domain.meeting import AgendaItem
from services.meetings.domain.section import Section

STATES = ("draft", "circulated", "adopted", "published")
MOVES = {
    "circulate": (("draft", "circulated"), "circulated"),
    "adopt": (("circulated",), "adopted"),
    "publish": (("adopted",), "published"),
}
"""Act → (states it may start from, state it leads to). Circulating again gives another deadline."""
HOW = ("in_session", "without_objection")
SEALED = ("adopted", "published")
STANDINGS = ("draft", "circulated", "adopted_with_reservations", "adopted", "published", "corrected")


@dataclass(frozen=True, kw_only=True)
class Signatory:
    """Who signed, as written."""

    function: str | None = None
    name: str | None = None


@dataclass(frozen=True, kw_only=True)
class Source:
    """The file that the minutes were read from; its text is kept beside the record, not in events."""

    sha256: str
    media_type: str
    size: int
    name: str | None = None


@dataclass(frozen=True, kw_only=True)
class Seal:
    """What the adopted text is known by: see domain/seal.py."""

    form: str
    sha256: str


@dataclass(frozen=True, kw_only=True)
class Minutes(Record):
    """The record of a meeting, item by item."""

    meeting_id: str
    title: str
    date: str
    group_id: str | None = None
    group_name: str | None = None
    start: str | None = None
    end: str | None = None
    place: str | None = None
    preamble: str | None = None
    agenda: tuple[AgendaItem, ...] = ()
    attendance: tuple[str, ...] = ()
    present: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()
    signatory: Signatory | None = None
    state: str = "draft"
    deadline: datetime | None = None
    circulated_at: datetime | None = None
    adopted_at: datetime | None = None
    adopted_on: str | None = None
    published_at: datetime | None = None
    archive: bool = False
    source: Source | None = None
    reserved_at: datetime | None = None
    """When they were adopted subject to reservations."""
    adopted_how: str | None = None
    adopted_in: str | None = None
    """The meeting that adopted them."""
    seal: Seal | None = None
    corrects: str | None = None
    """The minutes that this erratum puts right."""
    correction_reason: str | None = None
    corrected_by: str | None = None


def next_state(minutes: Minutes, act: str) -> str:
    """The state that the act leads to. Raises: ConflictError minutes-state (domain.md, meetings)."""
    starts, leads_to = MOVES[act]
    if minutes.state not in starts:
        raise ConflictError("minutes-state", "state", {"state": minutes.state, "allowed": ", ".join(starts)})
    return leads_to


def standing(minutes: Minutes) -> str:
    """How they stand, in one word."""
    if minutes.corrected_by is not None:
        return "corrected"
    return "adopted_with_reservations" if reserved(minutes) else minutes.state


def days_to_adoption(minutes: Minutes) -> int | None:
    """From the meeting to the adoption of its minutes, as it was decided; None before, and for old ones read in."""
    if minutes.adopted_on is None or minutes.archive:
        return None
    return (date.fromisoformat(minutes.adopted_on) - date.fromisoformat(minutes.date)).days


def reserved(minutes: Minutes) -> bool:
    """Whether they are adopted subject to reservations that are still to be judged."""
    return minutes.state == "circulated" and minutes.reserved_at is not None


def may_change(minutes: Minutes) -> None:
    """Pass while the text is a draft. Raises: ConflictError minutes-sealed."""
    if minutes.state != "draft":
        raise ConflictError("minutes-sealed", "state", {"state": minutes.state})
