"""What of a text is shown beside a hit: some of it, and where in it the words stand that were searched."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.meetings.domain.search.query import Term, Way
from services.meetings.domain.search.words import Word, words

LENGTH = 240
BEFORE = 60


@dataclass(frozen=True)
class Shown:
    """A piece of a text; marks are (start, end) in it, in characters."""

    text: str
    marks: tuple[tuple[int, int], ...]


def marks(text: str, terms: Sequence[Term]) -> tuple[tuple[int, int], ...]:
    """Where what was searched stands in a text, in order; none overlaps another."""
    found = words(text)
    marked: dict[int, int] = {}
    for term in terms:
        for way in term.ways:
            for place in range(len(found) - len(way) + 1):
                if _stands(way, found[place : place + len(way)]):
                    start, end = found[place].start, found[place + len(way) - 1].end
                    marked[start] = max(end, marked.get(start, 0))
    apart: list[tuple[int, int]] = []
    for start, end in sorted(marked.items()):
        if apart and start < apart[-1][1]:
            apart[-1] = (apart[-1][0], max(end, apart[-1][1]))
        else:
            apart.append((start, end))
    return tuple(apart)


def snippet(text: str, terms: Sequence[Term]) -> Shown:
    """A piece of the text around the first mark; its beginning where there is none."""
    found = marks(text, terms)
    first = found[0][0] if found else 0
    start = _word_start(text, max(0, first - BEFORE), first)
    stop = min(len(text), start + LENGTH)
    stop = max(stop, found[0][1]) if found else stop
    return Shown(text[start:stop], tuple((a - start, b - start) for a, b in found if a >= start and b <= stop))


def _word_start(text: str, place: int, latest: int) -> int:
    """The first place from there on where a word begins."""
    while 0 < place < latest and not text[place - 1].isspace():
        place += 1
    return place


def _stands(way: Way, found: Sequence[Word]) -> bool:
    return all(
        one.stem.startswith(asked[:-1]) if asked.endswith("*") else one.stem == asked
        for asked, one in zip(way, found, strict=True)
    )
