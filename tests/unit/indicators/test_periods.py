"""Periods: what is read is what is written, a year falls into its periods without gap or overlap."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.kernel.errors import InvalidError
from services.indicators.domain.periods import EXAMPLES, FIRST_YEAR, FREQUENCIES, LAST_YEAR, PARTS, Period, parse

YEARS = st.integers(FIRST_YEAR, LAST_YEAR)


@st.composite
def periods(draw):
    frequency = draw(st.sampled_from(FREQUENCIES))
    return Period(year=draw(YEARS), frequency=frequency, number=draw(st.integers(1, PARTS[frequency])))


@given(periods())
def test_a_period_reads_as_it_is_written(period):
    assert parse(period.text) == period


@given(periods())
def test_a_period_ends_after_it_begins_within_its_year(period):
    assert period.first_day.year == period.last_day.year == period.year
    assert period.first_day.day == 1
    assert (period.last_day + timedelta(days=1)).day == 1
    assert period.first_day < period.last_day


@given(YEARS, st.sampled_from(FREQUENCIES))
def test_the_periods_of_a_year_fill_it_without_gap_or_overlap(year, frequency):
    parts = [Period(year=year, frequency=frequency, number=number + 1) for number in range(PARTS[frequency])]
    assert parts[0].first_day == date(year, 1, 1)
    assert parts[-1].last_day == date(year, 12, 31)
    for earlier, later in pairwise(parts):
        assert earlier.last_day + timedelta(days=1) == later.first_day


@given(st.text(max_size=12) | st.from_regex(r"\d{4}-?[SQM]?\d{0,3}", fullmatch=True))
def test_any_text_is_a_period_or_refused_with_a_code(text):
    try:
        period = parse(text)
    except InvalidError as error:
        assert error.code in ("not-a-period", "no-such-period", "year-out-of-range")
        assert error.field == "period"
    else:
        assert period.text == text


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2024", date(2024, 1, 1), date(2024, 12, 31)),
        ("2024-S1", date(2024, 1, 1), date(2024, 6, 30)),
        ("2024-Q3", date(2024, 7, 1), date(2024, 9, 30)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
    ],
)
def test_a_period_has_the_days_of_the_calendar(text, first, last):
    assert (parse(text).first_day, parse(text).last_day) == (first, last)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2024-S3", "2024-S1", "2024-S2"),
        ("2024-S0", "2024-S1", "2024-S2"),
        ("2024-Q5", "2024-Q1", "2024-Q4"),
        ("2024-13", "2024-01", "2024-12"),
        ("2024-00", "2024-01", "2024-12"),
    ],
)
def test_a_period_that_a_year_does_not_have_is_refused_with_those_it_has(text, first, last):
    with pytest.raises(InvalidError) as refused:
        parse(text)
    assert refused.value.code == "no-such-period"
    assert refused.value.params == {"value": text, "first": first, "last": last}


@pytest.mark.parametrize(
    "text", ["", "24", "2024-", "2024-q3", "2024-Q03", "2024-7", "2024-S", "2024-T1", "2024-07-01", " 2024", "٢٠٢٤"]
)
def test_another_form_is_no_period(text):
    with pytest.raises(InvalidError, match="not-a-period"):
        parse(text)


@pytest.mark.parametrize("text", ["1024", "9999-Q1", "0000"])
def test_a_year_that_was_mistyped_is_refused(text):
    with pytest.raises(InvalidError, match="year-out-of-range"):
        parse(text)


def test_the_examples_are_periods_of_their_frequency():
    assert {parse(text).frequency: text for text in EXAMPLES.values()} == EXAMPLES
