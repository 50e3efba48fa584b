"""Page headers that a converter left in the middle: the title again, or « Page 2 sur 5 »."""

import re
from collections import Counter

from .front_words import begins_front_field
from .source import Line
from .vocabulary import TITLE_STARTS

_PAGE_NUMBER = re.compile(
    r"\s*+(?:\d{1,3}\s{0,2}/\s{0,2}\d{1,3}|page\s{0,3}\d{1,3}(?:\s{0,3}(?:/|sur|of|de)\s{0,3}\d{1,3})?)\s*+",
    re.IGNORECASE,
)
_TOP = 15
"""Filled lines among which a title stands that later pages repeat."""
_OFTEN = 3
"""A title-like line that comes as often is a page header even where it is not the title at the top."""


def set_aside_page_headers(lines: list[Line]) -> tuple[list[Line], list[Line]]:
    """(lines without page headers, the page headers): the first standing of the title stays."""
    counts = Counter(line.fold for line in lines if _title_like(line))
    first = _title_at_top(lines, counts)
    headers: set[int] = {at for at, line in enumerate(lines) if _PAGE_NUMBER.fullmatch(line.text)}
    if first is not None:
        for at in range(first + 1, len(lines)):
            if lines[at].fold == lines[first].fold:
                headers |= _repeated_block(lines, first, at)
    often = {folded for folded, count in counts.items() if count >= _OFTEN}
    if often and first is None:
        headers |= {at for at, line in enumerate(lines) if line.fold in often}
    kept = [line for at, line in enumerate(lines) if at not in headers]
    return kept, [lines[at] for at in sorted(headers)]


def _title_like(line: Line) -> bool:
    return line.fold.startswith(TITLE_STARTS) and line.text.lstrip()[:1].isalpha()


def _title_at_top(lines: list[Line], counts: Counter[str]) -> int | None:
    """Where the title stands that is repeated later, or None."""
    seen = 0
    for at, line in enumerate(lines):
        if not line.filled:
            continue
        seen += 1
        if seen > _TOP or begins_front_field(line):
            return None
        if _title_like(line):
            return at if counts[line.fold] > 1 else None
    return None


def _repeated_block(lines: list[Line], first: int, again: int) -> set[int]:
    """The line that repeats the title and the lines around it that repeat the title's neighbours."""
    block = {again}
    for step in (1, -1):
        for distance in range(step, 4 * step, step):
            here, there = again + distance, first + distance
            if not (0 <= there < again and 0 <= here < len(lines)):
                break
            same = lines[here].filled and lines[here].fold == lines[there].fold
            if not same or begins_front_field(lines[there]):
                break
            block.add(here)
    return block
