"""Documents to read before a meeting: until when, which of them is missing, and which institutions opened them.

An opening is a record of the node where somebody of an institution opened a file first; on whichever nodes and however
often, an institution counts once.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from chassis.kernel.errors import FieldError
from chassis.kernel.record import Record
from services.meetings.domain.agenda import has
from services.meetings.domain.document import Document
from services.meetings.domain.meeting import Meeting

WARNED_DAYS = 5
"""So long before the meeting the chair is warned of what is missing."""


@dataclass(frozen=True, kw_only=True)
class Opening(Record):
    """An institution opened a document."""

    document_id: str
    institution_id: str
    opened_at: datetime


@dataclass(frozen=True)
class Paper:
    """How a document of a meeting stands on a day."""

    document: Document
    days_left: int | None
    """To its deadline, or else to the meeting; negative once it has passed."""
    missing: bool
    warned: bool
    opened: tuple[str, ...]
    """Of those asked, the institutions that opened it."""
    asked: tuple[str, ...]


def faults(document: Document, meeting: Meeting | None, today: str, new_deadline: bool) -> list[FieldError]:
    """What is wrong with where a document belongs and by when it is to be read."""
    found: list[FieldError] = []
    if meeting is None:
        if document.item_id or document.read_by:
            found.append({"field": "meeting_id", "code": "required", "params": {}})
        return found
    if document.item_id and not has(meeting.agenda, document.item_id):
        found.append({"field": "item_id", "code": "agenda-item-unknown", "params": {"id": document.item_id}})
    if document.read_by and new_deadline and document.read_by < today:
        found.append({"field": "read_by", "code": "deadline-not-ahead", "params": {"now": today}})
    if document.read_by and document.read_by > meeting.date:
        found.append({"field": "read_by", "code": "read-by-after-meeting", "params": {"date": meeting.date}})
    return found


def is_missing(document: Document) -> bool:
    """Whether there is nothing to read: neither a file of the last text nor an address."""
    last = document.versions[-1]
    return not last.files and not last.reference.startswith(("http://", "https://", "/api/"))


def papers(
    meeting: Meeting,
    documents: Iterable[Document],
    openings: Iterable[Opening],
    asked: Sequence[str],
    today: str,
    stands_for: Callable[[str], str] = str,
) -> list[Paper]:
    """The meeting's documents in the order of its agenda, those of no item last; `asked` as they stand today."""
    everyone = tuple(dict.fromkeys(stands_for(id) for id in asked))
    opened: dict[str, set[str]] = {}
    for one in openings:
        opened.setdefault(one.document_id, set()).add(stands_for(one.institution_id))
    order = {item.id: place for place, item in enumerate(meeting.agenda) if item.id}
    by_item = sorted(documents, key=lambda one: (order.get(one.item_id or "", len(order)), one.id))
    to_meeting = _days(today, meeting.date)
    return [
        Paper(
            document=one,
            days_left=_days(today, one.read_by or meeting.date),
            missing=is_missing(one),
            warned=is_missing(one) and 0 <= to_meeting <= WARNED_DAYS and meeting.state in ("draft", "convened"),
            opened=tuple(id for id in everyone if id in opened.get(one.id, ())),
            asked=everyone,
        )
        for one in by_item
    ]


def sentences(paper: Paper) -> dict[str, str]:
    """How it stands in words: « 6 institutions sur 14 l’ont ouvert »."""
    many, all = len(paper.opened), len(paper.asked)
    french = f"{many} institution{'s' if many > 1 else ''} sur {all} {'l’ont' if many > 1 else 'l’a'} ouvert"
    english = f"{many} of {all} institutions opened it"
    if paper.missing:
        french, english = "Le document manque", "The document is missing"
    if paper.document.read_by and paper.days_left is not None:
        french += f" ; à lire sous {paper.days_left} j" if paper.days_left >= 0 else " ; délai passé"
        english += f"; to read within {paper.days_left} d" if paper.days_left >= 0 else "; the deadline has passed"
    return {"fr": french, "en": english}


def _days(start: str, end: str) -> int:
    return (date.fromisoformat(end) - date.fromisoformat(start)).days
