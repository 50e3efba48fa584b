"""What somebody searches for: every term must be there, each in one of its ways.

A term is a word, or a name of the directory, which stands for all names of that institution or group: "MPF/PE" finds
what has the full name, and the other way round. The last word may be unfinished.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chassis.kernel.text import fold
from services.meetings.domain.search.words import Word, stem, stems, words

MOST_TERMS = 12
MOST_WAYS = 40
SHORTEST_BEGINNING = 2
Way = tuple[str, ...]
"""Words one after the other; the last with a star: how it begins."""


@dataclass(frozen=True)
class Term:
    """One thing to be found, in any of these ways."""

    ways: tuple[Way, ...]


@dataclass(frozen=True)
class Directory:
    """Names that mean the same: by each name, as words, all of its ways."""

    names: Mapping[Way, tuple[Way, ...]]

    @property
    def longest(self) -> int:
        """How many words the longest name has."""
        return max((len(name) for name in self.names), default=0)


NOBODY = Directory({})


def directory(
    institutions: Iterable[Mapping[str, Any]], groups: Iterable[Mapping[str, Any]], leads_to: Callable[[str], str]
) -> Directory:
    """The names of what a caller sees of the directory; merged institutions share theirs."""
    together: dict[str, dict[Way, None]] = {}
    for one in (*institutions, *groups):
        known = together.setdefault(leads_to(one["_id"]), {})
        for name in _names(one):
            if found := stems(name):
                known[found] = None
    names: dict[Way, dict[Way, None]] = {}
    for ways in together.values():
        for way in ways:
            names.setdefault(way, {}).update(ways)
    return Directory({way: tuple(all)[:MOST_WAYS] for way, all in names.items()})


def terms(text: str, known: Directory = NOBODY) -> tuple[Term, ...]:
    """What is asked for; () where there is nothing to search for but little words."""
    found = words(text)
    asked: list[Term] = []
    place = 0
    while place < len(found) and len(asked) < MOST_TERMS:
        name = _name_at(found, place, known)
        asked.append(Term(known.names[name] if name else ((found[place].stem,),)))
        place += len(name) or 1
    if asked and place == len(found) and found[-1].end == len(text):
        asked[-1] = Term((*asked[-1].ways, *_beginnings(text[found[-1].start :], asked[-1].ways[0][:-1])))
    return tuple(asked)


def _beginnings(typed: str, before: Way) -> Iterable[Way]:
    """How a last word may go on: as it was typed, and as it is compared."""
    bare = fold(typed).replace(" ", "")
    for one in dict.fromkeys((bare, stem(bare))):
        if len(one) >= SHORTEST_BEGINNING:
            yield (*before, f"{one}*")


def _name_at(found: Sequence[Word], place: int, known: Directory) -> Way:
    """The longest name that stands there; () if none does."""
    for length in range(min(known.longest, len(found) - place), 0, -1):
        name = tuple(one.stem for one in found[place : place + length])
        if name in known.names:
            return name
    return ()


def _names(one: Mapping[str, Any]) -> Iterable[str]:
    labels = one.get("labels") or {}
    for name in (one.get("acronym"), one.get("name"), *(one.get("aliases") or ()), *labels.values()):
        if isinstance(name, str) and name:
            yield name
