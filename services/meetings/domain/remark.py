"""Remarks (*observations*) on minutes and documents, and what became of them.

A remark is a record of the node where it was filed, whosever the text is; the verdict on it a record of the node that
holds the text, which alone decides. In the platform an `observation` is a figure of an indicator, hence the name.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from chassis.kernel.errors import ConflictError
from chassis.kernel.record import Record
from services.meetings.domain.document import Document, DocumentVersion
from services.meetings.domain.minutes import Minutes, standing

TARGETS = ("minutes", "document")
AMENDMENT = "amendment"
KINDS = ("remark", AMENDMENT)
"""An amendment (*amendement*) puts other words in the place of one paragraph of minutes."""
VERDICTS = ("taken_in", "set_aside")
STATES = ("open", *VERDICTS)
OPEN_TO_REMARKS = {"minutes": ("circulated",), "document": ("submitted", "under_review")}
"""Kind of text → its states in which remarks are filed (domain.md, meetings)."""

Target = Minutes | Document


@dataclass(frozen=True, kw_only=True)
class Remark(Record):
    """What an institution, or a secretariat where none is named, has to say of a text that was circulated."""

    target_kind: str
    target_id: str
    target_version: int
    """Of minutes the version of the record, of a document the number of its text."""
    institution_id: str | None = None
    section: str | None = None
    text: str
    proposal: str | None = None
    """The words that should stand there instead."""
    kind: str | None = None
    section_id: str | None = None
    """Of minutes."""
    paragraph: int | None = None
    paragraph_sha256: str | None = None
    """Which paragraph is meant, by its number then and its text; see domain/paragraph.py."""
    filed_at: datetime


@dataclass(frozen=True, kw_only=True)
class RemarkAnswer(Record):
    """What who holds the text makes of a remark. Another verdict is a new version of the same record."""

    remark_id: str
    target_kind: str
    target_id: str
    verdict: str
    answer: str | None = None
    minutes_version: int | None = None
    """The version of the minutes whose text has what was taken in."""
    place: str | None = None
    """Of a remark on a document that was taken in: where in the text (chapter, page)."""
    in_version: int | None = None
    """The number of that text."""
    remark_version: int | None = None
    """Which version of the remark was judged; None in those of before it was noted."""
    given_at: datetime


@dataclass(frozen=True)
class Outcome:
    """How a remark stands; `late` is None where nobody can tell."""

    state: str
    answer: RemarkAnswer | None
    late: bool | None


def outcome(remark: Remark, target: Target | None, answers: Iterable[RemarkAnswer]) -> Outcome:
    """The same on every node that knows the text: only its owner's verdict counts. In any order."""
    if target is None:
        return Outcome("open", None, None)
    found = verdict_on(remark, target, answers)
    return Outcome(found.verdict if found else "open", found, is_late(remark, target))


def verdict_on(remark: Record, target: Target, answers: Iterable[RemarkAnswer]) -> RemarkAnswer | None:
    """The verdict of who holds the text; on the remark as it is now: of other words, or a changed opinion, none yet."""
    own = [
        one
        for one in answers
        if one.remark_id == remark.id and one.origin == target.origin and one.remark_version in (None, remark.version)
    ]
    return max(own, key=lambda one: (one.given_at, one.id), default=None)


def is_late(remark: Remark, target: Target) -> bool | None:
    """Whether it was filed after the deadline, by its own node's clock; None where there is none, or that is wrong."""
    asked = _text(remark, target) if isinstance(target, Document) else target
    deadline = getattr(asked, "deadline", None)
    circulated = getattr(asked, "circulated_at", None)
    if deadline is None or (circulated is not None and remark.filed_at < circulated):
        return None
    return bool(remark.filed_at > deadline)


def _text(remark: Remark, document: Document) -> DocumentVersion | None:
    return next((one for one in document.versions if one.number == remark.target_version), None)


def version_in_question(target: Target) -> int:
    """Which version a remark filed now is about."""
    return target.version if isinstance(target, Minutes) else len(target.versions)


def may_remark(kind: str, target: Target) -> None:
    """Pass while the text is out for remarks. Raises: ConflictError not-open-to-remarks."""
    allowed = OPEN_TO_REMARKS[kind]
    state = standing(target) if isinstance(target, Minutes) else target.state
    if state not in allowed:
        raise ConflictError("not-open-to-remarks", "state", {"state": state, "allowed": ", ".join(allowed)})
