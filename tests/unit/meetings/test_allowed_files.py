"""Files that are not what they say are not kept: told by their content, not by their name."""

import io
import zipfile

import pytest
from docx import Document

from chassis.kernel.errors import InvalidError
from services.meetings.adapters.allowed_files import _OFFICE, _OPEN, require_allowed

DOCX, ODT = f"{_OFFICE}.wordprocessingml.document", f"{_OPEN}.text"


def archive(*members: str, text: str = "") -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as target:
        for name in members:
            target.writestr(name, text)
    return made.getvalue()


def docx() -> bytes:
    made = io.BytesIO()
    Document().save(made)
    return made.getvalue()


@pytest.mark.parametrize(
    ("media_type", "content"),
    [
        (DOCX, docx()),
        (DOCX, archive("_rels/.rels", "word/document.xml")),
        (f"{_OFFICE}.spreadsheetml.sheet", archive("[Content_Types].xml")),
        (ODT, archive("mimetype", text=ODT)),
        ("application/pdf", b"%PDF-1.7"),
        ("text/csv", "région;valeur".encode()),
        ("image/png", b"\x89PNG\r\n\x1a\n"),
    ],
)
def test_what_offices_write_is_kept(media_type: str, content: bytes) -> None:
    require_allowed(media_type, content[:1024])


@pytest.mark.parametrize(
    ("media_type", "content", "code"),
    [
        (DOCX, archive("META-INF/MANIFEST.MF", "Evil.class"), "file-type-mismatch"),
        (DOCX, archive("index.html"), "file-type-mismatch"),
        (DOCX, archive("../../etc/cron.d/evil"), "file-type-mismatch"),
        (DOCX, archive("xl/workbook.xml"), "file-type-mismatch"),
        (DOCX, archive("mimetype", text=ODT), "file-type-mismatch"),
        (ODT, archive("mimetype", text="application/java-archive"), "file-type-mismatch"),
        (DOCX, b"%PDF-1.7", "file-type-mismatch"),
        ("application/pdf", b"<html><script>alert(1)</script>", "file-type-mismatch"),
        ("image/png", b"GIF89a", "file-type-mismatch"),
        ("text/plain", b"MZ\x90\x00\x03", "file-type-mismatch"),
        ("text/html", b"<html>", "file-type-not-allowed"),
        ("image/svg+xml", b"<svg onload='x'/>", "file-type-not-allowed"),
        ("application/javascript", b"x", "file-type-not-allowed"),
        ("application/pdf; charset=x", b"%PDF-", "file-type-not-allowed"),
        ("", b"", "file-type-not-allowed"),
    ],
)
def test_what_says_it_is_something_else_is_not(media_type: str, content: bytes, code: str) -> None:
    with pytest.raises(InvalidError, match=code):
        require_allowed(media_type, content[:1024])
