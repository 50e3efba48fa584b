"""The verbatim text of a section as blocks for display: paragraphs and lists, every word kept."""

from dataclasses import dataclass
from typing import Literal

from services.meetings.domain.compte_rendu.markers import read_marker

_DEEP = 4  # columns of indent from which a list item is shown a level deeper


@dataclass(frozen=True, slots=True)
class Item:
    """A list item; a numbered one keeps its number in the text."""

    text: str
    numbered: bool
    deep: bool


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph (one item) or a list."""

    kind: Literal["paragraph", "list"]
    entries: tuple[Item, ...]


def text_blocks(text: str) -> list[Block]:
    """The blocks of a text, in order: each line is a paragraph, or an item of the list it stands in."""
    blocks: list[Block] = []
    items: list[Item] = []
    for line in text.split("\n"):
        if not line.strip():
            continue
        marker = read_marker(line)
        if marker.kind in ("bullet", "arabic"):
            shown = marker.rest if marker.kind == "bullet" else line.strip()
            items.append(Item(shown, marker.kind == "arabic", len(line) - len(line.lstrip()) >= _DEEP))
            continue
        if items:
            blocks.append(Block("list", tuple(items)))
            items = []
        blocks.append(Block("paragraph", (Item(" ".join(line.split()), False, False),)))
    return [*blocks, Block("list", tuple(items))] if items else blocks
