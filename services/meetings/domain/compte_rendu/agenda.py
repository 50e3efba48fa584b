"""The agenda: items numbered or not, with bullets or bare, over two lines, with the presenter at the end.

The agenda ends where a section title stands: the numbering begins anew, an item comes again, or prose begins.
"""

import re
from dataclasses import dataclass
from typing import Literal

from chassis.kernel.text import fold

from .attendance import depth
from .extracted import AgendaItem
from .front_words import read_label
from .likeness import ALIKE, CLEARLY_ALIKE, heading_words, likeness
from .markers import Marker, read_marker
from .notes import Notes, numbers
from .source import Line
from .vocabulary import OPENINGS, POSTPONED, PROCEEDINGS

MOST_ITEMS = 60
"""Items of an agenda; a longer list is no agenda, and the rest is read as text."""
_LONGEST_ITEM = 400
_SAME = 0.85  # likeness at which a bare line says an item again
_MOST_SUBITEMS = 20
_PROSE = 200  # characters from which a bare line that ends in a full stop is prose
_CLOSING = " \t;,."
_ACRONYM_AFTER = re.compile(r"^(\S.{0,200}?)\s([A-Z]{2,8}[/-][A-Z/-]{1,12}|[A-Z]{2,8})$")
_NO_PRESENTER_AFTER = (
    "de",
    "du",
    "des",
    "la",
    "le",
    "les",
    "l",
    "d",
    "au",
    "aux",
    "par",
    "en",
    "sur",
    "et",
    "pour",
    "n",
)
_TRAILING_POSTPONED = re.compile(r"^(.{1,300}?)[\s:–-]{1,3}(report[ée]e?s?|postponed)$", re.IGNORECASE)

Stop = Literal["body", "label"]


@dataclass(slots=True)
class _Draft:
    lines: list[Line]
    marker: Marker

    @property
    def text(self) -> str:
        return " ".join(" ".join(line.text.split()) for line in self.lines)

    @property
    def open(self) -> bool:
        """Whether the item may go on: nothing closes it, or a bracket is open."""
        text = self.text
        return depth(text) > 0 or text[-1:] not in ";.?"


class AgendaReader:
    """Takes the lines after the agenda's heading one by one until one of them ends the agenda."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes
        self._drafts: list[_Draft] = []
        self._said: list[tuple[frozenset[str], frozenset[str]]] = []  # words of each item, with and without presenter
        self._blank = False

    def take(self, line: Line, following: Line | None = None) -> Stop | None:
        """None where the line belongs to the agenda; else why the agenda ends before it.

        following: the next filled line before the first section that is certain, or None.
        """
        if not line.filled:
            self._blank = True
            return None
        stop = self._ends_before(line, following)
        if stop is None:
            self._add(line)
            self._blank = False
        return stop

    def items(self) -> tuple[AgendaItem, ...]:
        return tuple(_item(draft) for draft in self._drafts)

    @property
    def empty(self) -> bool:
        """Whether no item was taken yet: what announced the agenda was not followed by it."""
        return not self._drafts

    @property
    def last(self) -> int:
        """The greatest number among the items, 0 if none has one."""
        return max((draft.marker.number or 0 for draft in self._drafts), default=0)

    def _ends_before(self, line: Line, following: Line | None) -> Stop | None:
        marker = line.marker
        if len(self._drafts) >= MOST_ITEMS:
            self._notes.warn("agenda-too-long", line.number, limit=MOST_ITEMS)
            return "body"
        if line.fold in PROCEEDINGS:
            return "body"
        if marker.kind == "none" and read_label(line):
            return "label"
        if not self._drafts:
            return "body" if len(line.text) > _LONGEST_ITEM else None
        if marker.numbered:
            listed = marker.rest.endswith(";")  # an item of a list, no title
            return "body" if not listed and self._begins_anew(marker, following) else None
        if marker.bulleted:
            return None
        return None if self._goes_on(line) else self._bare_line_ends(line)

    def _begins_anew(self, marker: Marker, following: Line | None) -> bool:
        """Whether a numbered line is a section title: an item's number or words come again, and text follows."""
        number, last = marker.number or 0, self.last
        if number in {draft.marker.number for draft in self._drafts}:
            return number == 1 or self._alike(marker.rest) >= ALIKE
        if marker.kind in ("roman", "point") and self._drafts[0].marker.kind not in ("roman", "point"):
            return True
        if number == last + 1 and last:
            return False
        if following is None or following.marker.number == number + 1 or following.fold in PROCEEDINGS:
            return False
        return not marker.bulleted and self._alike(marker.rest) >= (ALIKE if number < last else CLEARLY_ALIKE)

    def _alike(self, text: str) -> float:
        said = heading_words(text)
        return max((likeness(said, words) for both in self._said for words in both), default=0.0)

    def _goes_on(self, line: Line) -> bool:
        """Whether a line without bullet or number goes on with the last item."""
        last = self._drafts[-1]
        if len(last.text) > _LONGEST_ITEM or not last.open:
            return False
        start = line.text.strip()[:1]
        if depth(last.text) > 0 or start.islower():
            return True
        if self._blank or (last.text.endswith(")") and start != "("):
            return False
        return last.marker.kind != "none" and self._alike(line.text) < CLEARLY_ALIKE

    def _bare_line_ends(self, line: Line) -> Stop | None:
        """Whether a bare line ends the agenda; in an agenda without bullets it is the next item."""
        if any(draft.marker.kind != "none" for draft in self._drafts):
            return "body"
        text = line.text.strip()
        prose = len(text) > _PROSE or (text.endswith(".") and ". " in text)
        return "body" if prose or self._alike(text) >= _SAME else None

    def _add(self, line: Line) -> None:
        marker = line.marker
        last = self._drafts[-1] if self._drafts else None
        if last and (self._under(last, marker) or (marker.kind == "none" and self._goes_on(line))):
            last.lines.append(line)
            self._said.pop()
        else:
            last = _Draft([line], marker)
            self._drafts.append(last)
        rest = read_marker(last.text).rest
        self._said.append((heading_words(rest), heading_words(split_presenter(rest)[0])))

    def _under(self, last: _Draft, marker: Marker) -> bool:
        """Whether a bullet stands under a numbered item that ends in a colon."""
        announced = last.marker.numbered and last.lines[0].text.rstrip().endswith(":")
        return marker.kind == "bullet" and announced and len(last.lines) < _MOST_SUBITEMS


