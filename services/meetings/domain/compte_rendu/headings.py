"""Which lines are section titles.

1. Certain: the line (or two, or three) above « Points de discussion clés », where it looks like a title.
2. By the agenda: a line that says an agenda item again and no earlier section answers that item.
3. « 2°ème point portant sur… » and its like.
4. Where the layout has no label under its titles: numbered headings that count on (1., II., III.), lines in capitals,
   and, where nothing is numbered, short lines that a converter left centred.
In a list inside a section numbers count on too: where titles are certain, other numbered lines are titles only by 2,
or by a Roman number that follows the last certain one.
"""

from dataclasses import dataclass
from itertools import pairwise

from chassis.kernel.text import fold

from .actions import is_action_header_start
from .extracted import AgendaItem
from .front_words import begins_front_field
from .likeness import ALIKE, CLEARLY_ALIKE, LONGEST_HEADING, AgendaIndex
from .markers import Marker
from .source import Line
from .vocabulary import DISCUSSION_LABELS, PROCEEDINGS

MOST_SECTIONS = 150
"""Sections of minutes; the titles that follow stay text of the last one."""
_LONGEST_TITLE = 200
_CENTRED = 8  # columns of indent that a converter leaves of a centred line
_FEWEST_LETTERS = 8  # of a heading in capitals: shorter lines are acronyms
_MOST_WORDS = 20
_LINES_OF_TITLE = 3


@dataclass(frozen=True, slots=True)
class Heading:
    """A section title: the indices of its lines, its number, and the agenda item it answers (or None)."""

    at: tuple[int, ...]
    number: int | None
    agenda_index: int | None = None


def is_discussion_label(line: Line) -> bool:
    """Whether a line is « Points de discussion clés », alone or with text after a colon or bar."""
    if line.fold in DISCUSSION_LABELS:
        return True
    head = line.text[:60].replace("|", ":").replace("\t", ":").split(":", 1)[0]
    return len(head) < len(line.text[:60]) and fold(head) in DISCUSSION_LABELS


def certain_headings(lines: list[Line]) -> list[Heading]:
    """The titles that stand above a label « Points de discussion clés »."""
    headings: list[Heading] = []
    previous: list[int] = []  # filled lines since the last gap or label, the last ones
    for at, line in enumerate(lines):
        if is_discussion_label(line):
            if found := _title_above(lines, previous):
                headings.append(found)
            previous = []
        elif line.fold in PROCEEDINGS:
            previous = []
        elif line.filled:
            if at and not lines[at - 1].filled:
                previous = []
            previous = [*previous[-_LINES_OF_TITLE:], at]
    return headings


def choose_headings(
    lines: list[Line], start: int, end: int, agenda: tuple[AgendaItem, ...], certain: list[Heading]
) -> list[Heading]:
    """The section titles among lines[start:end], in order, each with the agenda item it answers."""
    index = AgendaIndex([(item.title, item.presenter) for item in agenda])
    chosen = {heading.at[0]: heading for heading in certain if start <= heading.at[0] < end}
    inside = {at for heading in chosen.values() for at in heading.at}
    _answer_certain(lines, chosen, index)
    open_items = frozenset(range(len(agenda))) - {heading.agenda_index for heading in chosen.values()}
    if len(chosen) < max(1, len(agenda)):
        for heading in _by_agenda(lines, start, end, index, open_items, inside):
            chosen[heading.at[0]] = heading
    others = _numbered_points(lines, start, end, inside)
    if certain:
        others += _next_romans(lines, start, end, chosen)
    elif len(chosen) * 2 >= len(agenda) > 0:
        others += _chain(_numbered(lines, start, end, strong=True))
    else:
        others += free_headings(lines, start, end)
    for heading in others:
        if not any(at in chosen or at in inside for at in heading.at):
            chosen[heading.at[0]] = heading
    return [chosen[at] for at in sorted(chosen)[:MOST_SECTIONS]]


def free_headings(lines: list[Line], start: int, end: int) -> list[Heading]:
    """The titles of a layout without labels: a chain of numbers, lines in capitals, else centred lines."""
    chain = _chain(_numbered(lines, start, end, strong=True))
    if not chain:
        weak = _chain(_numbered(lines, start, end, strong=False))
        chain = weak if len(weak) > 1 and not _is_list(lines, weak) else []
    capitals = [
        Heading((at,), None)
        for at in range(start, end)
        if _in_capitals(lines[at])
        and not lines[at].marker.numbered
        and not is_action_header_start(lines[at])
        and not begins_front_field(lines[at])
    ]
    if chain or capitals:
        return chain + capitals
    return [Heading((at,), None) for at in range(start, end) if _centred(lines, at, end)]


def _title_above(lines: list[Line], previous: list[int]) -> Heading | None:
    """The title among the last filled lines before a label: the nearest numbered one, else the last that looks so."""
    if not previous:
        return None
    for back in range(1, min(_LINES_OF_TITLE, len(previous)) + 1):
        marker = lines[previous[-back]].marker
        if marker.numbered and not (marker.bulleted or lines[previous[-back]].text.rstrip().endswith(";")):
            at = tuple(previous[-back:])
            if sum(len(lines[i].text) for i in at) <= LONGEST_HEADING:
                return Heading(at, marker.number)
            return None
    last = lines[previous[-1]]
    return Heading((previous[-1],), None) if _looks_like_title(last) else None


