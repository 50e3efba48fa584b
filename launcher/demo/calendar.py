"""Dates of the demonstration: counted in months from the month of its first load, so that it never looks old."""

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip
THURSDAY = 3  # the day on which the demonstration's group meets; Monday is 0

_PLACE = re.compile(r"\{\{date(?:\+(\d+))?\}\}")


@dataclass(frozen=True)
class Month:
    """A calendar month."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> "Month":
        """The month of a day."""
        return cls(day.year, day.month)

    def plus(self, months: int) -> "Month":
        """The month so many later, or earlier."""
        years, index = divmod(self.number - 1 + months, 12)
        return Month(self.year + years, index + 1)

    def first_day(self) -> date:
        """Its first day."""
        return date(self.year, self.number, 1)

    def last_day(self) -> date:
        """Its last day."""
        return date(self.year, self.number, calendar.monthrange(self.year, self.number)[1])

    def thursday(self, week: int) -> date:
        """Its n-th Thursday; `week` from 1."""
        first = self.first_day()
        return first + timedelta(days=(THURSDAY - first.weekday()) % 7 + 7 * (week - 1))


def in_words(day: date) -> str:
    """« 21 septembre 2021 », « 1er mars 2022 »."""
    return f"{'1er' if day.day == 1 else day.day} {MONTHS[day.month - 1]} {day.year}"


def dated(text: str, day: date) -> str:
    """A text of the demonstration with its days filled in: {{date}} is the meeting's, {{date+14}} two weeks later."""
    return _PLACE.sub(lambda place: in_words(day + timedelta(days=int(place[1] or 0))), text)
