"""Which files the documents of all nodes name."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from chassis.kernel.record import Record
from chassis.storage.files import AnnouncedFiles
from services.meetings.domain.document import Document


class DocumentFiles(AnnouncedFiles):
    """Those of every text of a document."""

    collections: ClassVar[Mapping[type[Record], str]] = {Document: "documents"}

    def named(self, document: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
        """{sha256, size, …} of each."""
        return [file for text in document["versions"] for file in text.get("files", ())]
