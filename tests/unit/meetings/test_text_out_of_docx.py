"""DOCX as lines: order, tables as rows, the numbers that Word computes; and what is refused."""

import docx
import pytest

from services.meetings.adapters import extract_limits
from services.meetings.adapters.docx_text import docx_text
from services.meetings.adapters.unreadable import UnreadableError
from tests.unit.meetings.files import NAMESPACES, raw_docx, saved, simple_docx, with_false_size, zipped


def lines(document) -> list[str]:
    return docx_text(saved(document)).split("\n")


def test_paragraphs_and_tables_in_order():
    document = docx.Document()
    document.add_paragraph("Avant")
    table = document.add_table(rows=2, cols=3)
    for cell, text in zip((cell for row in table.rows for cell in row.cells), "abcdef", strict=True):
        cell.text = text
    document.add_paragraph("Après")
    assert lines(document) == ["Avant", "a | b | c", "d | e | f", "", "Après"]


def test_frames_and_label_tables():
    document = docx.Document()
    frame = document.add_table(rows=1, cols=1).rows[0].cells[0]
    frame.text = "1. Ouverture"
    frame.add_paragraph("Points de discussion clés")
    inner = frame.add_table(rows=1, cols=2)
    inner.rows[0].cells[0].text, inner.rows[0].cells[1].text = "x", "y"
    label = document.add_table(rows=1, cols=2).rows[0]
    label.cells[0].text = "Présence"
    label.cells[1].text = "- OIM"
    label.cells[1].add_paragraph("- INS")
    read = [line for line in lines(document) if line]
    assert read == ["1. Ouverture", "Points de discussion clés", "x | y", "Présence |", "- OIM", "- INS"]


def test_merged_cells_come_once_and_long_cells_on_one_line():
    document = docx.Document()
    table = document.add_table(rows=2, cols=3)
    table.rows[0].cells[0].merge(table.rows[0].cells[2]).text = "Titre"
    table.rows[1].cells[0].text = "Faire"
    table.rows[1].cells[0].add_paragraph("la liste")
    table.rows[1].cells[1].text = "OIM"
    assert lines(document)[:2] == ["Titre", "Faire la liste | OIM | "]


def test_numbers_and_bullets_of_lists():
    document = docx.Document()
    for style, text in (
        ("List Number", "Ouverture"), ("List Number", "Divers"), ("List Bullet", "OIM"), ("List Bullet 2", "INS"),
    ):  # fmt: skip
        document.add_paragraph(text, style=style)
    assert lines(document) == ["1. Ouverture", "2. Divers", "- OIM", "- INS"]


def test_roman_numbers_levels_and_restarts():
    numbering = f"""<w:numbering {NAMESPACES}><w:abstractNum w:abstractNumId="7">
      <w:lvl w:ilvl="0"><w:start w:val="2"/><w:numFmt w:val="upperRoman"/><w:lvlText w:val="%1."/></w:lvl>
      <w:lvl w:ilvl="1"><w:numFmt w:val="decimal"/><w:lvlText w:val="%1.%2)"/></w:lvl></w:abstractNum>
      <w:num w:numId="3"><w:abstractNumId w:val="7"/></w:num></w:numbering>"""

    def item(level: int, text: str) -> str:
        number = f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="3"/></w:numPr>'
        return f"<w:p><w:pPr>{number}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"

    body = item(0, "A") + item(1, "B") + item(1, "C") + item(0, "D") + item(1, "E")
    read = docx_text(raw_docx(body, numbering=numbering.encode())).split("\n")
    assert read == ["II. A", "II.1) B", "II.2) C", "III. D", "III.1) E"]


def test_breaks_tabs_hyphens_and_tracked_changes():
    body = (
        "<w:p><w:r><w:t>Date</w:t><w:tab/><w:t>12</w:t><w:noBreakHyphen/><w:t>5</w:t><w:br/><w:t>suite</w:t></w:r>"
        "<w:del><w:r><w:delText>effacé</w:delText></w:r></w:del><w:ins><w:r><w:t> ajouté</w:t></w:r></w:ins>"
        "<w:r><w:instrText>PAGE</w:instrText></w:r></w:p>"
    )
    assert docx_text(raw_docx(body)) == "Date\t12-5\nsuite ajouté"


def test_text_boxes_come_once():
    box = "<w:txbxContent><w:p><w:r><w:t>encadré</w:t></w:r></w:p></w:txbxContent>"
    body = (
        "<w:p><w:r><w:t>autour</w:t></w:r><w:r><mc:AlternateContent><mc:Choice>"
        f"{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback></mc:AlternateContent></w:r></w:p>"
    )
    assert docx_text(raw_docx(body)) == "autour\nencadré"


def test_running_headers_stand_first_and_page_numbers_nowhere():
    document = docx.Document()
    document.add_paragraph("Corps")
    document.sections[0].header.paragraphs[0].text = "Compte-rendu du GTM"
    document.sections[0].footer.paragraphs[0].text = "Page 1"
    assert lines(document) == ["Compte-rendu du GTM", "Corps"]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (zipped("word/document.xml", b"0" * (extract_limits.MEMBER_BYTES + 1)), "file-expands-too-much"),
        (zipped("word/document.xml", b"0" * (4 * extract_limits.RATIO_FROM)), "file-expands-too-much"),
        (zipped("word/document.xml", b"<a/>", copies=extract_limits.ARCHIVE_MEMBERS + 1), "file-expands-too-much"),
        (with_false_size(zipped("word/document.xml", b"0" * (8 * extract_limits.RATIO_FROM)), 100), "file-unreadable"),
        (with_false_size(zipped("word/document.xml", b"<a/>"), 2**31), "file-expands-too-much"),
        (zipped("EncryptedPackage", b"x"), "file-encrypted"),
        (zipped("word/document.xml", b"<w:document"), "file-unreadable"),
        (zipped("word/document.xml", b"<document/>"), "file-unreadable"),
        (simple_docx("x")[:-40], "file-unreadable"),
        (raw_docx("<w:p>" * 5000), "file-unreadable"),
        (raw_docx("<w:tbl><w:tr><w:tc>" * 60 + "</w:tc></w:tr></w:tbl>" * 60), "file-unreadable"),
    ],
)
def test_bombs_and_broken_files_are_refused(data, code):
    with pytest.raises(UnreadableError) as error:
        docx_text(data)
    assert error.value.code == code


def test_entities_are_refused():
    laughs = "".join(f'<!ENTITY l{at + 1} "{f"&l{at};" * 10}">' for at in range(9))
    start = f'<!DOCTYPE x [<!ENTITY l0 "ha">{laughs}]>'
    bomb = f"{start}<w:document {NAMESPACES}><w:body><w:p>&l9;</w:p></w:body></w:document>"
    with pytest.raises(UnreadableError):
        docx_text(zipped("word/document.xml", bomb.encode()))
