"""The series of a group: numbers, rhythm, what the next session takes over; each rule by table or property."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.meetings.domain.meeting import AgendaItem, Convocation, Meeting, moved
from services.meetings.domain.series import (
    LOOKED_BACK,
    MOST_LINKS,
    Cadence,
    Standing,
    carried_over,
    next_day,
    next_number,
    sentences,
    standing,
)
from tests.unit.meetings.acts import base

MONTHLY, EVERY_SIX_WEEKS = Cadence(every=1, unit="month"), Cadence(every=6, unit="week")
CADENCES = st.builds(Cadence, every=st.integers(1, 60), unit=st.sampled_from(("week", "month")))
DAYS = st.dates(date(1, 1, 1), date.max)


def a_meeting(**fields: Any) -> Meeting:
    return Meeting(**{**base("m", "central"), "title": "Réunion", "date": "2026-03-12", "state": "held", **fields})


@pytest.mark.parametrize(
    ("cadence", "last", "after"),
    [
        (MONTHLY, "2026-01-31", "2026-02-28"),
        (MONTHLY, "2024-01-31", "2024-02-29"),
        (Cadence(every=6, unit="month"), "2026-08-31", "2027-02-28"),
        (Cadence(every=14, unit="month"), "2026-11-02", "2028-01-02"),
        (EVERY_SIX_WEEKS, "2026-01-01", "2026-02-12"),
        (MONTHLY, "9999-12-15", "9999-12-31"),
    ],
)
def test_a_turn_of_the_rhythm(cadence: Cadence, last: str, after: str) -> None:
    assert cadence.after(date.fromisoformat(last)).isoformat() == after


@pytest.mark.parametrize(
    ("cadence", "last", "today", "days", "french"),
    [
        (MONTHLY, "2026-01-15", "2026-02-15", 0, None),
        (MONTHLY, "2026-01-15", "2026-02-16", 1, "en retard de 1 jour"),
        (MONTHLY, "2026-01-15", "2026-02-20", 5, "en retard de 5 jours"),
        (MONTHLY, "2026-01-15", "2026-02-22", 7, "en retard de 1 semaine"),
        (MONTHLY, "2026-01-15", "2026-03-08", 21, "en retard de 3 semaines"),
        (None, "2026-01-15", "2027-01-01", 0, None),
        (MONTHLY, None, "2027-01-01", 0, None),
    ],
)
def test_a_group_is_overdue_once_its_day_has_passed(
    cadence: Cadence | None, last: str | None, today: str, days: int, french: str | None
) -> None:
    found = standing(cadence, last, date.fromisoformat(today))
    assert (found.days, found.weeks) == (days, days // 7)
    told = sentences(found)
    assert (told["fr"] if told else None) == french
    assert standing(cadence, last, date.fromisoformat(today), dormant=True) == Standing()


@given(CADENCES, DAYS, DAYS)
def test_the_next_day_is_on_a_working_day_that_is_not_over_and_no_turn_is_left_out(
    cadence: Cadence, last: date, today: date
) -> None:
    found = next_day(last.isoformat(), cadence, today)
    assert found.weekday() < 5
    if max(last, today) < date.max - timedelta(days=2000):
        assert today <= found and last < found
        turns = next(turn for turn in range(1, 10**6) if cadence.after(last, turn) >= today)
        assert timedelta() <= found - cadence.after(last, turns) <= timedelta(days=2)


@pytest.mark.parametrize(
    ("earlier", "taken", "number"),
    [
        ([], (), 1),
        ([6], (), 7),
        ([None, None, 6], (), 9),
        ([None, None], (), 3),
        ([6], (7,), None),
        ([None] * LOOKED_BACK, (), None),
        ([*[None] * (LOOKED_BACK - 1), 1], (), LOOKED_BACK + 1),
    ],
)
def test_a_session_has_the_number_after_the_last_that_is_known(
    earlier: list[int | None], taken: tuple[int, ...], number: int | None
) -> None:
    assert next_number(earlier, taken) == number


AGENDA = (AgendaItem(title="Traité", number=1), AgendaItem(title="Divers", number=2, presenter="OIM", postponed=True))


@pytest.mark.parametrize(
    ("state", "minutes", "count", "titles"),
    [
        ("held", "draft", 3, ["Adoption", "Suivi", "Divers"]),
        ("held", "circulated", 0, ["Adoption", "Divers"]),
        ("held", None, 0, ["Adoption", "Divers"]),
        ("closed", "adopted", 1, ["Suivi", "Divers"]),
        ("closed", "published", 0, ["Divers"]),
        ("cancelled", None, 2, ["Suivi", "Traité", "Divers"]),
    ],
)
def test_the_next_session_takes_over_what_is_left(
    state: str, minutes: str | None, count: int, titles: list[str]
) -> None:
    last = a_meeting(state=state, minutes_id="c" if minutes else None)
    items = carried_over(last, AGENDA, minutes, [f"r{n}" for n in range(count)], count)
    assert [item.title.split()[0] for item in items] == titles
    assert [item.number for item in items] == list(range(1, len(items) + 1))
    assert not any(item.postponed for item in items)
    assert items[-1] == AgendaItem(title="Divers", number=len(items), presenter="OIM")
    if count:
        follow_up = next(item for item in items if item.title.startswith("Suivi"))
        assert follow_up.title.endswith(f"({count})")
        assert follow_up.links == tuple(f"/api/v1/recommendations/r{n}" for n in range(count))
    if minutes in ("draft", "circulated"):
        assert items[0].title.endswith("12/03/2026")
        assert items[0].links == ("/api/v1/minutes/c",)


def test_what_was_proposed_to_a_session_that_fell_out_is_proposed_anew_and_once() -> None:
    first = carried_over(a_meeting(minutes_id="c"), AGENDA, "draft", ["r"], 1)
    again = carried_over(a_meeting(state="cancelled"), first, None, ["r", "s"], 2)
    assert [item.title.split()[0] for item in again] == ["Suivi", "Divers"]
    many = [str(n) for n in range(MOST_LINKS + 5)]
    assert len(carried_over(a_meeting(), (), "adopted", many, 900)[0].links) == MOST_LINKS


CALLED = (Convocation(number=1, year=2026, given_on="2026-03-01", date="2026-03-12"),)


@pytest.mark.parametrize(
    ("before", "changes", "steps"),
    [
        ({}, {"place": "Agadez"}, 0),
        ({"convocations": CALLED}, {"place": "Agadez"}, 1),
        ({"convocations": CALLED}, {"start": "09:00"}, 1),
        ({"convocations": CALLED}, {"last_day": "2026-03-13"}, 1),
        ({"convocations": CALLED}, {"title": "Autre", "agenda": AGENDA}, 0),
        ({"convocations": CALLED, "state": "convened"}, {"state": "postponed"}, 1),
        ({"convocations": CALLED, "state": "postponed"}, {"state": "convened"}, 1),
        ({"convocations": CALLED, "state": "postponed"}, {"state": "cancelled"}, 0),
        ({"convocations": CALLED, "state": "convened"}, {"state": "held"}, 0),
    ],
)
def test_calendars_are_told_of_another_time_or_place_once_convened(
    before: dict[str, Any], changes: dict[str, Any], steps: int
) -> None:
    first = a_meeting(sequence=4, **before)
    assert moved(first, a_meeting(**{"sequence": 4, **before, **changes})).sequence == 4 + steps
