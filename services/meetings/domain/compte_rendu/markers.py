"""Bullets and numbers in front of a line: `- `, `•`, `1-`, `1.`, `II.`, `2°ème point`."""

import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["none", "bullet", "arabic", "roman", "point"]

_BULLET = re.compile(r"(?:[-–—]{1,2}|[•·▪■□●○◦‣∙➢➤►→✓✔❖◆*\uf0a0-\uf0ff])\s*+(?=\S)")
_ARABIC = re.compile(
    r"(\d{1,2})(?:\s{0,2}[.)°º/:](?:\s{0,2}[-–—])?|\s{0,3}[-–—](?:\s{0,2}[.)])?|\t|\s{2,6}(?=\D))(?!\d)\s*+(?=\S)"
)
_ROMAN = re.compile(
    r"(?=[IVX])(X{0,3}(?:IX|IV|V?I{0,3}))(?:\s{0,2}[.)°º/:](?:\s{0,2}[-–—])?|\s{0,3}[-–—]|\t|\s{2,6})\s*+(?=\S)"
)
_POINT = re.compile(
    r"(?:(\d{1,2})\s?°?\s?(?:ers?|[èe]res?|i?[èe]mes?|es?|[èe]|nde?)?"
    r"|(premier|deuxi[èe]me|second|troisi[èe]me|quatri[èe]me|cinqui[èe]me|sixi[èe]me|septi[èe]me|huiti[èe]me))"
    r"\s{1,3}point\b",
    re.IGNORECASE,
)
_ORDINALS = ("premier", "deuxi", "troisi", "quatri", "cinqui", "sixi", "septi", "huiti")
_ROMAN_VALUES = {"I": 1, "V": 5, "X": 10}
_NESTED_BULLET = re.compile(r"(?:o\s{1,3}(?=\S)|[a-h]\)\s?(?=\S))")


@dataclass(frozen=True, slots=True)
class Marker:
    """What stands in front of a line, and the rest; a `point` heading keeps its words in the rest."""

    kind: Kind
    number: int | None
    bulleted: bool
    rest: str

    @property
    def numbered(self) -> bool:
        return self.number is not None


def read_marker(text: str) -> Marker:
    """The marker of a line: a bullet, a number, or both (`- 1- Ouverture`)."""
    rest = text.strip()
    bullet = _BULLET.match(rest)
    if bullet:
        rest = rest[bullet.end() :]
    bulleted = bullet is not None
    if point := _POINT.match(rest):
        return Marker("point", _ordinal(point), bulleted, rest)
    if arabic := _ARABIC.match(rest):
        return Marker("arabic", int(arabic[1]), bulleted, rest[arabic.end() :])
    if roman := _ROMAN.match(rest):
        return Marker("roman", roman_value(roman[1]), bulleted, rest[roman.end() :])
    return Marker("bullet" if bulleted else "none", None, bulleted, rest)


def list_item(text: str) -> str | None:
    """The text of a list item without its bullet or number, or None where the line is none."""
    marker = read_marker(text)
    if marker.kind in ("bullet", "arabic"):
        return marker.rest
    nested = _NESTED_BULLET.match(marker.rest)
    return marker.rest[nested.end() :] if nested else None


def roman_value(numeral: str) -> int:
    """The value of a Roman numeral up to 39."""
    values = [_ROMAN_VALUES[letter] for letter in numeral]
    return sum(-value if at + 1 < len(values) and values[at + 1] > value else value for at, value in enumerate(values))


def _ordinal(point: re.Match[str]) -> int:
    if point[1]:
        return int(point[1])
    word = point[2].lower().replace("è", "e")
    if word == "second":
        return 2
    return next(rank for rank, start in enumerate(_ORDINALS, start=1) if word.startswith(start))
