"""Documents put up for validation: submitted → under_review → validated, validated_subject_to, rejected; superseded."""

from dataclasses import dataclass, replace
from datetime import datetime

from chassis.kernel.errors import ConflictError, FieldError, NotFoundError
from chassis.kernel.record import Record

KINDS = ("strategy", "plan", "report", "tor", "attendance_sheet")
SHEET = "attendance_sheet"
"""The signed sheet of a meeting, scanned: it shows persons, and never leaves its node."""
STATES = ("submitted", "under_review", "validated", "validated_subject_to", "rejected", "superseded")
OUTCOMES = ("validated", "validated_subject_to", "rejected")
MOVES = {
    "revise": (("submitted", "rejected", "validated_subject_to"), "submitted"),
    "open_round": (("submitted",), "under_review"),
    "validate": (("under_review",), "validated"),
    "validate_subject_to": (("under_review",), "validated_subject_to"),
    "reject": (("under_review",), "rejected"),
    "supersede": (("validated", "validated_subject_to"), "superseded"),
}
"""Act → (states it may start from, state it leads to). A text under review changes only after its round is closed."""
MOST_FILES = 20
BY_OUTCOME = {"validated": "validate", "validated_subject_to": "validate_subject_to", "rejected": "reject"}


@dataclass(frozen=True, kw_only=True)
class DocumentFile:
    """A file of a text: its bytes are kept beside the records and follow by themselves (docs/decisions/0052)."""

    sha256: str
    name: str
    media_type: str
    size: int


@dataclass(frozen=True, kw_only=True)
class DocumentVersion:
    """One text of the document: where it is, what is new in it, its files."""

    number: int
    reference: str
    note: str | None = None
    added_at: datetime
    files: tuple[DocumentFile, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Document(Record):
    """A strategy, plan, report or terms of reference."""

    title: str
    kind: str = "report"
    summary: str | None = None
    versions: tuple[DocumentVersion, ...] = ()
    state: str = "submitted"
    meeting_id: str | None = None
    """The meeting that it belongs to."""


def next_state(document: Document, act: str) -> str:
    """The state that the act leads to. Raises: ConflictError document-state (domain.md, meetings)."""
    starts, leads_to = MOVES[act]
    if document.state not in starts:
        raise ConflictError("document-state", "state", {"state": document.state, "allowed": ", ".join(starts)})
    return leads_to


def may_change(document: Document) -> None:
    """Pass while its title and kind may be put right. Raises: ConflictError document-state."""
    if document.state != "submitted":
        raise ConflictError("document-state", "state", {"state": document.state, "allowed": "submitted"})


def sheet_faults(document: Document) -> list[FieldError]:
    """A signed sheet belongs to a meeting, and is internal."""
    if document.kind != SHEET:
        return []
    missing: list[FieldError] = [{"field": "meeting_id", "code": "required", "params": {}}]
    shown: list[FieldError] = [{"field": "visibility", "code": "sheet-internal", "params": {}}]
    return missing * (document.meeting_id is None) + shown * (document.visibility != "internal")


def with_file(document: Document, file: DocumentFile) -> tuple[DocumentVersion, ...]:
    """The texts, the last one with that file. The same file again changes nothing.

    Raises: ConflictError document-state, too-many-files.
    """
    may_change(document)
    *earlier, last = document.versions
    others = tuple(one for one in last.files if one.sha256 != file.sha256)
    if len(others) >= MOST_FILES:
        raise ConflictError("too-many-files", None, {"max": MOST_FILES})
    files = last.files if file in last.files else (*others, file)
    return (*earlier, replace(last, files=files))


def without_file(document: Document, sha256: str) -> tuple[DocumentVersion, ...]:
    """The texts, the last one without that file. Raises: NotFoundError file-not-found; ConflictError document-state."""
    may_change(document)
    *earlier, last = document.versions
    files = tuple(one for one in last.files if one.sha256 != sha256)
    if files == last.files:
        raise NotFoundError("file-not-found", None, {"sha256": sha256})
    return (*earlier, replace(last, files=files))
