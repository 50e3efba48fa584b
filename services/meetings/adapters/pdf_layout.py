"""Lines of a PDF page with their place: what tells the columns of a table apart, which a PDF does not store.

A gap wider than any between two words becomes a tab. Under the header of an action table each piece of text belongs to
the column it stands in, and a row is given as one line, `what | who | due`, until text runs across the columns or a
wide gap follows.
"""

import ctypes
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pypdfium2.raw as pdfium

from chassis.kernel.text import fold
from services.meetings.domain.compte_rendu.actions import header_so_far
from services.meetings.domain.compte_rendu.markers import read_marker
from services.meetings.domain.compte_rendu.printed import printed_around
from services.meetings.domain.compte_rendu.vocabulary import ACTION_LABELS, DISCUSSION_LABELS

_WIDE_GAP = 1.6  # of the letters' height: no justified line has such gaps between its words
_ROW_GAP = 3.2  # of the letters' height from one line of a table to the next, at most
_COLUMNS = 3
_SLACK = 3.0  # points by which a text may stand left of its column


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text without wide gaps: its left and right end, its foot and its height, in points from below left."""

    text: str
    left: float
    right: float
    foot: float
    height: float


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: text that begins right of `start` belongs to it; past `limit` it runs across."""

    start: float
    limit: float


def page_lines(textpage: Any) -> list[str]:
    """The lines of a page in reading order, tables of action points as rows; then what was printed around the text."""
    lines: list[list[Piece]] = []
    around: list[str] = []
    for line in _lines(textpage):
        whole = "\t".join(piece.text for piece in line)
        if printed_around(whole):
            around.append(whole)
        else:
            lines.append(line)
    return [*_as_rows(lines), *around]


def _as_rows(lines: list[list[Piece]]) -> list[str]:
    pieces = [piece for line in lines for piece in line]
    rows = dict(_tables(pieces))
    inside = {at for start, (end, _) in rows.items() for at in range(start, end)}
    given: list[str] = []
    at = 0
    for line in lines:
        if at in rows:
            given.extend(rows[at][1])
        free = [piece.text for place, piece in enumerate(line, start=at) if place not in inside]
        if free or not line:
            given.append("\t".join(free))
        at += len(line)
    return given


def _lines(textpage: Any) -> Iterator[list[Piece]]:
    """The library's lines, each as pieces; a line's end is a character of its own there."""
    raw = textpage.raw
    line: list[Piece] = []
    current: Piece | None = None
    for at in range(textpage.count_chars()):
        letter = chr(pdfium.FPDFText_GetUnicode(raw, at))
        if letter in "\r\n":
            if letter == "\n":
                yield [*line, current] if current else line
                line, current = [], None
            continue
        box = _box(raw, at)
        if box is None or letter.isspace():
            current = replace(current, text=current.text + letter) if current else None
            continue
        left, right, foot, top = box
        if current is not None and (
            left - current.right > _WIDE_GAP * current.height or left < current.left - current.height
        ):
            line, current = [*line, replace(current, text=current.text.rstrip())], None
        if current is None:
            current = Piece(letter, left, right, foot, max(top - foot, _height(raw, at)))
        else:
            current = replace(current, text=current.text + letter, right=max(right, current.right))
    if current is not None:
        yield [*line, current]
    elif line:
        yield line


def _tables(pieces: Sequence[Piece]) -> Iterator[tuple[int, tuple[int, list[str]]]]:
    """(first piece, (end, lines)) of each action table on a page."""
    at = 0
    while at < len(pieces):
        found = _header(pieces, at) if fold(pieces[at].text) in ACTION_LABELS else None
        if found is None:
            at += 1
            continue
        after, columns, heads = found
        end, rows = _rows(pieces, after, columns)
        yield at, (end, [" | ".join(heads), *rows])
        at = end


def _header(pieces: Sequence[Piece], at: int) -> tuple[int, list[Column], list[str]] | None:
    """(index after the header, the columns, their labels)."""
    columns: list[list[Piece]] = [[pieces[at]]]
    end, done = at + 1, False
    words = tuple(fold(pieces[at].text).split())
    for piece in pieces[at + 1 : at + 7]:
        words += tuple(fold(piece.text).split())
        state = header_so_far(words)
        if state == "none" or (done and state != "full"):
            break
        if piece.left > max(p.left for p in columns[-1]) + piece.height * 2:
            columns.append([piece])
        else:
            columns[-1].append(piece)
        end, done = end + 1, state == "full"
    if not done or len(columns) != _COLUMNS:
        return None
    lefts = [min(piece.left for piece in column) for column in columns]
    rights = [max(piece.right for piece in column) for column in columns]
    starts = [
        0.0,
        *(min((end + start) / 2, start - _SLACK) for end, start in zip(rights, lefts[1:], strict=False)),
    ]
    placed = [Column(start, limit) for start, limit in zip(starts, [*lefts[1:], 1e9], strict=True)]
    return end, placed, [_joined(piece.text for piece in column) for column in columns]


def _rows(pieces: Sequence[Piece], at: int, columns: Sequence[Column]) -> tuple[int, list[str]]:
    """The rows from a piece on, and the index after them."""
    rows: list[list[list[str]]] = []
    before, last = pieces[at - 1].foot, _COLUMNS - 1
    top = pieces[at - 1].foot + pieces[at - 1].height
    while at < len(pieces):
        piece = pieces[at]
        column = sum(piece.left >= other.start for other in columns) - 1
        across = piece.right > columns[column].limit + 2 * piece.height
        if (
            piece.foot > top
            or across
            or before - piece.foot > _ROW_GAP * piece.height
            or (column == 0 and _begins_section(pieces, at))
        ):
            break
        if column < last or not rows:
            rows.append([[] for _ in range(_COLUMNS)])
        rows[-1][column].append(piece.text)
        before, last, at = min(before, piece.foot), column, at + 1
    return at, [" | ".join(_joined(cell) for cell in row) for row in rows]


def _joined(texts: Iterable[str]) -> str:
    return " ".join(" ".join(text.split()) for text in texts)


def _begins_section(pieces: Sequence[Piece], at: int) -> bool:
    """Whether « Points de discussion clés » stands here, or a section's title (of two lines if numbered) above it."""
    ahead = 3 if read_marker(pieces[at].text).numbered else 2
    return any(fold(piece.text) in DISCUSSION_LABELS for piece in pieces[at : at + ahead])


def _box(raw: Any, at: int) -> tuple[float, float, float, float] | None:
    """(left, right, bottom, top) of a character, or None for one that the library made up."""
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    if not pdfium.FPDFText_GetCharBox(raw, at, left, right, bottom, top):
        return None
    return (left.value, right.value, bottom.value, top.value) if right.value > left.value else None


def _height(raw: Any, at: int) -> float:
    return max(4.0, min(40.0, float(pdfium.FPDFText_GetFontSize(raw, at))))
