"""What the calls on files have in common, whatever record names them: bytes in parts, closed, told of, read."""

import base64
import binascii
from collections.abc import Iterable, Mapping
from typing import Any

from chassis.calls.filing import FileKeeping
from chassis.contract import files as contract
from chassis.kernel.errors import ConflictError, InvalidError, NotFoundError
from chassis.kernel.pieces import PIECE, length_of
from chassis.storage.files import FileStore
from services.meetings.adapters.allowed_files import require_allowed

LONGEST_PART = 16 * PIECE


class FilesOfRecords(FileKeeping):
    """Helpers of entrypoints; who may do what is theirs to say."""

    def keep_part(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """Keep some bytes of a file that will be added; what is never added goes after a day: {kept}."""
        content = _bytes(asked["content_base64"])
        for start in range(0, len(content), PIECE):
            number, piece = (asked["start"] + start) // PIECE, content[start : start + PIECE]
            if asked["start"] % PIECE or len(piece) != length_of(number, asked["size"]):
                raise InvalidError("file-part-form", "start", {"piece": PIECE})
            self._files().keep(asked["sha256"], number, piece)
        return {"kept": len(content)}

    def close_file(self, asked: Mapping[str, Any]) -> None:
        """Pass if its bytes are all here and what they are said to be. Raises: InvalidError."""
        if not self._files().close(asked["sha256"], asked["size"]):
            raise InvalidError("file-incomplete", "sha256", {"sha256": asked["sha256"]})
        require_allowed(asked["media_type"], self._files().read(asked["sha256"], 0, 1024))

    def require_small(self, size: int) -> None:
        """Raises: InvalidError file-too-large."""
        most = self.settings["GTM"].files_most
        if size > most:
            raise InvalidError("file-too-large", "size", {"size": size, "max": most})

    def file_states(self, named: Iterable[tuple[int, Any]]) -> list[dict[str, Any]]:
        """How much of each is here; each with the number of the text that it belongs to."""
        shown = [
            {**vars(one), "version_number": number, **self.filing.state(one.sha256, one.size)} for number, one in named
        ]
        return list(contract.FileStateSchema().dump(shown, many=True))

    def file_state(self, named: Iterable[tuple[int, Any]], sha256: str) -> dict[str, Any]:
        """The same of one. Raises: NotFoundError file-not-found."""
        states = reversed(self.file_states(named))
        found: dict[str, Any] | None = next((one for one in states if one["sha256"] == sha256), None)
        if found is None:
            raise NotFoundError("file-not-found", None, {"sha256": sha256})
        return found

    def bytes_of(self, state: Mapping[str, Any], asked: Mapping[str, Any]) -> dict[str, Any]:
        """Bytes of a file that is here: {name, media_type, size, content_base64}. Raises: ConflictError."""
        if state["state"] != "here":
            told = {"state": state["state"], "held": state["held"], "size": state["size"]}
            raise ConflictError("file-not-here", None, told)
        content = self._files().read(asked["sha256"], asked["start"], asked["length"]) if asked["length"] else b""
        return {**state, "content_base64": base64.b64encode(content).decode("ascii")}

    def _files(self) -> FileStore:
        return FileStore(self.store.database)


def _bytes(text: str) -> bytes:
    try:
        content = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise InvalidError("not-base64", "content_base64") from error
    if not 0 < len(content) <= LONGEST_PART:
        raise InvalidError("out-of-range", "content_base64", {"min": 1, "max": LONGEST_PART, "given": len(content)})
    return content
