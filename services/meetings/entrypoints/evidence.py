"""Calls on the files that prove a progress report: as those of documents, for who made the report."""

from typing import Any

from chassis.contract import files as contract
from chassis.contract.schema import load
from chassis.kernel.errors import ForbiddenError
from chassis.service import rpc
from services.meetings.contract.follow_up import ProgressReportSchema
from services.meetings.domain.document import DocumentFile
from services.meetings.domain.response import ProgressReport
from services.meetings.entrypoints.files_of_records import FilesOfRecords
from services.meetings.handlers import evidence as handlers


class EvidenceEntrypoints(FilesOfRecords):
    """list, keep, add, read, fetch, remove."""

    @rpc
    def list_report_files(self, payload: Any) -> Any:
        """The files of a progress report, and how much of each is here: {items, next_cursor}."""
        report = self._report(load(contract.FilesQuerySchema(), payload)["id"])
        return {"items": self.file_states(_named(report)), "next_cursor": None}

    @rpc
    def keep_report_file_part(self, payload: Any) -> Any:
        """Keep some bytes of a file that will be added; what is never added goes after a day: {kept}."""
        asked = load(contract.KeepPartSchema(), payload)
        self.require_small(asked["size"])
        self._own(asked["id"])
        return self.keep_part(asked)

    @rpc
    def add_report_file(self, payload: Any) -> Any:
        """See handlers.evidence; the bytes were kept before."""
        asked = load(contract.AddFileSchema(), payload)
        self.require_small(asked["size"])
        self._own(asked["id"], asked["version"])
        self.close_file(asked)
        return self.perform(handlers.add_file, contract.AddFileSchema(), payload, ProgressReportSchema())

    @rpc
    def remove_report_file(self, payload: Any) -> Any:
        """See handlers.evidence."""
        return self.perform(handlers.remove_file, contract.RemoveFileSchema(), payload, ProgressReportSchema())

    @rpc
    def read_file_of_report(self, payload: Any) -> Any:
        """Bytes of a file, if it is here: {name, media_type, size, content_base64}. Raises: ConflictError."""
        asked = load(contract.ReadFileSchema(), payload)
        return self.bytes_of(self.file_state(_named(self._report(asked["id"])), asked["sha256"]), asked)

    @rpc
    def fetch_report_file(self, payload: Any) -> Any:
        """Have a file of another node sent, however large: its state."""
        asked = load(contract.FileQuerySchema(), payload)
        named = _named(self._report(asked["id"]))
        self.require_small(self.file_state(named, asked["sha256"])["size"])
        self.filing.fetch(asked["sha256"])
        return self.file_state(named, asked["sha256"])

    def _report(self, id: str) -> ProgressReport:
        report: ProgressReport = self.store.parts["progress_reports"].seen_by(self.asking()).get(id)
        return report

    def _own(self, id: str, version: int | None = None) -> None:
        caller = self.asking()
        report: ProgressReport = self.store.parts["progress_reports"].seen_by(caller).own(id, version)
        if caller.only_for not in (None, report.institution_id):
            raise ForbiddenError("own-institution-only", "institution_id")


def _named(report: ProgressReport) -> list[tuple[int, DocumentFile]]:
    return [(1, one) for one in report.files]
