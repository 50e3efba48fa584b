"""Which files the documents and progress reports of all nodes name."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from chassis.kernel.record import Record
from chassis.storage.files import AnnouncedFiles
from services.meetings.domain.document import Document
from services.meetings.domain.response import ProgressReport


class DocumentFiles(AnnouncedFiles):
    """Those of every text of a document, and those that prove a report."""

    collections: ClassVar[Mapping[type[Record], str]] = {Document: "documents", ProgressReport: "progress_reports"}

    def named(self, document: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
        """{sha256, size, …} of each."""
        texts = document.get("versions", [document])
        return [file for text in texts for file in text.get("files", ())]
