"""Members of a DOCX read within bounds: what the archive declares is checked first, then what really comes out."""

import io
import zipfile
import zlib

from services.meetings.adapters import extract_limits as limits
from services.meetings.adapters.unreadable import UnreadableError

_MAIN = "word/document.xml"
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    NotImplementedError,
    EOFError,
    RuntimeError,
    OSError,
    ValueError,
    KeyError,
)


class DocxArchive:
    """The text members of a DOCX. Raises UnreadableError where it is none, broken, locked, or a bomb."""

    def __init__(self, data: bytes) -> None:
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(data))
            members = self._archive.infolist()
        except _BROKEN as error:
            raise UnreadableError("file-unreadable", kind="DOCX") from error
        if len(members) > limits.ARCHIVE_MEMBERS or sum(member.file_size for member in members) > limits.ARCHIVE_BYTES:
            raise UnreadableError("file-expands-too-much")
        self._members = {member.filename: member for member in members}
        if "EncryptedPackage" in self._members:
            raise UnreadableError("file-encrypted")
        if _MAIN not in self._members:
            raise UnreadableError("file-type-mismatch", declared="docx", found="zip")

    def names(self, start: str) -> list[str]:
        """The members whose name begins so, in order of name."""
        return sorted(name for name in self._members if name.startswith(start) and name.endswith(".xml"))

    def main(self) -> bytes:
        return self.read(_MAIN)

    def read(self, name: str) -> bytes:
        """A member's bytes, empty where there is no such member."""
        member = self._members.get(name)
        if member is None:
            return b""
        if member.flag_bits & 0x1:
            raise UnreadableError("file-encrypted")
        ratio = member.file_size / max(1, member.compress_size)
        if member.file_size > limits.MEMBER_BYTES or (
            member.file_size > limits.RATIO_FROM and ratio > limits.MEMBER_RATIO
        ):
            raise UnreadableError("file-expands-too-much")
        try:
            with self._archive.open(member) as handle:
                data = handle.read(limits.MEMBER_BYTES + 1)
        except _BROKEN as error:
            raise UnreadableError("file-unreadable", kind="DOCX") from error
        if len(data) > limits.MEMBER_BYTES:
            raise UnreadableError("file-expands-too-much")
        if b"<!DOCTYPE" in data[:4096] or b"<!ENTITY" in data:
            raise UnreadableError("file-unreadable", kind="DOCX")
        return data
