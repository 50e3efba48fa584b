"""Minutes as DOCX in the official layout, and the empty form filled from an agenda, to type offline and send back.

Both are read back by docx_text and the reader of compte-rendus: numbers are typed, not computed by Word; each section
is a framed table of title, discussion points, action points. The same record gives the same bytes.
"""

import datetime
import io
import re
import zipfile
from collections.abc import Sequence
from typing import Any

import docx
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from services.meetings.adapters.inline_marks import runs_of
from services.meetings.adapters.minutes_layout import (
    Labels,
    Record,
    action_cells,
    agenda_line,
    attendance_of,
    date_in_words,
    decisions_of,
    heading_of,
    hours,
    labels_in,
    mark_of,
    one_line,
    reservations_of,
    seal_of,
    sections_of,
    state_of,
    title_of,
)
from services.meetings.adapters.text_blocks import block_kind

_ACCENT = RGBColor(0x0D, 0x5A, 0x36)
_TINT = "EEF3EC"
_EMPTY_ROWS = 3  # of action points in the form
_EMPTY_LINES = 4  # to write the discussion on
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_FIXED_TIME = (
    1980,
    1,
    1,
    0,
    0,
    0,
)  # the oldest an archive can say: the time of making is no part of the minutes


def minutes_docx(minutes: Record, language: str = "fr") -> bytes:
    """The minutes as a DOCX file; see minutes_text for the fields."""
    labels = labels_in(language)
    document = _document(title_of(minutes, language), minutes, language)
    if state := state_of(minutes, language):
        document.paragraphs[-1].add_run(state)
        document.paragraphs[-1].alignment = WD_ALIGN_PARAGRAPH.CENTER
        document.add_paragraph()
    for line in (minutes.get("preamble") or "").split("\n"):
        if line.strip():
            document.add_paragraph(_clean(line.strip()))
    _front(document, minutes, labels, language)
    for section in sections_of(minutes):
        rows = [action_cells(action, language) for action in section.get("actions") or ()]
        lines = (section.get("text") or "").strip("\n").split("\n")
        decided = decisions_of(section, language)
        _frame(document, heading_of(section), lines, rows or [(labels.none,) * 3], labels, decided)
    _signature(document, minutes)
    _annex(document, reservations_of(minutes, language), labels)
    _each_page(document, minutes, labels, language)
    return _bytes(document)


def skeleton_docx(meeting: Record, language: str = "fr") -> bytes:
    """The empty form of a meeting's minutes: its facts and agenda, and a frame an item to fill in."""
    labels = labels_in(language)
    title = one_line(meeting.get("title"))
    heading = title if title.lower().startswith(("compte", "minutes")) else f"{labels.untitled} – {title}".rstrip(" –")
    document = _document(heading, meeting, language)
    _front(document, meeting, labels, language)
    for item in meeting.get("agenda") or [{"title": labels.opening}]:
        if not item.get("postponed"):
            presented = agenda_line(item, language)
            heading = heading_of({"title": presented, "number": item.get("number")})
            _frame(document, heading, [""] * _EMPTY_LINES, [("", "", "")] * _EMPTY_ROWS, labels)
    return _bytes(document)


def _document(title: str, record: Record, language: str) -> Any:
    document = docx.Document()
    properties = document.core_properties
    properties.title, properties.language = _clean(title)[:250], "en" if language == "en" else "fr-NE"
    properties.author = properties.comments = properties.last_modified_by = ""
    properties.created = properties.modified = _instant(record)
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = "Calibri", Pt(11)
    normal.paragraph_format.space_after = Pt(4)
    language_tag = OxmlElement("w:lang")
    language_tag.set(qn("w:val"), "en-GB" if language == "en" else "fr-FR")
    normal.element.get_or_add_rPr().append(language_tag)
    for section in document.sections:
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.left_margin = section.right_margin = Cm(2)
        section.top_margin = section.bottom_margin = Cm(2)
    paragraph = document.add_heading(_clean(title), level=1)
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _colour(paragraph, 15)
    document.add_paragraph()
    return document


def _front(document: Any, record: Record, labels: Labels, language: str) -> None:
    """The header table and the agenda."""
    values = [
        (labels.date, [date_in_words(record.get("date"), language)]),
        (labels.time, [hours(record, language)]),
        (labels.place, [one_line(record.get("place"))]),
        (labels.group, [one_line(record.get("group_name"))]),
        (labels.attendance, [f"- {text} ;" for text in attendance_of(record)] or [""]),
    ]
    table = _table(document, len(values), (3.2, 13.8))
    for row, (label, lines) in zip(table.rows, values, strict=True):
        _fill(row.cells[0], [label], bold=True)
        _shade(row.cells[0])
        _fill(row.cells[1], lines)
    items = record.get("agenda") or ()
    if items:
        _colour(document.add_heading(labels.agenda, level=2), 12)
    for at, item in enumerate(items, start=1):
        number = item.get("number")
        lead = "- " if number is None else f"{number}- "
        document.add_paragraph(_clean(f"{lead}{agenda_line(item, language)}{'.' if at == len(items) else ' ;'}"))
    document.add_paragraph("" if items or not sections_of(record) else labels.proceedings)


