"""The source text cut into lines: markup of a converter put aside, words kept, line numbers remembered.

Every step costs time in proportion to the text: the patterns are possessive or bounded.
"""

import html
import re
from dataclasses import dataclass
from functools import cached_property

from chassis.kernel.text import fold

from .markers import Marker, read_marker

FOLDED = 400
"""Longest part of a line that is compared with form words: no label or heading is longer."""

_BREAKING = "p|div|ul|ol|li|tr|table|thead|tbody|br|hr|h[1-6]"
_INLINE = "b|i|em|strong|u|span|sup|sub|font|small|a|td|th"
_ATTRIBUTES = r"""(?:\s++[a-zA-Z-]++\s*+=\s*+(?:"[^"<>]*+"|'[^'<>]*+'|[^\s"'<>=]++))*+"""
_TAG = re.compile(rf"<(/?)({_BREAKING}|{_INLINE}){_ATTRIBUTES}\s*+/?>", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d{1,6}|#[xX][0-9a-fA-F]{1,5}|[a-zA-Z]{2,8});")
_BREAKS = re.compile(_BREAKING, re.IGNORECASE)
_LIST_BULLET = re.compile(r"(?=[•✓▪●])|(?<=\s)(?=[-–]\s)|(?<=[a-zà-ÿ;.):])(?=[-–]\s+[A-ZÀ-Ý])")
_DISCUSSION_IN_LINE = re.compile(r"^(.{1,200}?)\s(points\s+de\s+discussions?\s+cl[ée]s\s*:?)\s*$", re.IGNORECASE)
_HEADING_START = re.compile(r"\s*+(?:\d{1,2}|[IVX]{1,5})\s?[.)°-]")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Line:
    """A piece of a source line: one piece a line, more where markup breaks the line.

    `listed` says that it stood in a list of the markup. What is found out about the text is kept with the line.
    """

    number: int
    text: str
    listed: bool = False

    @cached_property
    def filled(self) -> bool:
        """Whether anything stands on it."""
        return bool(self.text.strip())

    @cached_property
    def fold(self) -> str:
        """The folded beginning, to compare with form words."""
        return fold(self.text[:FOLDED]) if self.filled else ""

    @cached_property
    def marker(self) -> Marker:
        """The bullet or number in front of it."""
        return read_marker(self.text)

    @cached_property
    def indent(self) -> int:
        """Columns before its first letter."""
        return len(self.text) - len(self.text.lstrip())


def read_lines(text: str) -> list[Line]:
    """All lines in order, empty ones too; CR, LF and CRLF end a line."""
    source = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    marked_up = _TAG.search(text) is not None
    lines: list[Line] = []
    for number, raw in enumerate(source, start=1):
        for piece, listed in _pieces(raw, marked_up):
            lines.append(Line(number, piece, listed))
    return lines


def words(text: str) -> list[str]:
    """The words of a text in order, markup put aside: what « no word is lost » counts."""
    return [word for line in read_lines(text) for word in _WORD.findall(line.text)]


def _pieces(raw: str, marked_up: bool) -> list[tuple[str, bool]]:
    """The pieces of one source line; at least one, perhaps empty."""
    if not raw or raw.isspace():
        return [("", False)]
    pieces = _without_markup(raw) if marked_up and ("<" in raw or "&" in raw) else [(raw.rstrip(), False)]
    split: list[tuple[str, bool]] = []
    for piece, listed in pieces:
        for part in _LIST_BULLET.split(piece) if listed else piece.split("\f"):
            split.extend((half, listed) for half in _heading_and_label(part.rstrip()))
    filled = [(piece, listed) for piece, listed in split if piece.strip()]
    return filled or [("", False)]


def _heading_and_label(piece: str) -> tuple[str, ...]:
    """A heading that swallowed the label under it (« 1. Ouverture Points de discussion clés ») given back as two."""
    if not _HEADING_START.match(piece) or len(piece) > FOLDED:
        return (piece,)
    found = _DISCUSSION_IN_LINE.match(piece)
    return (found[1], found[2]) if found else (piece,)


def _without_markup(raw: str) -> list[tuple[str, bool]]:
    pieces: list[tuple[str, bool]] = []
    current, listed, at = "", False, 0
    for tag in _TAG.finditer(raw):
        current += raw[at : tag.start()]
        at = tag.end()
        closing, name = bool(tag[1]), tag[2].lower()
        if _BREAKS.fullmatch(name):
            pieces.append((_plain(current), listed))
            current = "- " if name == "li" and not closing else ""
            listed = not closing if name in ("ul", "ol") else listed
        elif name in ("td", "th") and not closing and current.strip():
            current += " | "
    pieces.append((_plain(current + raw[at:]), listed))
    return [(re.sub(r"^- (?=[-•])", "", piece), listed) for piece, listed in pieces if piece.strip() != "-"]


def _plain(text: str) -> str:
    return _ENTITY.sub(lambda found: html.unescape(found[0]), text).rstrip()
