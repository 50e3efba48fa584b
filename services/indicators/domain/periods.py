"""Periods as ISO-like text (SDMX's reporting periods): 2024, 2024-S1, 2024-Q3, 2024-07."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from chassis.kernel.errors import InvalidError

FREQUENCIES = ("month", "quarter", "half_year", "year")
PARTS = {"month": 12, "quarter": 4, "half_year": 2, "year": 1}
"""How many of them a year has."""
EXAMPLES = {"month": "2024-07", "quarter": "2024-Q3", "half_year": "2024-S1", "year": "2024"}
FIRST_YEAR, LAST_YEAR = 1900, 2199  # what lies outside was mistyped

_FORM = re.compile(r"(?P<year>\d{4})(?:-(?P<mark>[SQ]?)(?P<number>\d{1,2}))?", re.ASCII)
_DIGITS = {"month": 2, "quarter": 1, "half_year": 1}
_MARKS = {"": "month", "Q": "quarter", "S": "half_year"}


@dataclass(frozen=True, kw_only=True)
class Period:
    """A part of a year: the `number`th of its frequency, from 1."""

    year: int
    frequency: str
    number: int = 1

    @property
    def text(self) -> str:
        """As people write it and as it is stored."""
        forms = {"year": "", "half_year": f"-S{self.number}", "quarter": f"-Q{self.number}"}
        return f"{self.year}{forms.get(self.frequency, f'-{self.number:02}')}"

    @property
    def first_day(self) -> date:
        """The day it begins."""
        return date(self.year, (self.number - 1) * self._months + 1, 1)

    @property
    def last_day(self) -> date:
        """The day it ends, which is part of it."""
        month = self.number * self._months
        return date(self.year, month, monthrange(self.year, month)[1])

    @property
    def _months(self) -> int:
        return 12 // PARTS[self.frequency]


def parse(text: str) -> Period:
    """The period that a text means. Raises: InvalidError not-a-period, no-such-period (the third half of a year)."""
    found = _FORM.fullmatch(text)
    if found is None:
        raise _not_a_period(text)
    year = int(found["year"])
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise InvalidError("year-out-of-range", "period", {"year": year, "min": FIRST_YEAR, "max": LAST_YEAR})
    if found["number"] is None:
        return Period(year=year, frequency="year")
    frequency = _MARKS[found["mark"]]
    if len(found["number"]) != _DIGITS[frequency]:
        raise _not_a_period(text)
    number = int(found["number"])
    if not 1 <= number <= PARTS[frequency]:
        last = Period(year=year, frequency=frequency, number=PARTS[frequency])
        first = Period(year=year, frequency=frequency)
        raise InvalidError("no-such-period", "period", {"value": text, "first": first.text, "last": last.text})
    return Period(year=year, frequency=frequency, number=number)


def _not_a_period(text: str) -> InvalidError:
    return InvalidError("not-a-period", "period", {"value": text[:20]})
