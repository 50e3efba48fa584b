"""Times of day as people write them: `9h00 - 13h30`, `9H15-11H00`, `9h`, « de 9 heures 30 à 11 heures », `10 h 05`."""

import re
from dataclasses import dataclass

from chassis.kernel.text import fold

from .numerals import number_at, number_before

SEARCHED = 600
"""Characters of a text that are searched for times."""

_TIME = re.compile(
    r"(?<![\d.,:/h])(\d{1,2})\s?(?:h(?:eures?|rs?)?\b|h(?=\d)|:(?=\d\d))\s?(\d{2}(?!\d))?(?:\s?(?:mn|min)\b)?(?:\s?([ap])\.?m\b)?",
    re.IGNORECASE,
)
_BARE_START = re.compile(r"(?<![\d.,:/h])(\d{1,2})\s?(?:-|–|à)\s?(?=\d{1,2}\s?h)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class TimesFound:
    """The times of a text in order, as HH:MM, and those that no clock shows, as written."""

    times: tuple[str, ...]
    impossible: tuple[str, ...] = ()


def find_times(text: str) -> TimesFound:
    """All times of day in a text; « 9-11h » gives both. A time in words counts where figures give none."""
    text = text[:SEARCHED]
    found: list[tuple[int, int, int, str]] = []
    for time in _TIME.finditer(text):
        hour = int(time[1]) + (12 if (time[3] or "").lower() == "p" and int(time[1]) < 12 else 0)
        found.append((time.start(), hour, int(time[2] or 0), time[0].strip()))
    bare = _BARE_START.search(text)
    if bare and not any(start <= bare.start() < start + len(shown) for start, _, _, shown in found):
        found.append((bare.start(), int(bare[1]), 0, bare[1]))
    if not found:
        found = _in_words(text)
    found.sort()
    real = tuple(f"{hour:02}:{minute:02}" for _, hour, minute, _ in found if hour < 24 and minute < 60)
    return TimesFound(real, tuple(shown for _, hour, minute, shown in found if hour > 23 or minute > 59))


def _in_words(text: str) -> list[tuple[int, int, int, str]]:
    """« neuf heures trente », « midi »: (position, hour, minute, as written)."""
    words = fold(text).split()
    found = []
    for at, word in enumerate(words):
        if word == "midi":
            found.append((at, 12, 0, word))
        elif word in ("heure", "heures") and (hour := number_before(words, at)):
            minute = number_at(words, at + 1)
            shown = " ".join(words[hour[1] : minute[1] if minute else at + 1])
            found.append((at, hour[0], minute[0] if minute else 0, shown))
    return found
