"""What those asked say to a recommendation: the answer (*réponse*) and the reports on how far it is.

Both are records of the node where they were given, whosever the recommendation is; `turn` says which is the later
(chassis/kernel/turns.py).
"""

from dataclasses import dataclass
from datetime import datetime

from chassis.kernel.errors import ConflictError, NotFoundError
from chassis.kernel.record import Record
from services.meetings.domain.document import DocumentFile

MOST_EVIDENCE = 10
DECISIONS = ("accepted", "declined")


@dataclass(frozen=True, kw_only=True)
class Act(Record):
    """Something said of a recommendation, with its place among all that was said."""

    recommendation_id: str
    turn: int = 1


@dataclass(frozen=True, kw_only=True)
class Response(Act):
    """An institution accepts or declines what it is asked. A changed mind is a new version of the same record."""

    institution_id: str
    decision: str
    reason: str | None = None
    given_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class ProgressReport(Act):
    """How far it is, says an institution, or the secretariat where none is named.

    Never changed, but for the files that prove it: a later one comes.
    """

    percent: int
    institution_id: str | None = None
    note: str | None = None
    evidence: str | None = None
    evidence_link: str | None = None
    files: tuple[DocumentFile, ...] = ()


def with_evidence(report: ProgressReport, file: DocumentFile) -> tuple[DocumentFile, ...]:
    """Its files and that one. The same file again changes nothing. Raises: ConflictError too-many-files."""
    others = tuple(one for one in report.files if one.sha256 != file.sha256)
    if len(others) >= MOST_EVIDENCE:
        raise ConflictError("too-many-files", None, {"max": MOST_EVIDENCE})
    return report.files if file in report.files else (*others, file)


def without_evidence(report: ProgressReport, sha256: str) -> tuple[DocumentFile, ...]:
    """Its files without that one. Raises: NotFoundError file-not-found."""
    files = tuple(one for one in report.files if one.sha256 != sha256)
    if files == report.files:
        raise NotFoundError("file-not-found", None, {"sha256": sha256})
    return files
