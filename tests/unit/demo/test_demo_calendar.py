"""Dates of the demonstration, and which verbs bring a record where it is wanted."""

from datetime import date

import pytest

from launcher.demo.calendar import Month, dated, in_words
from launcher.demo.moves import MINUTES, OBSERVATION, RECOMMENDATION, verbs


@pytest.mark.parametrize(
    ("start", "months", "expected"),
    [((2026, 11), -11, (2025, 12)), ((2026, 11), 2, (2027, 1)), ((2026, 1), -1, (2025, 12)), ((2026, 6), 0, (2026, 6))],
)
def test_months_cross_the_year(start, months, expected):
    assert Month(*start).plus(months) == Month(*expected)


@pytest.mark.parametrize(
    ("month", "week", "day"),
    [((2026, 1), 1, 1), ((2026, 1), 3, 15), ((2026, 11), 3, 19), ((2024, 2), 2, 8), ((2025, 5), 1, 1)],
)
def test_the_nth_thursday(month, week, day):
    found = Month(*month).thursday(week)
    assert (found, found.weekday()) == (date(month[0], month[1], day), 3)


def test_a_month_knows_its_ends():
    month = Month.of(date(2024, 2, 17))
    assert (month.first_day(), month.last_day()) == (date(2024, 2, 1), date(2024, 2, 29))


def test_days_are_written_in_french():
    assert in_words(date(2026, 3, 1)) == "1er mars 2026"
    assert in_words(date(2025, 8, 21)) == "21 août 2025"


def test_a_text_gets_the_days_it_leaves_open():
    assert (
        dated("Le {{date}}, puis le {{date+14}}.", date(2025, 12, 18))
        == "Le 18 décembre 2025, puis le 1er janvier 2026."
    )


@pytest.mark.parametrize(
    ("ladder", "stands", "wanted", "expected"),
    [
        (MINUTES, "draft", "published", ["circulate", "adopt", "publish"]),
        (MINUTES, "circulated", "adopted", ["adopt"]),
        (MINUTES, "published", "adopted", []),
        (RECOMMENDATION, "open", "verified", ["start", "complete", "verify"]),
        (RECOMMENDATION, "open", "open", []),
        (RECOMMENDATION, "open", "cancelled", ["cancel"]),
        (RECOMMENDATION, "done", "cancelled", []),
        (RECOMMENDATION, "cancelled", "done", []),
        (OBSERVATION, "submitted", "returned", ["return"]),
        (OBSERVATION, "returned", "returned", []),
        (OBSERVATION, "verified", "published", ["publish"]),
    ],
)
def test_only_the_verbs_that_are_missing_are_sent(ladder, stands, wanted, expected):
    assert verbs(ladder, stands, wanted) == expected
