"""Documents put up for validation: submitted → under_review → validated, validated_subject_to, rejected; superseded.

A text validated subject to remarks is followed by one that takes them in (`integrates`), which needs no round of its
own and is validated when each remark was seen to (domain/handling.py). A final text never changes again.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from chassis.kernel.errors import ConflictError, FieldError, NotFoundError
from chassis.kernel.record import Record

KINDS = ("strategy", "plan", "report", "tor", "attendance_sheet", "presentation", "working_paper")
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
    "integrate": (("validated_subject_to",), "validated_subject_to"),
    "finalise": (("validated", "validated_subject_to"), "validated"),
    "supersede": (("validated", "validated_subject_to"), "superseded"),
}
"""Act → (states it may start from, state it leads to). A text under review changes only after its round is closed."""
MOST_FILES = 20
MOST_HANDLED = 5000
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
    sections: tuple[str, ...] = ()
    """Its headings, in order: what a remark may name. None: any words will do."""
    circulated_at: datetime | None = None
    deadline: datetime | None = None
    """Until when remarks on it are in time."""
    integrates: bool = False
    """Whether it was made to take in the remarks that the validation was subject to."""
    finalised_at: datetime | None = None
    handled: tuple[str, ...] = ()
    """Of a final text: the remarks and opinions that were seen to when it became so."""


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

    @property
    def final(self) -> DocumentVersion | None:
        """The final text, if there is one."""
        last = self.versions[-1] if self.versions else None
        return last if last is not None and last.finalised_at is not None else None

    item_id: str | None = None
    """The item of that meeting's agenda."""
    read_by: str | None = None
    """Until which day it is to be read."""


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


def may_take_files(document: Document) -> None:
    """Pass while its last text is not yet asked about, or being made to take remarks in. Raises: ConflictError."""
    if document.state == "validated_subject_to" and document.versions[-1].integrates and document.final is None:
        return
    may_change(document)


def with_section(version: DocumentVersion, section: str) -> str | None:
    """The heading that is meant, None if the text has others. Case and spaces make no difference."""
    if not version.sections:
        return section
    return next((one for one in version.sections if _folded(one) == _folded(section)), None)


def circulated(document: Document, at: datetime, deadline: datetime) -> tuple[DocumentVersion, ...]:
    """The texts, the last one out for remarks until the deadline; circulated again it keeps its first day."""
    *earlier, last = document.versions
    return (*earlier, replace(last, circulated_at=last.circulated_at or at, deadline=deadline))


def finalised(document: Document, at: datetime, handled: tuple[str, ...]) -> tuple[DocumentVersion, ...]:
    """The texts, the last one final. Raises: ConflictError document-final, text-not-integrated, document-state."""
    if document.final is not None:
        raise ConflictError("document-final", "state", {"number": document.final.number})
    next_state(document, "finalise")
    *earlier, last = document.versions
    if document.state == "validated_subject_to" and not last.integrates:
        raise ConflictError("text-not-integrated", "versions", {"number": last.number})
    return (*earlier, replace(last, finalised_at=at, handled=handled))


def with_file(document: Document, file: DocumentFile) -> tuple[DocumentVersion, ...]:
    """The texts, the last one with that file. The same file again changes nothing.

    Raises: ConflictError document-state, too-many-files.
    """
    may_take_files(document)
    *earlier, last = document.versions
    others = tuple(one for one in last.files if one.sha256 != file.sha256)
    if len(others) >= MOST_FILES:
        raise ConflictError("too-many-files", None, {"max": MOST_FILES})
    files = last.files if file in last.files else (*others, file)
    return (*earlier, replace(last, files=files))


def without_file(document: Document, sha256: str) -> tuple[DocumentVersion, ...]:
    """The texts, the last one without that file. Raises: NotFoundError file-not-found; ConflictError document-state."""
    may_take_files(document)
    *earlier, last = document.versions
    files = tuple(one for one in last.files if one.sha256 != sha256)
    if files == last.files:
        raise NotFoundError("file-not-found", None, {"sha256": sha256})
    return (*earlier, replace(last, files=files))


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())
