"""Clashes: who is asked to two meetings at the same time."""

from datetime import date
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.meetings.domain.clash import LONGEST, PLANNED, at_the_same_time, clashes, may_begin, sentences
from services.meetings.domain.meeting import STATES, Meeting
from tests.unit.meetings.acts import base

DAY, NEXT = "2026-03-12", "2026-03-13"


def a_meeting(id: str = "m", **fields: Any) -> Meeting:
    return Meeting(**{**base(id, "central"), "title": f"Réunion {id}", "date": DAY, **fields})


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ({}, {}, True),
        ({}, {"date": NEXT}, False),
        ({"start": "09:00", "end": "11:00"}, {"start": "11:00", "end": "12:00"}, False),
        ({"start": "09:00", "end": "11:00"}, {"start": "10:59", "end": "12:00"}, True),
        ({"start": "09:00", "end": "11:00"}, {"start": "15:00"}, True),
        ({"last_day": NEXT}, {"date": NEXT, "start": "09:00", "end": "10:00"}, True),
        ({"last_day": NEXT}, {"date": "2026-03-14"}, False),
    ],
)
def test_the_same_time(one: dict[str, str], other: dict[str, str], same: bool) -> None:
    for first, second in permutations((a_meeting("a", **one), a_meeting("b", **other))):
        assert at_the_same_time(first, second) is same


@pytest.mark.parametrize("state", STATES)
def test_only_what_is_still_planned_clashes_and_the_shared_institutions_are_named(state: str) -> None:
    others = [(a_meeting("b", state=state), ("oim", "ins")), (a_meeting("c"), ("hcr",))]
    found = clashes(a_meeting("a"), ("ins", "dgecm", "oim"), others)
    assert [(one.meeting.id, one.institutions) for one in found] == (
        [("b", ("ins", "oim"))] if state in PLANNED else []
    )


def test_a_meeting_does_not_clash_with_itself() -> None:
    assert clashes(a_meeting("a"), ("ins",), [(a_meeting("a", start="09:00"), ("ins",))]) == ()


EPOCH = date(2026, 1, 1).toordinal()


@given(st.integers(0, LONGEST - 1), st.integers(-LONGEST, LONGEST), st.integers(0, LONGEST - 1))
def test_whatever_is_at_the_same_time_is_among_those_looked_at(long: int, apart: int, lasts: int) -> None:
    one, other = _lasting("a", EPOCH, long), _lasting("b", EPOCH + apart, lasts)
    since, until = may_begin(one)
    assert since <= one.date <= until
    if at_the_same_time(one, other):
        assert since <= other.date <= until


def test_the_warning_names_day_meeting_and_institutions() -> None:
    (clash,) = clashes(a_meeting("a"), ("ins",), [(a_meeting("b"), ("ins",))])
    assert sentences(clash, ["INS"])["fr"] == "Le 12/03/2026, une autre réunion (Réunion b) appelle aussi : INS."


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_the_first_and_the_last_day_are_days_like_others(day: str) -> None:
    since, until = may_begin(a_meeting(date=day))
    assert since <= day == until


def _lasting(id: str, day: int, more: int) -> Meeting:
    last = date.fromordinal(day + more).isoformat() if more else None
    return a_meeting(id, date=date.fromordinal(day).isoformat(), last_day=last)
