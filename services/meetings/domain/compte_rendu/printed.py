"""What the platform prints around the text of minutes, set aside when such a paper is read in again.

The title again, the page number, the mark of a draft and the seal on each page; how the text stands (« Adopté,
12 octobre 2021 ») under its title; and the annex of reservations behind the signature. All of it is said by other
records; none of it is of the text.
"""

import re

from .dates import find_date
from .front_words import begins_front_field
from .source import Line
from .vocabulary import ANNEXES, MARKS, STATES

_SEAL = re.compile(r"\s*+(?:texte scellé|sealed text)\s?+:?+\s?+SHA-256\s[0-9a-f]{64}\s*+", re.IGNORECASE)
_PAGE = re.compile(r"(?:.{0,400}\s)?Page\s\d{1,4}\s/\s\d{1,4}\s*")
_LINES_OF_TITLE = 4
_BESIDE = 3  # lines between a page number and the title that runs on
_TOP = 15
"""Filled lines among which the standing is looked for."""


def set_aside_printed(lines: list[Line]) -> tuple[list[Line], list[Line]]:
    """(the lines of the text, what was printed around it)."""
    annex = next((at for at, line in enumerate(lines) if line.fold in ANNEXES), len(lines))
    aside = {at for at, line in enumerate(lines) if at >= annex or printed_around(line.text)}
    aside |= _running_titles(lines)
    standing = _standing(lines)
    aside |= {standing} if standing is not None else set()
    kept = [Line(line.number, "") if at == standing else line for at, line in enumerate(lines)]
    kept = [line for at, line in enumerate(kept) if at not in aside or at == standing]
    return kept, [lines[at] for at in sorted(aside) if lines[at].filled]


def printed_around(line: str) -> bool:
    """Whether the line is a seal, a mark, or ends in a page number, the running title before it."""
    return line.strip() in MARKS or any(pattern.fullmatch(line) for pattern in (_SEAL, _PAGE))


def _running_titles(lines: list[Line]) -> set[int]:
    """Where the title at the top stands again beside a page number, on one line."""
    first = [at for at, line in enumerate(lines) if line.filled][:_LINES_OF_TITLE]
    heads = {" ".join(lines[at].fold for at in first[:count]) for count in range(1, len(first) + 1)}
    pages = [at for at, line in enumerate(lines) if _PAGE.fullmatch(line.text)]
    near = {at for page in pages for at in range(page - _BESIDE, page + _BESIDE + 1) if 0 <= at < len(lines)}
    return {at for at in near if at not in first and lines[at].filled and lines[at].fold in heads}


def _standing(lines: list[Line]) -> int | None:
    """Where it stands between the title and the first field of the front, or None."""
    filled = 0
    for at, line in enumerate(lines):
        if not line.filled:
            continue
        filled += 1
        if filled > _TOP or begins_front_field(line):
            return None
        state, _, day = line.text.strip().partition(", ")
        if filled > 1 and state in STATES and (not day or find_date(day)):
            return at
    return None