def _frame(
    document: Any,
    heading: str,
    lines: list[str],
    rows: Sequence[tuple[str, ...]],
    labels: Labels,
    decided: Sequence[str] = (),
) -> None:
    """One framed section: title, discussion points, action points."""
    if not heading:
        document.add_paragraph(labels.proceedings)
        for line in lines:
            _write(document.add_paragraph(), line)
        if list(rows) == [(labels.none,) * 3]:
            return
    table = _table(document, (2 if heading else 0) + 1 + len(rows), (9.0, 4.8, 3.2))
    at = 0
    if heading:
        title = table.rows[0].cells[0].merge(table.rows[0].cells[2])
        title.paragraphs[0].style = "Heading 2"
        _fill(title, [heading], colour=True)
        _shade(title)
        body = table.rows[1].cells[0].merge(table.rows[1].cells[2])
        _fill(body, [labels.discussion], bold=True)
        for line in lines:
            _write(body.add_paragraph(), line)
        if decided:
            body.add_paragraph().add_run(labels.decisions).bold = True
        for line in decided:
            _write(body.add_paragraph(), f"- {line}")
        at = 2
    for cell, label in zip(table.rows[at].cells, (labels.action, labels.responsible, labels.due), strict=True):
        _fill(cell, [label], bold=True)
        _shade(cell)
    _repeated(table.rows[at])
    for row, cells in zip(table.rows[at + 1 :], rows, strict=True):
        for cell, text in zip(row.cells, cells, strict=True):
            _fill(cell, [text])
    document.add_paragraph()


def _write(paragraph: Any, line: str) -> None:
    """A line with what is stressed in it; the marks of headings and quotes are not shown."""
    kind, words = block_kind(line)
    for run in runs_of(_clean(words if kind in ("heading", "quote") else line)):
        written = paragraph.add_run(run.text)
        written.bold, written.italic = run.bold or kind == "heading" or None, run.italic or kind == "quote" or None
        if run.raised:
            written.font.superscript = True


def _annex(document: Any, rows: Sequence[tuple[str, ...]], labels: Labels) -> None:
    """The reservations and what became of each, on a page of their own."""
    if not rows:
        return
    heading = document.add_heading(labels.reservations, level=2)
    heading.paragraph_format.page_break_before = True
    _colour(heading, 12)
    table = _table(document, 1 + len(rows), (3.6, 8.6, 4.8))
    for cell, label in zip(table.rows[0].cells, (labels.institution, labels.remark, labels.verdict), strict=True):
        _fill(cell, [label], bold=True)
        _shade(cell)
    _repeated(table.rows[0])
    for row, cells in zip(table.rows[1:], rows, strict=True):
        for cell, text in zip(row.cells, cells, strict=True):
            _fill(cell, [text])


def _each_page(document: Any, minutes: Record, labels: Labels, language: str) -> None:
    """The mark of a draft above, the seal and the page number below."""
    section = document.sections[0]
    if mark := mark_of(minutes, language):
        section.header.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
        section.header.paragraphs[0].add_run(mark).bold = True
    if seal := seal_of(minutes):
        _small(section.footer.paragraphs[0].add_run(f"{labels.sealed} SHA-256 {seal}"))
    below = section.footer.add_paragraph() if seal else section.footer.paragraphs[0]
    below.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    _small(below.add_run(f"{labels.page} "))
    for name in ("PAGE", "NUMPAGES"):
        _small(below.add_run(" / ")) if name == "NUMPAGES" else None
        field = OxmlElement("w:fldSimple")
        field.set(qn("w:instr"), name)
        below._p.append(field)


def _small(run: Any) -> None:
    run.font.size = Pt(8)


def _repeated(row: Any) -> None:
    """The row is a header: said to readers aloud, and printed again on each page."""
    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(mark)


def _signature(document: Any, minutes: Record) -> None:
    signatory = minutes.get("signatory") or {}
    for name in ("function", "name"):
        text = one_line(signatory.get(name))
        if text:
            paragraph = document.add_paragraph()
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            paragraph.paragraph_format.space_before = Pt(18)
            paragraph.add_run(_clean(text)).bold = name == "name"


def _table(document: Any, rows: int, widths: tuple[float, ...]) -> Any:
    table = document.add_table(rows=rows, cols=len(widths))
    table.style, table.alignment, table.autofit = "Table Grid", WD_TABLE_ALIGNMENT.CENTER, False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Cm(width)
        for cell in column.cells:
            cell.width = Cm(width)
    return table


def _fill(cell: Any, lines: list[str], *, bold: bool = False, colour: bool = False) -> None:
    """Writes lines into a cell, a paragraph each."""
    for at, line in enumerate(lines):
        paragraph = cell.paragraphs[0] if at == 0 else cell.add_paragraph()
        paragraph.add_run(_clean(line)).bold = bold or None
        if colour:
            _colour(paragraph, 12)


def _shade(cell: Any) -> None:
    shading = OxmlElement("w:shd")
    for name, value in (("w:val", "clear"), ("w:color", "auto"), ("w:fill", _TINT)):
        shading.set(qn(name), value)
    cell._tc.get_or_add_tcPr().append(shading)


def _colour(paragraph: Any, size: int) -> None:
    for run in paragraph.runs:
        run.font.color.rgb, run.font.size, run.font.name = _ACCENT, Pt(size), "Calibri"


def _instant(record: Record) -> datetime.datetime:
    try:
        return datetime.datetime.fromisoformat(str(record.get("date"))[:10])
    except ValueError:
        return datetime.datetime(2000, 1, 1)  # noqa: DTZ001 -- the file format holds no zone


def _clean(text: str) -> str:
    """A text without the characters that XML cannot hold."""
    return _NOT_IN_XML.sub("", text)


def _bytes(document: Any) -> bytes:
    """The file, its members dated alike."""
    made, fixed = io.BytesIO(), io.BytesIO()
    document.save(made)
    with zipfile.ZipFile(made) as source, zipfile.ZipFile(fixed, "w", zipfile.ZIP_DEFLATED) as target:
        for member in source.infolist():
            target.writestr(zipfile.ZipInfo(member.filename, _FIXED_TIME), source.read(member), zipfile.ZIP_DEFLATED)
    return fixed.getvalue()