def _looks_like_title(line: Line) -> bool:
    text = line.text.strip()
    if len(text) > _LONGEST_TITLE or line.marker.kind == "bullet" or text[-1:] in ";,:":
        return False
    return text[-1:] != "." or len(text.split()) <= _MOST_WORDS // 2


def _answer_certain(lines: list[Line], chosen: dict[int, Heading], index: AgendaIndex) -> None:
    """Finds for each certain title the agenda item that it answers; no item is answered twice."""
    left = set(range(len(index)))
    for at in sorted(chosen):
        heading = chosen[at]
        closest, score = index.closest(_said(lines, heading.at), frozenset(left))
        if score >= ALIKE:
            chosen[at] = Heading(heading.at, heading.number, closest)
            left.discard(closest)


def _by_agenda(
    lines: list[Line], start: int, end: int, index: AgendaIndex, open_items: frozenset[int], inside: set[int]
) -> list[Heading]:
    """Titles that say an agenda item again; the items are answered in their order."""
    found: list[Heading] = []
    left = open_items
    for at in range(start, end):
        line = lines[at]
        if not left or not line.filled or at in inside or len(line.text.strip()) > _LONGEST_TITLE:
            continue
        marker = line.marker
        if marker.bulleted or line.text.rstrip()[-1:] in ";,:":
            continue
        wrapped = at + 1 < end and lines[at + 1].filled and at + 1 not in inside
        closest, score = index.closest(marker.rest, left)
        at_lines: tuple[int, ...] = (at,)
        if wrapped and lines[at + 1].marker.kind == "none":
            both = f"{marker.rest} {lines[at + 1].text.strip()}"
            other, longer = index.closest(both, left)
            if longer > score and score >= ALIKE / 2:
                closest, score, at_lines = other, longer, (at, at + 1)
        if score >= (ALIKE if marker.numbered else CLEARLY_ALIKE) and (marker.numbered or _looks_like_title(line)):
            found.append(Heading(at_lines, marker.number, closest))
            left = frozenset(item for item in left if item > closest)
    return found


def _numbered_points(lines: list[Line], start: int, end: int, inside: set[int]) -> list[Heading]:
    """« 1er point », « 2°ème point portant sur… » at the beginning of a short line."""
    found = []
    for at in range(start, end):
        if lines[at].filled and at not in inside and len(lines[at].text) <= LONGEST_HEADING:
            marker = lines[at].marker
            if marker.kind == "point" and not marker.bulleted and lines[at].text.rstrip()[-1:] not in ".;":
                found.append(Heading((at,), marker.number))
    return found


def _next_romans(lines: list[Line], start: int, end: int, chosen: dict[int, Heading]) -> list[Heading]:
    """Titles with a Roman number that follows the one before, in a layout whose titles have Roman numbers."""
    if not any(lines[at].marker.kind == "roman" for at in chosen):
        return []
    found, last = [], 0
    for at in range(start, end):
        if at in chosen:
            last = chosen[at].number or last
        elif lines[at].filled and _looks_like_title(lines[at]):
            marker = lines[at].marker
            if marker.kind == "roman" and not marker.bulleted and marker.number == last + 1:
                found.append(Heading((at,), marker.number))
                last += 1
    return found


def _numbered(lines: list[Line], start: int, end: int, *, strong: bool) -> list[tuple[int, Marker]]:
    """The lines that may be numbered titles; `strong` asks for capitals, a Roman number, or a centred line."""
    numbered = []
    for at in range(start, end):
        line = lines[at]
        if not line.filled or not _looks_like_title(line):
            continue
        marker = line.marker
        if not marker.numbered or marker.kind == "point" or marker.bulleted:
            continue
        if not strong or marker.kind == "roman" or _in_capitals(line) or line.indent >= _CENTRED:
            numbered.append((at, marker))
    return numbered


def _chain(numbered: list[tuple[int, Marker]]) -> list[Heading]:
    """The headings among numbered lines that count on from 1."""
    chain: list[Heading] = []
    for at, marker in numbered:
        if marker.number == len(chain) + 1:
            chain.append(Heading((at,), marker.number))
    return chain


def _is_list(lines: list[Line], chain: list[Heading]) -> bool:
    """Whether two headings of a chain have nothing between them: a list, then."""
    return any(not any(line.filled for line in lines[one.at[0] + 1 : other.at[0]]) for one, other in pairwise(chain))


def _in_capitals(line: Line) -> bool:
    text = line.marker.rest.strip()
    letters = [letter for letter in text[: _LONGEST_TITLE + 1] if letter.isalpha()]
    if len(letters) < _FEWEST_LETTERS or len(text) > _LONGEST_TITLE or text[-1:] in ";,:" or " " not in text:
        return False
    return all(not letter.islower() for letter in letters) and not line.marker.bulleted


def _centred(lines: list[Line], at: int, end: int) -> bool:
    line = lines[at]
    if not line.filled or line.indent < _CENTRED or len(line.text.split()) > _MOST_WORDS:
        return False
    alone = (at == 0 or not lines[at - 1].filled) and (at + 1 >= end or not lines[at + 1].filled)
    return alone and line.marker.kind == "none" and line.text.rstrip()[-1:] not in ".;,:"


def _said(lines: list[Line], at: tuple[int, ...]) -> str:
    first = lines[at[0]].marker.rest
    return " ".join([first, *(lines[i].text.strip() for i in at[1:])])
