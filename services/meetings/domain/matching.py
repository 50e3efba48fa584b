"""Whom of the directory an attendance entry means: by acronym, name, alias, or a near-miss of one of them.

In order: the whole entry and its parts (full name, acronym in brackets, acronym before a dash) against names and
acronyms, else aliases; then without the country or with a compound acronym's parts swapped; then with one slip of the
pen. Where two institutions fit equally,
nobody guesses: no match, and the candidates are told. An unknown entry comes back as a proposal, name and acronym.
Acronyms are near only by two neighbouring letters swapped or one letter too many or too few, from five letters on:
another letter in the place of one makes another institution (DRC, CRC; OIM, OIT; DRECM-R, DGECM-R).
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from chassis.kernel.text import fold

MatchKind = Literal["exact", "alias", "near", "none"]
_SHORTEST_NEAR = 5
"""Letters of an acronym that may be a near-miss."""
_SHORTEST_WORD = 6
"""Letters of a word in a name that may hold a slip."""
_FEWEST_WORDS = 3
"""Words of a name that may be a near-miss."""
_COUNTRY = ("du niger", "au niger", "niger")
_EMPTY = frozenset(["de", "du", "des", "la", "le", "les", "l", "d", "et", "en", "a", "au", "aux", "sur", "pour"])
_ARTICLE = re.compile(r"^(?:l['’]|la\s|le\s|les\s|the\s)")
_BRACKET = re.compile(r"^(.{2,300}?)\s?\(([^()]{2,60})\)$")
_DASHED = re.compile(r"^(\S{2,20})\s[–-]\s(\S.{3,300})$")


@dataclass(frozen=True, slots=True)
class DirectoryEntry:
    """An institution as the directory knows it."""

    id: str
    name: str
    acronym: str | None = None
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Match:
    """An attendance entry and what it means.

    With an institution_id, name and acronym are the directory's; without, they are what to propose it as. `key` is the
    same for entries that differ in spelling only: propose one institution a key. `candidates`: ids that fit equally.
    """

    text: str
    match: MatchKind
    institution_id: str | None
    name: str | None
    acronym: str | None
    key: str
    candidates: tuple[str, ...] = ()


def merged_directory(entries: Iterable[DirectoryEntry], stands_for: Callable[[str], str]) -> list[DirectoryEntry]:
    """One entry an institution: names of those that were merged into another are aliases of that one.

    Where the one that stands is not among them (not known yet, or closed), a merged one goes on standing for itself.
    """
    every = {entry.id: entry for entry in entries}
    names: dict[str, list[str]] = {}
    for id, entry in every.items():
        if (stands := stands_for(id)) in every and stands != id:
            names.setdefault(stands, []).extend(name for name in (entry.name, entry.acronym, *entry.aliases) if name)
    return [
        replace(entry, aliases=(*entry.aliases, *names.get(id, ())))
        for id, entry in every.items()
        if stands_for(id) not in every or stands_for(id) == id
    ]


def match_institutions(entries: Iterable[str], directory: Sequence[DirectoryEntry]) -> list[Match]:
    """One match an entry, in order. Cost: a look-up an entry; the whole directory for one that is not found."""
    known = _Directory(directory)
    return [known.match(entry) for entry in entries]


def key_of(text: str) -> str:
    """A name without accents, case, punctuation and spaces: « SP-CCM », « SP/CCM » and « SPCCM » are the same."""
    return fold(text).replace(" ", "")


class _Directory:
    def __init__(self, directory: Sequence[DirectoryEntry]) -> None:
        self._entries = {entry.id: entry for entry in directory}
        self._names: dict[str, set[str]] = {}
        self._aliases: dict[str, set[str]] = {}
        self._compounds: dict[tuple[str, ...], set[str]] = {}
        self._spellings: list[tuple[str, str]] = []
        for entry in directory:
            for text in (entry.name, entry.acronym or ""):
                self._file(self._names, text, entry.id)
            for text in entry.aliases:
                self._file(self._aliases, text, entry.id)

    def match(self, entry: str) -> Match:
        """The match of one entry; see the module's text for the order."""
        text = " ".join(entry.split())
        acronym, name = parts_of(_ARTICLE.sub("", text))
        spellings = [part for part in (text, name, acronym) if part]
        by_name = [self._names.get(key_of(part), set()) for part in spellings]
        by_alias = [self._aliases.get(key_of(part), set()) for part in spellings]
        found = _agreed([names or aliases for names, aliases in zip(by_name, by_alias, strict=True)])
        if found:
            return self._answer(text, "exact" if any(found & names for names in by_name) else "alias", found)
        found = _agreed([self._loosely(part) for part in spellings])
        if found:
            return self._answer(text, "alias", found)
        found = _agreed([self._near(part) for part in spellings])
        return self._answer(text, "near", found) if found else _proposal(text, acronym, name)

    def _file(self, table: dict[str, set[str]], text: str, institution_id: str) -> None:
        key = key_of(text)
        if key:
            table.setdefault(key, set()).add(institution_id)
            self._spellings.append((text, institution_id))
            if "/" in text and _is_acronym(text):
                self._compounds.setdefault(_compound(text), set()).add(institution_id)

    def _loosely(self, text: str) -> set[str]:
        """Without the country at the end, or with the parts of a compound acronym in another order (DRC/MMC)."""
        key = _without_country(text)
        if key:
            return self._names.get(key, set()) | self._aliases.get(key, set())
        return self._compounds.get(_compound(text), set()) if "/" in text else set()

    def _near(self, text: str) -> set[str]:
        return {institution_id for known, institution_id in self._spellings if is_near(text, known)}

    def _answer(self, text: str, kind: MatchKind, found: set[str]) -> Match:
        if len(found) > 1:
            return Match(text, "none", None, None, None, key_of(text), tuple(sorted(found)))
        entry = self._entries[next(iter(found))]
        return Match(text, kind, entry.id, entry.name, entry.acronym, key_of(text))


