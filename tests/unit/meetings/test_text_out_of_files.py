"""From a file as sent to its text, or to the reason why not, with line and remedy."""

import pytest

from chassis.kernel.errors import InvalidError
from services.meetings.adapters import extract_limits
from services.meetings.adapters import extract_text as module
from services.meetings.adapters.extract_text import extract_text
from services.meetings.adapters.file_kinds import DOCX
from tests.unit.meetings.files import pdf, simple_docx, zipped

TEXT = "Compte-rendu de la réunion\nPrésence\n- Œuvre des Sœurs – « OIM »\n"


def refused(data: bytes, media_type: str = "text/plain", charset=None, filename=None) -> InvalidError:
    with pytest.raises(InvalidError) as error:
        extract_text(data, media_type, charset, filename)
    assert error.value.field == "file"
    return error.value


@pytest.mark.parametrize(
    ("data", "media_type", "charset"),
    [
        (TEXT.encode(), "text/plain", None),
        (TEXT.encode(), "text/plain; charset=UTF-8", None),
        (TEXT.encode("utf-8-sig"), "text/plain", "utf-8"),
        (TEXT.encode("cp1252"), "text/plain; charset=windows-1252", None),
        (TEXT.encode("cp1252"), 'text/plain; charset="ISO-8859-1"', None),
        (TEXT.encode("cp1252"), "text/plain", "windows-1252"),
    ],
)
def test_plain_text_in_its_encodings(data, media_type, charset):
    assert extract_text(data, media_type, charset) == TEXT


@pytest.mark.parametrize(
    ("data", "charset", "code", "told"),
    [
        (b"", None, "empty-file", {}),
        (b" \n\t\n", None, "empty-file", {}),
        ("Présence".encode("cp1252"), None, "text-not-utf-8", {"line": 1, "offset": 2, "byte": "E9"}),
        (b"\xef\xbb\xbfDate\nPr\xe9sence", None, "text-not-utf-8", {"line": 2, "offset": 10}),
        ("Présence".encode("utf-16"), None, "text-not-utf-8", {"line": 1}),
        (b"Date\nLieu\0\n", None, "nul-bytes", {"line": 2, "offset": 9}),
        (b"Date \x81", "windows-1252", "charset-mismatch", {"line": 1, "offset": 5, "byte": "81"}),
        (b"Date", "utf-7", "charset-unknown", {"charset": "utf-7"}),
        (b"a" * (extract_limits.TEXT_BYTES + 1), None, "too-large", {"limit": extract_limits.TEXT_BYTES}),
        (b"a\n" * (extract_limits.TEXT_LINES + 1), None, "too-many-lines", {"limit": extract_limits.TEXT_LINES}),
    ],
)
def test_plain_text_is_refused(data, charset, code, told):
    error = refused(data, charset=charset)
    assert error.code == code
    assert {name: error.params[name] for name in told} == told


@pytest.mark.parametrize(
    ("data", "media_type", "filename", "code"),
    [
        (b"%PDF-1.4", DOCX, None, "file-type-mismatch"),
        (b"Bonjour", DOCX, "note.docx", "file-type-mismatch"),
        (b"Bonjour", "application/pdf", None, "file-type-mismatch"),
        (simple_docx("x"), "text/plain", None, "file-type-mismatch"),
        (simple_docx("x"), "application/pdf", None, "file-type-mismatch"),
        (b"{\\rtf1 x}", "text/plain", None, "file-type-mismatch"),
        (zipped("xl/workbook.xml", b"<x/>"), DOCX, "note.docx", "file-type-mismatch"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/msword", "note.doc", "file-type-unsupported"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/octet-stream", "note.doc", "file-type-unsupported"),
        (b"\x89PNG\r\n\x1a\n", "image/png", None, "file-type-unsupported"),
        (b"Bonjour", "application/json", None, "file-type-unsupported"),
        (b"PK\x03\x04broken", DOCX, None, "file-unreadable"),
        (b"%PDF-1.4 broken", "application/pdf", None, "file-unreadable"),
        (b"PK\x03\x04" + b"a" * extract_limits.FILE_BYTES, DOCX, None, "too-large"),
    ],
)
def test_files_that_are_not_what_they_say_are_refused(data, media_type, filename, code):
    assert refused(data, media_type, filename=filename).code == code


@pytest.mark.parametrize("media_type", [DOCX, "application/octet-stream", "", "application/zip"])
def test_docx_in_a_child_process(media_type):
    assert extract_text(simple_docx("Présence", "- OIM"), media_type, None, "note.docx") == "Présence\n- OIM"


def test_pdf_in_a_child_process():
    made = pdf([[(72, 700, "Compte-rendu de la réunion du GTM"), (72, 680, "Présence")]])
    assert extract_text(made, "application/pdf") == "Compte-rendu de la réunion du GTM\nPrésence"


def test_text_by_its_name_where_the_type_says_nothing():
    assert extract_text(TEXT.encode(), "application/octet-stream", None, "note.TXT") == TEXT


@pytest.fixture
def misbehaving(monkeypatch):
    """Runs a stand-in for the child that misbehaves in the way asked for."""

    def ask(how: str, wall: float = 20.0) -> str:
        monkeypatch.setattr(module, "_CHILD", "tests.unit.meetings.misbehaving_child")
        monkeypatch.setattr(extract_limits, "CHILD_WALL_SECONDS", wall)
        monkeypatch.setenv("LANG", how)
        return extract_text(simple_docx("x"), DOCX)

    return ask


@pytest.mark.parametrize(("how", "wall"), [("memory", 20.0), ("sleep", 0.5), ("die", 20.0)])
def test_a_file_that_kills_the_child_is_refused(misbehaving, how, wall):
    with pytest.raises(InvalidError) as error:
        misbehaving(how, wall)
    assert error.value.code == "file-too-heavy"
    assert module._children.acquire(blocking=False)
    module._children.release()


def test_the_child_sees_no_addresses_and_no_passwords(misbehaving, monkeypatch):
    monkeypatch.setenv("GTM_AMQP_URI", "amqp://gtm:secret@localhost")
    assert "GTM_AMQP_URI" not in misbehaving("environment").split()
