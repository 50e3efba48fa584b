"""Calls on the files of documents: kept in parts before they are added, read in parts, fetched from other nodes."""

import base64
import binascii
from typing import Any

from chassis.calls.filing import FileKeeping
from chassis.contract import files as contract
from chassis.contract.schema import load
from chassis.kernel.errors import ConflictError, InvalidError, NotFoundError
from chassis.kernel.pieces import PIECE, length_of
from chassis.service import rpc
from chassis.storage.files import FileStore
from services.meetings.adapters.allowed_files import require_allowed
from services.meetings.contract.validation import DocumentSchema
from services.meetings.domain.document import Document, may_take_files
from services.meetings.handlers import document as handlers

LONGEST_PART = 16 * PIECE


class DocumentFileEntrypoints(FileKeeping):
    """list, keep, add, read, fetch, remove."""

    @rpc
    def list_files(self, payload: Any) -> Any:
        """The files of a document, and how much of each is here: {items, next_cursor}."""
        document = self._visible(load(contract.FilesQuerySchema(), payload)["id"])
        return {"items": self._states(document), "next_cursor": None}

    @rpc
    def keep_file_part(self, payload: Any) -> Any:
        """Keep some bytes of a file that will be added; what is never added goes after a day: {kept}."""
        asked = load(contract.KeepPartSchema(), payload)
        self._require_small(asked["size"])
        may_take_files(self.store.parts["documents"].own(asked["id"]))
        content = _bytes(asked["content_base64"])
        for start in range(0, len(content), PIECE):
            number, piece = (asked["start"] + start) // PIECE, content[start : start + PIECE]
            if asked["start"] % PIECE or len(piece) != length_of(number, asked["size"]):
                raise InvalidError("file-part-form", "start", {"piece": PIECE})
            self._files().keep(asked["sha256"], number, piece)
        return {"kept": len(content)}

    @rpc
    def add_file(self, payload: Any) -> Any:
        """See handlers.document; the bytes were kept before."""
        asked = load(contract.AddFileSchema(), payload)
        self._require_small(asked["size"])
        may_take_files(self.store.parts["documents"].own(asked["id"], asked["version"]))
        if not self._files().close(asked["sha256"], asked["size"]):
            raise InvalidError("file-incomplete", "sha256", {"sha256": asked["sha256"]})
        require_allowed(asked["media_type"], self._files().read(asked["sha256"], 0, 1024))
        return self.perform(handlers.add_file, contract.AddFileSchema(), payload, DocumentSchema())

    @rpc
    def remove_file(self, payload: Any) -> Any:
        """See handlers.document."""
        return self.perform(handlers.remove_file, contract.RemoveFileSchema(), payload, DocumentSchema())

    @rpc
    def read_file(self, payload: Any) -> Any:
        """Bytes of a file, if it is here: {name, media_type, size, content_base64}. Raises: ConflictError."""
        asked = load(contract.ReadFileSchema(), payload)
        state = self._state(self._visible(asked["id"]), asked["sha256"])
        if state["state"] != "here":
            told = {"state": state["state"], "held": state["held"], "size": state["size"]}
            raise ConflictError("file-not-here", None, told)
        content = self._files().read(asked["sha256"], asked["start"], asked["length"]) if asked["length"] else b""
        return {**state, "content_base64": base64.b64encode(content).decode("ascii")}

    @rpc
    def fetch_file(self, payload: Any) -> Any:
        """Have a file of another node sent, however large: its state."""
        asked = load(contract.FileQuerySchema(), payload)
        document = self._visible(asked["id"])
        self._require_small(self._state(document, asked["sha256"])["size"])
        self.filing.fetch(asked["sha256"])
        return self._state(document, asked["sha256"])

    def _visible(self, id: str) -> Document:
        document: Document = self.store.parts["documents"].seen_by(self.asking()).get(id)
        return document

    def _states(self, document: Document) -> list[dict[str, Any]]:
        named = [(text.number, one) for text in document.versions for one in text.files]
        shown = [
            {**vars(one), "version_number": number, **self.filing.state(one.sha256, one.size)} for number, one in named
        ]
        return list(contract.FileStateSchema().dump(shown, many=True))

    def _state(self, document: Document, sha256: str) -> dict[str, Any]:
        found: dict[str, Any] | None = next(
            (one for one in reversed(self._states(document)) if one["sha256"] == sha256), None
        )
        if found is None:
            raise NotFoundError("file-not-found", None, {"sha256": sha256})
        return found

    def _files(self) -> FileStore:
        return FileStore(self.store.database)

    def _require_small(self, size: int) -> None:
        most = self.settings["GTM"].files_most
        if size > most:
            raise InvalidError("file-too-large", "size", {"size": size, "max": most})


def _bytes(text: str) -> bytes:
    try:
        content = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise InvalidError("not-base64", "content_base64") from error
    if not 0 < len(content) <= LONGEST_PART:
        raise InvalidError("out-of-range", "content_base64", {"min": 1, "max": LONGEST_PART, "given": len(content)})
    return content
