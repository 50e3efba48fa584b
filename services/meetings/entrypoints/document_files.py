"""Calls on the files of documents: kept in parts before they are added, read in parts, fetched from other nodes."""

from typing import Any

from chassis.contract import files as contract
from chassis.contract.schema import load
from chassis.service import rpc
from services.meetings.adapters import extract_limits as limits
from services.meetings.adapters.extract_text import preview
from services.meetings.contract.reading import PreviewSchema
from services.meetings.contract.validation import DocumentSchema
from services.meetings.domain.document import Document, DocumentFile, may_take_files
from services.meetings.entrypoints.files_of_records import FilesOfRecords
from services.meetings.entrypoints.reading import ReadingEntrypoints
from services.meetings.handlers import document as handlers


class DocumentFileEntrypoints(ReadingEntrypoints, FilesOfRecords):
    """list, keep, add, read, fetch, remove."""

    @rpc
    def list_files(self, payload: Any) -> Any:
        """The files of a document, and how much of each is here: {items, next_cursor}."""
        document = self._visible(load(contract.FilesQuerySchema(), payload)["id"])
        return {"items": self.file_states(_named(document)), "next_cursor": None}

    @rpc
    def keep_file_part(self, payload: Any) -> Any:
        """Keep some bytes of a file that will be added; what is never added goes after a day: {kept}."""
        asked = load(contract.KeepPartSchema(), payload)
        self.require_small(asked["size"])
        may_take_files(self.store.parts["documents"].own(asked["id"]))
        return self.keep_part(asked)

    @rpc
    def add_file(self, payload: Any) -> Any:
        """See handlers.document; the bytes were kept before."""
        asked = load(contract.AddFileSchema(), payload)
        self.require_small(asked["size"])
        may_take_files(self.store.parts["documents"].own(asked["id"], asked["version"]))
        self.close_file(asked)
        return self.perform(handlers.add_file, contract.AddFileSchema(), payload, DocumentSchema())

    @rpc
    def remove_file(self, payload: Any) -> Any:
        """See handlers.document."""
        return self.perform(handlers.remove_file, contract.RemoveFileSchema(), payload, DocumentSchema())

    @rpc
    def read_file(self, payload: Any) -> Any:
        """Bytes of a file, if it is here: {name, media_type, size, content_base64}. Raises: ConflictError."""
        asked = load(contract.ReadFileSchema(), payload)
        document = self._visible(asked["id"])
        content = self.bytes_of(self.file_state(_named(document), asked["sha256"]), asked)
        if asked["length"] and not asked["start"]:
            self.note_opened(document)
        return content

    @rpc
    def show_preview(self, payload: Any) -> Any:
        """A PDF that is here, seen from afar: its PreviewSchema. Raises: ConflictError; InvalidError."""
        asked = load(contract.FileQuerySchema(), payload)
        state = self.file_state(_named(self._visible(asked["id"])), asked["sha256"])
        self.bytes_of(state, {"length": 0})
        content = self._files().read(asked["sha256"], 0, min(state["size"], limits.FILE_BYTES + 1))
        seen = preview(content, state["media_type"])
        shown = {"sha256": asked["sha256"], "pages": seen["pages"], "text": seen["text"], "png_base64": seen["png"]}
        return dict(PreviewSchema().dump(shown))

    @rpc
    def fetch_file(self, payload: Any) -> Any:
        """Have a file of another node sent, however large: its state."""
        asked = load(contract.FileQuerySchema(), payload)
        named = _named(self._visible(asked["id"]))
        self.require_small(self.file_state(named, asked["sha256"])["size"])
        self.filing.fetch(asked["sha256"])
        return self.file_state(named, asked["sha256"])

    def _visible(self, id: str) -> Document:
        document: Document = self.store.parts["documents"].seen_by(self.asking()).get(id)
        return document


def _named(document: Document) -> list[tuple[int, DocumentFile]]:
    return [(text.number, one) for text in document.versions for one in text.files]
