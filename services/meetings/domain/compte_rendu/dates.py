"""Dates as people write them in French minutes: figures, months in words, whole years in words."""

import datetime
import re
from dataclasses import dataclass
from typing import Any

from chassis.kernel.text import fold

from .numerals import number_at, number_before

SEARCHED = 600
"""Characters of a text that are searched for a date: it stands in the opening sentence."""

_MONTHS = (
    ("janvier", "janv", "jan", "january"), ("fevrier", "fev", "fevr", "feb", "february"), ("mars", "march"),
    ("avril", "avr", "april", "apr"), ("mai", "may"), ("juin", "june", "jun"), ("juillet", "juil", "july", "jul"),
    ("aout", "august", "aug"), ("septembre", "sept", "september", "sep"), ("octobre", "oct", "october"),
    ("novembre", "nov", "november"), ("decembre", "dec", "december"),
)  # fmt: skip
MONTH = {name: number for number, names in enumerate(_MONTHS, start=1) for name in names}
_DAYS_FR = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_DAYS_EN = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
WEEKDAY = {name: number for names in (_DAYS_FR, _DAYS_EN) for number, name in enumerate(names)}
_DAY = re.compile(r"(\d{1,2})(?:er|ere|e|st|nd|rd|th)?")
_FIGURES = re.compile(r"(?<![\d/.-])(\d{1,2})\s?([/.-])\s?(\d{1,2})\s?\2\s?(\d{4}|\d{2})(?![\d/-])")
_ISO = re.compile(r"(?<![\d/-])(\d{4})-(\d{2})-(\d{2})(?![\d/-])")


@dataclass(frozen=True, slots=True)
class DateFound:
    """A date as read: `date` is YYYY-MM-DD or None where no such day exists; problems are (code, params)."""

    date: str | None
    problems: tuple[tuple[str, dict[str, Any]], ...] = ()


def find_date(text: str) -> DateFound | None:
    """The first date in a text, or None. A date without its year counts, with date None and a problem."""
    text = text[:SEARCHED]
    words = fold(text).split()
    for at, word in enumerate(words):
        if word in MONTH and (found := _in_words(words, at, text)):
            return found
    if iso := _ISO.search(text):
        return _checked(int(iso[1]), int(iso[2]), int(iso[3]), None, iso[0])
    if figures := _FIGURES.search(text):
        year = int(figures[4]) + (2000 if len(figures[4]) == 2 else 0)
        return _checked(
            year, int(figures[3]), int(figures[1]), _weekday_before(fold(text[: figures.start()])), figures[0]
        )
    return None


def _in_words(words: list[str], at: int, text: str) -> DateFound | None:
    """The date around the month at `at`: « jeudi 28 octobre 2021 », « September 21, 2021 »."""
    day, start, several = _day_before(words, at)
    after = at + 1
    if day is None:
        following = _DAY.fullmatch(words[after]) if after < len(words) else None
        if not following:
            return None
        day, start, after = int(following[1]), at, after + 1
    year, after = _year(words, after)
    shown = " ".join(words[start:after])
    if year is None:
        return DateFound(None, (("date-without-year", {"text": shown}),))
    weekday = WEEKDAY.get(words[start - 1]) if start else None
    found = _checked(year, MONTH[words[at]], day, weekday, shown)
    if several:
        return DateFound(found.date, (*found.problems, ("date-several-days", {"text": shown})))
    return found


def _day_before(words: list[str], month_at: int) -> tuple[int | None, int, bool]:
    """The day in front of a month, where it starts, and whether several days are named (« 21 et 22 »)."""
    day = _DAY.fullmatch(words[month_at - 1]) if month_at else None
    if day:
        start = month_at - 1
        if start >= 2 and words[start - 1] in ("et", "au", "a") and (first := _DAY.fullmatch(words[start - 2])):
            return int(first[1]), start - 2, True
        return int(day[1]), start, False
    spelled = number_before(words, month_at)
    return (spelled[0], spelled[1], False) if spelled else (None, month_at, False)


def _year(words: list[str], at: int) -> tuple[int | None, int]:
    """The year that follows the month, or the one of « l'an deux mille vingt et un » before it."""
    if at < len(words) and words[at] in ("de", "l"):
        at += 3 if words[at : at + 3] == ["de", "l", "an"] else 0
    if at < len(words) and re.fullmatch(r"(?:19|20)\d\d", words[at]):
        return int(words[at]), at + 1
    spelled = number_at(words, at)
    if spelled and 1900 < spelled[0] < 2100:
        return spelled
    if "an" in words[:at]:
        place = words.index("an") + 1
        if re.fullmatch(r"(?:19|20)\d\d", words[place]):
            return int(words[place]), at
        spelled = number_at(words, place)
        if spelled and 1900 < spelled[0] < 2100:
            return spelled[0], at
    return None, at


def _weekday_before(folded: str) -> int | None:
    words = folded.split()
    return WEEKDAY.get(words[-1]) if words else None


def _checked(year: int, month: int, day: int, weekday: int | None, shown: str) -> DateFound:
    try:
        date = datetime.date(year, month, day)
    except ValueError:
        return DateFound(None, (("date-impossible", {"text": shown}),))
    if weekday is not None and weekday != date.weekday():
        told = {"date": date.isoformat(), "written": _DAYS_FR[weekday], "actual": _DAYS_FR[date.weekday()]}
        return DateFound(date.isoformat(), (("date-weekday", told),))
    return DateFound(date.isoformat())
