"""What kind of file it is: declared by media type or name, checked against the first bytes."""

from dataclasses import dataclass
from pathlib import PurePath
from typing import Literal

from chassis.kernel.errors import InvalidError

Kind = Literal["text", "docx", "pdf"]

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MEDIA_TYPES: dict[str, Kind] = {"text/plain": "text", DOCX: "docx", "application/pdf": "pdf"}
_EXTENSIONS: dict[str, Kind] = {".txt": "text", ".text": "text", ".docx": "docx", ".pdf": "pdf"}
_UNTOLD = (
    "",
    "application/octet-stream",
    "binary/octet-stream",
    "application/zip",
    "application/x-zip-compressed",
)
"""Media types that say nothing: the name decides then, or the bytes."""
_SIGNATURES = (
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"%PDF-", "pdf"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "doc"),
    (b"{\\rtf", "rtf"),
    (b"\x89PNG\r\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"GIF8", "gif"),
    (b"\x1f\x8b\x08", "gzip"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"Rar!\x1a\x07", "rar"),
    (b"\x7fELF", "program"),
    (b"MZ\x90\x00", "program"),
)
_BY_SIGNATURE: dict[str, Kind] = {"zip": "docx", "pdf": "pdf", "text": "text"}


@dataclass(frozen=True, slots=True)
class Declared:
    """What the sender says of a file."""

    media_type: str
    name: str | None = None


def kind_of(data: bytes, declared: Declared, field: str) -> Kind:
    """The kind of file. Raises InvalidError file-type-unsupported, file-type-mismatch."""
    found = _signature(data)
    told = MEDIA_TYPES.get(declared.media_type)
    if told is None and declared.media_type in _UNTOLD:
        told = _EXTENSIONS.get(PurePath(declared.name or "").suffix.lower()) or _BY_SIGNATURE.get(found)
    if told is None:
        shown = declared.media_type if declared.media_type not in _UNTOLD else found
        raise InvalidError("file-type-unsupported", field, {"found": shown, "accepted": "TXT, DOCX, PDF"})
    if _BY_SIGNATURE.get(found) != told:
        raise InvalidError("file-type-mismatch", field, {"declared": told, "found": found})
    return told


def _signature(data: bytes) -> str:
    """The kind that the first bytes show; « text » where they show none. A PDF may begin a little later."""
    for magic, name in _SIGNATURES:
        if data.startswith(magic):
            return name
    return "pdf" if b"%PDF-" in data[:1024] and data.lstrip()[:5] == b"%PDF-" else "text"
