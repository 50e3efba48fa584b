"""Of which acts people are still told where news of them comes late (case 5 of handlers/announcement.py)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chassis.kernel.ids import new_id
from services.meetings.contract import events as meetings
from services.notifications.domain.lateness import patience, still_matters
from services.notifications.handlers.announcement import announce_meeting, announce_minutes
from tests.unit.notifications.builders import (
    NOON,
    a_focal_point,
    a_meeting,
    a_record,
    an_event,
    an_institution,
    some_minutes,
)
from tests.unit.notifications.fake_work import FakeWork

THREE_WEEKS = timedelta(days=21)
LONG_AGO = timedelta(days=400)


@pytest.mark.parametrize(
    ("act", "facts", "age", "days", "told"),
    [
        ("meeting_convened", {"date": "2026-03-02"}, LONG_AGO, 30, True),  # today, until the day is over
        ("meeting_cancelled", {"date": "2026-03-01"}, timedelta(days=2), 30, False),
        ("minutes_circulated", {"deadline": "2026-03-02T12:00:00.000Z"}, LONG_AGO, 2, True),
        ("minutes_circulated", {"deadline": "2026-03-02T11:59:59.999Z"}, timedelta(0), 30, False),
        ("minutes_circulated", {"deadline": None}, THREE_WEEKS, 30, True),
        # Adopted: the deadline for comments is past, and no end of this act.
        ("minutes_adopted", {"deadline": "2026-02-01T00:00:00.000Z"}, THREE_WEEKS, 30, True),
        ("minutes_adopted", {}, THREE_WEEKS, 2, False),
        ("minutes_adopted", {}, timedelta(days=31), 30, False),
    ],
)
def test_an_act_matters_until_its_end_or_for_some_days(
    act: str, facts: dict[str, str | None], age: timedelta, days: int, told: bool
) -> None:
    assert still_matters(act, facts, NOON - age, NOON, days) is told


def test_the_day_of_a_meeting_ends_at_midnight_in_niamey() -> None:
    facts, before = {"date": "2026-03-02"}, datetime(2026, 3, 2, 22, 59, tzinfo=UTC)
    assert still_matters("meeting_convened", facts, NOON, before, 30)
    assert not still_matters("meeting_convened", facts, NOON, before + timedelta(minutes=1), 30)


def test_what_comes_in_a_parcel_matters_for_less_long() -> None:
    assert (patience(30, in_parcel=False), patience(30, in_parcel=True), patience(1, in_parcel=True)) == (30, 2, 1)


@pytest.fixture
def work() -> Any:
    return FakeWork(node="agadez")


def adopted(work: Any, age: timedelta, **more: Any) -> Any:
    """News of an adoption, at a node that knows the institution and its focal point since long before."""
    institution = an_institution("Mairie d’Agadez")
    meeting = a_meeting([{"text": "Mairie", "institution_id": institution["id"]}])
    work.known_institutions.add(institution)
    work.known_meetings.add(meeting)
    work.known_focal_points.add(a_focal_point(institution, NOON - 2 * LONG_AGO))
    minutes = some_minutes(meeting, [institution], state="adopted", adopted_on="2026-02-24")
    return replace(an_event(meetings.MINUTES_ADOPTED, minutes, NOON - age), **more)


def test_an_act_that_a_cut_link_held_up_for_three_weeks_is_told_once(work: Any) -> None:
    event = adopted(work, THREE_WEEKS)
    announce_minutes(event, work)
    announce_minutes(replace(event, replay="again"), work)
    assert len(work.told()) == 1


@pytest.mark.parametrize("late", [{"in_parcel": True}, {"age": LONG_AGO}])
def test_what_is_long_past_is_told_nobody_and_reported_to_nobody(work: Any, late: dict[str, Any]) -> None:
    announce_minutes(adopted(work, late.pop("age", THREE_WEEKS), **late), work)
    assert not work.notifications.stored
    assert not work.announcements.stored


def test_what_this_node_did_itself_is_told_whatever_its_age_unless_it_comes_back_in_a_parcel(work: Any) -> None:
    announce_minutes(adopted(work, LONG_AGO, origin="agadez"), work)
    assert len(work.told()) == 1
    announce_minutes(adopted(work, LONG_AGO, origin="agadez", in_parcel=True), work)
    assert len(work.told()) == 1


def test_a_meeting_yet_to_come_is_told_however_news_of_it_comes_and_a_past_one_waits_for_no_group(work: Any) -> None:
    institution = an_institution("Mairie d’Agadez")
    group = a_record(members=[{"institution_id": institution["id"], "role": "member"}])
    work.known_institutions.add(institution)
    work.known_groups.add(group)
    work.known_focal_points.add(a_focal_point(institution, NOON - 2 * LONG_AGO))
    for day, known in (("2026-03-20", group["id"]), ("2026-02-20", group["id"]), ("2026-02-20", new_id())):
        meeting = a_meeting(group_id=known, date=day, state="convened")
        event = an_event(meetings.MEETING_CONVENED, meeting, NOON - THREE_WEEKS)
        announce_meeting(replace(event, in_parcel=True), work)
    assert len(work.told()) == 1