def _item(draft: _Draft) -> AgendaItem:
    marker = read_marker(draft.text)
    title, postponed = _without_postponed(marker.rest.rstrip(_CLOSING))
    title, presenter = split_presenter(title)
    if not postponed:
        title, postponed = _without_postponed(title)
    return AgendaItem(marker.number, title, presenter, postponed, draft.text, numbers(draft.lines))


def split_presenter(title: str) -> tuple[str, str | None]:
    """(title, presenter): the presenter in brackets at the end, or an acronym after the title (« Ouverture SP/CCM »).

    Years and figures in brackets (« 2022-2026 ») belong to the title.
    """
    title = title.rstrip(_CLOSING)
    if title.endswith(")") and (opening := _matching_bracket(title)) > 0:
        inside = title[opening + 1 : -1].strip()
        if re.search(r"[^\W\d]", inside) and len(inside) <= 80:
            return title[:opening].rstrip(_CLOSING), inside
        return title, None
    after = _ACRONYM_AFTER.match(title[-300:]) if len(title) <= 300 else None
    if after and any(letter.islower() for letter in after[1]):
        before = fold(after[1]).split()[-1:]
        opening_words = fold(after[1]).startswith(OPENINGS)
        if ("/" in after[2] or opening_words) and before and before[0] not in _NO_PRESENTER_AFTER:
            return after[1].rstrip(_CLOSING), after[2]
    return title, None


def _without_postponed(title: str) -> tuple[str, bool]:
    title = title.rstrip(_CLOSING)
    if title.endswith(")") and (opening := _matching_bracket(title)) > 0:
        if fold(title[opening + 1 : -1]) in POSTPONED:
            return title[:opening].rstrip(_CLOSING), True
        return title, False
    trailing = _TRAILING_POSTPONED.match(title) if len(title) <= 300 else None
    return (trailing[1].rstrip(_CLOSING), True) if trailing else (title, False)


def _matching_bracket(text: str) -> int:
    """Where the bracket opens that closes at the end of the text; -1 if it does not."""
    inside = 0
    for at in range(len(text) - 1, -1, -1):
        inside += (text[at] == ")") - (text[at] == "(")
        if inside == 0:
            return at
    return -1


def inline_items(rest: str) -> list[str]:
    """The items that follow the heading on its own line: « Ordre du jour : 1- Ouverture ; 2- Divers »."""
    parts = [part for part in re.split(r";|(?<=[\s.])(?=\d{1,2}\s?[-.)]\s?[^\W\d])", rest) if part.strip(" .")]
    return [part.strip() for part in parts]
