"""The text of a section as blocks for display: headings, quotes, paragraphs and lists; every word kept."""

import re
from dataclasses import dataclass
from typing import Literal

from services.meetings.domain.compte_rendu.markers import read_marker

_DEEP = 4  # columns of indent from which a list item is shown a level deeper
_HEADING = re.compile(r"\s{0,3}#{1,6}\s+(.*?)\s*#*\s*")
_QUOTE = re.compile(r"\s{0,3}>\s?(.*)")
_STRESSED = re.compile(r"\s*\*\*?[^\s*]")

Kind = Literal["paragraph", "list", "heading", "quote"]


@dataclass(frozen=True, slots=True)
class Item:
    """A list item; a numbered one keeps its number in the text."""

    text: str
    numbered: bool = False
    deep: bool = False
    dashed: bool = False

    @property
    def classes(self) -> str:
        """How it is shown."""
        return " ".join(name for name in ("numbered", "deep", "dashed") if getattr(self, name))


@dataclass(frozen=True, slots=True)
class Block:
    """A list, or one line of another kind (one item)."""

    kind: Kind
    entries: tuple[Item, ...]


def text_blocks(text: str) -> list[Block]:
    """The blocks of a text, in order: each line is a paragraph, or an item of the list it stands in."""
    blocks: list[Block] = []
    items: list[Item] = []
    for line in text.split("\n"):
        if not line.strip():
            continue
        item = _item(line)
        if item is not None:
            items.append(item)
            continue
        if items:
            blocks.append(Block("list", tuple(items)))
            items = []
        kind, words = block_kind(line)
        blocks.append(Block(kind, (Item(" ".join(words.split())),)))
    return [*blocks, Block("list", tuple(items))] if items else blocks


def block_kind(line: str) -> tuple[Kind, str]:
    """What a line that is no list item is, and its words."""
    if heading := _HEADING.fullmatch(line):
        return "heading", heading[1]
    if quote := _QUOTE.fullmatch(line):
        return "quote", quote[1]
    return "paragraph", line


def _item(line: str) -> Item | None:
    marker = read_marker(line)
    if marker.kind not in ("bullet", "arabic") or _STRESSED.match(line):
        return None
    shown = marker.rest if marker.kind == "bullet" else line.strip()
    deep, dashed = len(line) - len(line.lstrip()) >= _DEEP, line.lstrip()[0] in "-–—"
    return Item(shown, marker.kind == "arabic", deep, dashed and marker.kind == "bullet")
