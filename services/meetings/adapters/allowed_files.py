"""Which files a document may have: what offices write, and pictures; nothing that runs in a browser or a shell.

Told by how they begin; of a ZIP also by its first member, so that no program or other office's file passes as one.
Nothing is unpacked here: what is inside is for who saves it.
"""

from chassis.kernel.errors import InvalidError

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_OFFICE = "application/vnd.openxmlformats-officedocument"
_OPEN = "application/vnd.oasis.opendocument"
BEGINNINGS: dict[str, tuple[bytes, ...]] = {
    "application/pdf": (b"%PDF-",),
    f"{_OFFICE}.wordprocessingml.document": (_ZIP,),
    f"{_OFFICE}.spreadsheetml.sheet": (_ZIP,),
    f"{_OFFICE}.presentationml.presentation": (_ZIP,),
    f"{_OPEN}.text": (_ZIP,),
    f"{_OPEN}.spreadsheet": (_ZIP,),
    f"{_OPEN}.presentation": (_ZIP,),
    "application/msword": (_OLE,),
    "application/vnd.ms-excel": (_OLE,),
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/png": (b"\x89PNG\r\n",),
    "text/plain": (),
    "text/csv": (),
}
"""Media type → how such a file begins; none: text, which has no zero byte."""
_FIRST_OF_OFFICE = (b"[Content_Types].xml", b"_rels/", b"docProps/", b"customXml/")
FIRST_MEMBERS: dict[str, tuple[bytes, ...]] = {
    f"{_OFFICE}.wordprocessingml.document": (*_FIRST_OF_OFFICE, b"word/"),
    f"{_OFFICE}.spreadsheetml.sheet": (*_FIRST_OF_OFFICE, b"xl/"),
    f"{_OFFICE}.presentationml.presentation": (*_FIRST_OF_OFFICE, b"ppt/"),
    # The first member says it itself, and is not compressed.
    **{f"{_OPEN}.{kind}": (f"mimetype{_OPEN}.{kind}".encode(),) for kind in ("text", "spreadsheet", "presentation")},
}
"""Media type of a ZIP → how its first member is named, or begins."""
_NAME_AT = 30  # in a ZIP, after the fixed part of the first member's head
SHOWN = "PDF, DOCX, XLSX, PPTX, ODT, ODS, ODP, DOC, XLS, JPEG, PNG, TXT, CSV"


def require_allowed(media_type: str, beginning: bytes) -> None:
    """Pass what may be added. Raises: InvalidError file-type-not-allowed, file-type-mismatch."""
    begins = BEGINNINGS.get(media_type)
    if begins is None:
        raise InvalidError("file-type-not-allowed", "file", {"found": media_type, "accepted": SHOWN})
    fits = beginning.startswith(begins) if begins else b"\x00" not in beginning
    first = FIRST_MEMBERS.get(media_type)
    fits = fits and (first is None or beginning[_NAME_AT:].startswith(first))
    if not fits:
        raise InvalidError("file-type-mismatch", "file", {"declared": media_type, "found": beginning[:4].hex(" ")})
