"""A PDF seen from afar: the first page as a small picture, and the text, where it has one."""

import base64
import io

import pytest
from PIL import Image

from chassis.kernel.errors import InvalidError
from services.meetings.adapters.extract_text import preview
from tests.unit.meetings.files import pdf, simple_docx

PDF = "application/pdf"


def picture(seen: dict[str, object]) -> Image.Image:
    return Image.open(io.BytesIO(base64.b64decode(str(seen["png"]))))


def test_the_first_page_is_small_and_its_text_is_there() -> None:
    page = [(50.0, 700.0 - 14 * line, "Le plan d’action de la migration") for line in range(40)]
    seen = preview(pdf([page] * 3), PDF)
    assert (seen["pages"], seen["text"].startswith("Le plan")) == (3, True)
    shown = picture(seen)
    assert (shown.format, max(shown.size) <= 960, shown.size[0] <= 480) == ("PNG", True, True)
    assert len(base64.b64decode(seen["png"])) < 100_000
    assert min(shown.convert("L").tobytes()) < 128, "something is on it"


def test_a_scan_has_a_picture_and_no_text_and_many_pages_cost_no_more() -> None:
    scan = io.BytesIO()
    Image.new("RGB", (1240, 1754), "grey").save(scan, "PDF")
    seen = preview(scan.getvalue(), PDF)
    assert (seen["pages"], seen["text"]) == (1, None)
    assert picture(seen).size[0] <= 480
    assert preview(pdf([[(50.0, 700.0, "page")]] * 400), PDF)["pages"] == 400


@pytest.mark.parametrize(
    ("data", "media_type", "code"),
    [
        (b"%PDF-1.7 and nothing more", PDF, "file-unreadable"),
        (simple_docx(*["texte"] * 200), PDF, "file-unreadable"),
        (simple_docx("texte"), "application/msword", "file-type-unsupported"),
    ],
)
def test_what_is_no_pdf_is_told_so(data: bytes, media_type: str, code: str) -> None:
    with pytest.raises(InvalidError) as refused:
        preview(data, media_type)
    assert (refused.value.code, refused.value.field) == (code, "file")