def _agreed(found: list[set[str]]) -> set[str]:
    """The institutions that all parts of an entry agree on; where parts contradict each other, all of them."""
    said = [ids for ids in found if ids]
    if not said:
        return set()
    return set.intersection(*said) or set.union(*said)


def _proposal(text: str, acronym: str | None, name: str | None) -> Match:
    return Match(text, "none", None, name or acronym, acronym, key_of(acronym or name or text))


def parts_of(text: str) -> tuple[str | None, str | None]:
    """(acronym, name) as an entry gives them: « Ministère … (MI/D) », « OIM – Organisation … », « OXFAM »."""
    bracket = _BRACKET.match(text)
    if bracket and _is_acronym(bracket[2]):
        return bracket[2].strip(), bracket[1].strip()
    dashed = _DASHED.match(text)
    if dashed and _is_acronym(dashed[1]):
        return dashed[1], dashed[2].strip()
    return (text, None) if _is_acronym(text) and len(text.split()) == 1 else (None, text)


def is_near(one: str, other: str) -> bool:
    """Whether two spellings differ by one slip of the pen only."""
    if _is_acronym(one) and _is_acronym(other):
        return _near_acronyms(key_of(one), key_of(other))
    words, others = _words(one), _words(other)
    if len(words) != len(others) or len(words) < _FEWEST_WORDS:
        return False
    different = [(a, b) for a, b in zip(words, others, strict=True) if a != b]
    return len(different) == 1 and min(map(len, different[0])) >= _SHORTEST_WORD and _one_slip(*different[0])


def _near_acronyms(one: str, other: str) -> bool:
    if min(len(one), len(other)) < _SHORTEST_NEAR or one[0] != other[0] or one == other:
        return False
    return _swapped(one, other) or _one_more(one, other) or _one_more(other, one)


def _one_slip(one: str, other: str) -> bool:
    """One letter more, less, other, or two neighbours swapped; the first letter agrees."""
    if one[0] != other[0]:
        return False
    same_length = len(one) == len(other)
    changed = same_length and sum(a != b for a, b in zip(one, other, strict=True)) == 1
    return changed or _swapped(one, other) or _one_more(one, other) or _one_more(other, one)


def _swapped(one: str, other: str) -> bool:
    if len(one) != len(other):
        return False
    wrong = [at for at in range(len(one)) if one[at] != other[at]]
    return (
        len(wrong) == 2
        and wrong[1] == wrong[0] + 1
        and one[wrong[0]] == other[wrong[1]]
        and one[wrong[1]] == other[wrong[0]]
    )


def _one_more(longer: str, shorter: str) -> bool:
    if len(longer) != len(shorter) + 1:
        return False
    at = next((i for i in range(len(shorter)) if longer[i] != shorter[i]), len(shorter))
    return longer[at + 1 :] == shorter[at:]


def _is_acronym(text: str) -> bool:
    """Capitals, parted by `/`, `-` or a space at most: MPF/PE, DGECM-R, ONU, but not « Nexus »."""
    letters = [letter for letter in text if letter.isalpha()]
    return (
        len(letters) >= 2 and all(letter.isupper() for letter in letters) and len(text) <= 20 and len(text.split()) <= 2
    )


def _compound(text: str) -> tuple[str, ...]:
    return tuple(sorted(key_of(part) for part in text.split("/")))


def _words(text: str) -> list[str]:
    return [word for word in fold(text).split() if word not in _EMPTY]


def _without_country(text: str) -> str | None:
    """The key of « UNICEF Niger » without the country, or None where it names none."""
    folded = fold(text)
    for ending in _COUNTRY:
        if folded.endswith(" " + ending):
            return folded.removesuffix(ending).replace(" ", "")
    return None
