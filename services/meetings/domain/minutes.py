"""Minutes (*compte-rendu*): draft → circulated → adopted → published. Adopted minutes never change."""

from dataclasses import dataclass
from datetime import datetime

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


def next_state(minutes: Minutes, act: str) -> str:
    """The state that the act leads to. Raises: ConflictError minutes-state (domain.md, meetings)."""
    starts, leads_to = MOVES[act]
    if minutes.state not in starts:
        raise ConflictError("minutes-state", "state", {"state": minutes.state, "allowed": ", ".join(starts)})
    return leads_to


def may_change(minutes: Minutes) -> None:
    """Pass while the text is a draft. Raises: ConflictError minutes-sealed."""
    if minutes.state != "draft":
        raise ConflictError("minutes-sealed", "state", {"state": minutes.state})
