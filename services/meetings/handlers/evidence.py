"""Use cases of what proves a progress report: files, by who made it, until the recommendation is over."""

from dataclasses import asdict
from typing import Any

from services.meetings.contract import events
from services.meetings.domain.document import DocumentFile
from services.meetings.domain.ports import Work
from services.meetings.domain.response import ProgressReport, with_evidence, without_evidence
from services.meetings.handlers.checks import speaking_for
from services.meetings.handlers.follow_up import open_to_acts


def add_file(work: Work, *, id: str, version: int | None, **file: Any) -> ProgressReport:
    """A file; its bytes are here. Raises: ForbiddenError; ConflictError recommendation-over, too-many-files."""
    report = _open(work, id, version)
    return _with(work, report, with_evidence(report, DocumentFile(**file)))


def remove_file(work: Work, *, id: str, version: int | None, sha256: str) -> ProgressReport:
    """Take one away. Raises: NotFoundError file-not-found; ForbiddenError; ConflictError recommendation-over."""
    report = _open(work, id, version)
    return _with(work, report, without_evidence(report, sha256))


def _open(work: Work, id: str, version: int | None) -> ProgressReport:
    report = work.progress_reports.own(id, version)
    speaking_for(work, report.institution_id or "")
    open_to_acts(work, report.recommendation_id)
    return report


def _with(work: Work, report: ProgressReport, files: tuple[DocumentFile, ...]) -> ProgressReport:
    changed = work.revise(report, files=[asdict(one) for one in files])
    work.save(changed, events.PROGRESS_REPORT_CHANGED)
    return changed
