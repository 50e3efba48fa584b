"""How late a recommendation is, and who is to know; the board that counts them."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.meetings.contract.summary import AgeCountsSchema, StageCountsSchema, StatusCountsSchema
from services.meetings.domain import board
from services.meetings.domain.standing import STATUSES
from services.meetings.domain.timeliness import (
    LATE,
    NO_DAY,
    RUNNING,
    STAGES,
    Timeliness,
    days_of,
    kept_day,
    timeliness,
)

TODAY = date(2026, 6, 15)
ASKED = date(2026, 3, 1)


@pytest.mark.parametrize(
    ("days", "stage"),
    [(-8, "ahead"), (-7, "due_soon"), (0, "due_soon"), (1, "overdue"), (13, "overdue"), (14, "secretariat"),
     (29, "secretariat"), (30, "chair"), (400, "chair")],
)  # fmt: skip
def test_it_escalates_by_the_days_that_have_passed(days: int, stage: str) -> None:
    due = (TODAY - timedelta(days=days)).isoformat()
    assert timeliness(due, "open", ASKED, TODAY) == Timeliness("open", stage, days, 106)


def test_who_is_not_waited_for_is_not_late_and_what_has_no_day_grows_old_all_the_same() -> None:
    for status in set(STATUSES) - set(RUNNING):
        assert timeliness("2020-01-01", status, ASKED, TODAY) == Timeliness(status, None, None, 106)
    assert timeliness(None, "accepted", ASKED, TODAY) == Timeliness("accepted", "no_day", None, 106)
    assert timeliness(None, "open", TODAY + timedelta(days=3), TODAY).age == 0, "of a clock that is ahead"


@given(st.none() | st.dates(date(1900, 1, 1), date(2200, 1, 1)), st.sampled_from(STATUSES))
def test_a_list_by_stage_has_exactly_those_at_that_stage(due: date | None, status: str) -> None:
    written = due.isoformat() if due else None
    kept, found = kept_day(written, status), timeliness(written, status, ASKED, TODAY)
    ranges = {stage: days_of(stage, TODAY) for stage in STAGES}
    at = [stage for stage, (first, last) in ranges.items() if kept is not None and first <= kept <= last]
    assert at == ([found.stage] if found.stage else [])
    overdue = kept is not None and kept < TODAY.isoformat()
    assert overdue == (found.stage in LATE)


def test_what_has_no_day_comes_after_every_day() -> None:
    assert kept_day("9999-12-31", "open") < NO_DAY  # type: ignore[operator]


def counted(status: str, due: str | None = None, **more: str) -> board.Counted:
    named = {name: (value,) for name, value in more.items() if name != "axis"}
    return board.Counted(timeliness(due, status, ASKED, TODAY), axis=more.get("axis"), **named)


def test_the_board_counts_and_shows_the_latest_first() -> None:
    rows = [
        counted("open", "2026-05-01", groups="a", institutions="x", axis="A1"),
        counted("accepted", "2026-06-20", groups="b", institutions="x"),
        counted("open", None, groups="b"),
        counted("verified", "2026-05-01", groups="b", institutions="y"),
    ]
    every = board.line(None, rows)
    assert (every.total, every.overdue, every.statuses["open"], every.stages["chair"]) == (4, 1, 2, 1)
    assert every.ages == {"up_to_30": 0, "up_to_90": 0, "up_to_180": 3, "older": 0}, "what ended is not old"
    assert [(one.key, one.total) for one in board.lines(rows, lambda one: one.groups)] == [("a", 1), ("b", 3)]
    assert [one.key for one in board.lines(rows, lambda one: one.institutions)] == ["x", "y"]


@given(st.lists(st.sampled_from(STATUSES)))
def test_every_line_adds_up(statuses: list[str]) -> None:
    line = board.line(None, [counted(one, "2026-06-01") for one in statuses])
    assert sum(line.statuses.values()) == line.total == len(statuses)
    assert sum(line.stages.values()) == sum(one in RUNNING for one in statuses)
    assert sum(line.ages.values()) == sum(one not in board.ENDED for one in statuses)


def test_the_contract_has_a_field_for_each_number() -> None:
    assert set(StatusCountsSchema().fields) == set(STATUSES)
    assert set(StageCountsSchema().fields) == set(STAGES)
    assert set(AgeCountsSchema().fields) == {*(name for _, name in board.AGES), board.OLDER}
