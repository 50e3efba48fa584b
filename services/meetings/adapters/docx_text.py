"""The text of a DOCX as lines: paragraphs with their numbers and bullets, tables as rows `a | b | c`.

A frame (a table of one cell) gives its paragraphs; a row whose cells are one line each gives one line; where the last
of two cells holds several paragraphs (the attendance), they follow the first cell, one a line. Running headers stand
first, once. Deleted text of tracked changes, comments and field codes are left out.
"""

from collections.abc import Iterator
from typing import Any

from docx.oxml import parse_xml

from services.meetings.adapters.docx_archive import DocxArchive
from services.meetings.adapters.docx_numbering import Numbering
from services.meetings.adapters.unreadable import UnreadableError

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_CONTAINERS = frozenset(_W + name for name in ("sdt", "sdtContent", "ins", "smartTag", "customXml", "moveTo"))
_SKIPPED = frozenset(
    [_W + name for name in ("del", "delText", "instrText", "moveFrom", "pPr", "rPr", "sectPr", "commentReference")]
    + [_MC + "Fallback"]
)
_DEEPEST = 40
"""Nesting of tables and containers that is followed; a deeper one is no form people fill in."""


def docx_text(data: bytes) -> str:
    """The text. Raises UnreadableError."""
    archive = DocxArchive(data)
    body = _parse(archive.main()).find(_W + "body")
    if body is None:
        raise UnreadableError("file-unreadable", kind="DOCX")
    numbering = Numbering(
        _parse_if_any(archive.read("word/numbering.xml")), _parse_if_any(archive.read("word/styles.xml"))
    )
    lines = _running(archive, numbering)
    lines.extend(_block_lines(body, numbering, 0))
    return "\n".join(lines)


def _parse(data: bytes) -> Any:
    try:
        return parse_xml(data)
    except (SyntaxError, ValueError) as error:
        raise UnreadableError("file-unreadable", kind="DOCX") from error


def _parse_if_any(data: bytes) -> Any:
    return _parse(data) if data else None


def _running(archive: DocxArchive, numbering: Numbering) -> list[str]:
    """Headers and footers, each line once, page numbers left out."""
    lines: dict[str, None] = {}
    for name in [*archive.names("word/header"), *archive.names("word/footer")]:
        for line in _block_lines(_parse(archive.read(name)), numbering, 0):
            words = [word for word in line.split() if any(letter.isalpha() for letter in word)]
            if words and [word.lower() for word in words] not in (
                ["page"],
                ["page", "sur"],
                ["page", "of"],
                ["page", "de"],
            ):
                lines[line.strip()] = None
    return list(lines)


def _block_lines(element: Any, numbering: Numbering, depth: int) -> Iterator[str]:
    """The lines of what an element holds: paragraphs and tables in order."""
    if depth > _DEEPEST:
        raise UnreadableError("file-unreadable", kind="DOCX")
    for child in element:
        if child.tag == _W + "p":
            yield from _paragraph_lines(child, numbering, depth)
        elif child.tag == _W + "tbl":
            yield from _table_lines(child, numbering, depth)
        elif child.tag in _CONTAINERS:
            yield from _block_lines(child, numbering, depth + 1)


def _paragraph_lines(paragraph: Any, numbering: Numbering, depth: int) -> Iterator[str]:
    """The paragraph's lines: one, or more where it holds line breaks; text boxes anchored in it come after it."""
    boxes: list[Any] = []
    text = "".join(_runs(paragraph, boxes))
    marker = numbering.marker(paragraph) if text.strip() else ""
    yield from (marker + text).split("\n")
    for box in boxes:
        yield from _block_lines(box, numbering, depth + 1)


def _runs(element: Any, boxes: list[Any]) -> Iterator[str]:
    for child in element:
        tag = child.tag
        if not isinstance(tag, str) or tag in _SKIPPED:
            continue
        if tag == _W + "t":
            yield child.text or ""
        elif tag == _W + "tab":
            yield "\t"
        elif tag in (_W + "br", _W + "cr"):
            yield "\n"
        elif tag == _W + "noBreakHyphen":
            yield "-"
        elif tag == _W + "txbxContent":
            boxes.append(child)
        else:
            yield from _runs(child, boxes)


def _table_lines(table: Any, numbering: Numbering, depth: int) -> Iterator[str]:
    for row in table.iter(_W + "tr"):
        if _owner(row, _W + "tbl") is table:
            yield from _row_lines(row, numbering, depth)
    yield ""


def _row_lines(row: Any, numbering: Numbering, depth: int) -> Iterator[str]:
    cells = [cell for cell in row.iter(_W + "tc") if _owner(cell, _W + "tr") is row]
    texts = [list(_block_lines(cell, numbering, depth + 1)) for cell in cells]
    filled = [[line for line in lines if line.strip()] for lines in texts]
    if len(cells) == 1:
        yield from texts[0]
    elif not any(filled):
        yield ""
    elif len(cells) == 2 and len(filled[1]) > 1:
        yield " ".join(filled[0]) + " |"
        yield from filled[1]
    else:
        yield " | ".join(_cell(lines) for lines in filled)


def _cell(lines: list[str]) -> str:
    """A cell on one line; items of a list in it are parted by semicolons."""
    parts = [" ".join(line.split()) for line in lines]
    return "".join(
        part if at == 0 else (f" ; {part}" if part.startswith(("- ", "•")) else f" {part}")
        for at, part in enumerate(parts)
    )


def _owner(element: Any, tag: str) -> Any:
    """The nearest ancestor with a tag."""
    above = element.getparent()
    while above is not None and above.tag != tag:
        above = above.getparent()
    return above
