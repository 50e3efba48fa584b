"""Who is told that a meeting is convened, and who of an institution that was merged."""

from typing import Any

import pytest

from chassis.kernel.errors import UnavailableError
from services.actors.contract import events as actors
from services.meetings.contract import events as meetings
from services.notifications.handlers.announcement import (
    announce_meeting,
    announce_minutes,
    catch_up_merge,
)
from tests.unit.notifications.builders import (
    NOON,
    a_focal_point,
    a_meeting,
    a_record,
    an_event,
    an_institution,
    circulated,
)
from tests.unit.notifications.story import Story


@pytest.fixture
def story() -> Story:
    return Story()


def test_convening_tells_the_members_of_the_group_on_that_day(story: Story) -> None:
    since, until = {"since": "2026-03-01"}, {"until": "2026-02-01"}
    third = an_institution("Ancienne membre")
    members = [{"institution_id": story.one["id"]}, {"institution_id": story.two["id"], **since}]
    group = a_record(name="GTM central", members=[*members, {"institution_id": third["id"], **until}])
    story.work.known_groups.add(group)
    here, not_yet, no_more = a_focal_point(story.one), a_focal_point(story.two), a_focal_point(third)
    story.knows(here, not_yet, no_more)
    agenda = [{"title": "Plan d’action"}, {"title": "Reporté", "postponed": True}]
    facts: dict[str, Any] = {
        "group_name": "GTM central",
        "start": "09:00",
        "place": "Niamey",
        "agenda": agenda,
        "state": "convened",
    }
    meeting = a_meeting(group_id=group["id"], **facts)
    announce_meeting(an_event(meetings.MEETING_CONVENED, meeting), story.work)
    assert story.work.told() == [here["id"]]
    text = story.work.saved[0][1].text
    assert "Heure\u00a0: 09 h 00." in text
    assert "Ordre du jour\u00a0:\n- Plan d’action" in text
    assert "Reporté" not in text


def test_convening_waits_for_the_group_and_skips_meetings_of_no_group(story: Story) -> None:
    announce_meeting(an_event(meetings.MEETING_CONVENED, a_meeting()), story.work)
    with pytest.raises(UnavailableError, match="not-known-yet"):
        of_group = a_meeting(group_id=a_record()["id"])
        announce_meeting(an_event(meetings.MEETING_CANCELLED, of_group), story.work)
    assert story.work.saved == []


def test_holding_a_meeting_tells_nobody(story: Story) -> None:
    announce_meeting(an_event(meetings.MEETING_HELD, a_meeting(group_id=a_record()["id"])), story.work)
    assert story.work.saved == []
    assert story.work.now == NOON


def merged_into(kept: dict[str, Any], merged: dict[str, Any], **fields: Any) -> dict[str, Any]:
    values = {"kept_id": kept["id"], "merged_id": merged["id"], "reason": None, "undoes": None} | fields
    return a_record(**values)


@pytest.mark.parametrize("order", ["merge first", "minutes first"])
def test_case_7_who_is_kept_under_the_merged_institution_is_told_in_both_orders(story: Story, order: str) -> None:
    former = an_institution("Ancienne OI")
    person, merge, event = a_focal_point(former), merged_into(story.one, former), circulated(story.minutes)
    story.knows(person)
    if order == "minutes first":
        announce_minutes(event, story.work)
        assert story.work.told() == []
    story.work.known_merges.add(merge)
    if order == "merge first":
        announce_minutes(event, story.work)
    catch_up_merge(story.work, an_event(actors.MERGE_MADE, merge))
    assert story.work.told() == [person["id"]]
    assert story.work.report().told == (story.one["id"],)


def test_a_merge_made_after_the_act_or_undone_before_it_changes_nobody(story: Story) -> None:
    former = an_institution("Ancienne OI")
    story.knows(a_focal_point(former))
    undone = merged_into(story.two, former)
    undoing = merged_into(story.two, former, undoes=undone["id"])
    later = merged_into(story.one, former) | {"created_at": "2026-03-03T08:00:00.000Z"}
    for one in (undone, undoing, later):
        story.work.known_merges.add(one)
    announce_minutes(circulated(story.minutes), story.work)
    catch_up_merge(story.work, an_event(actors.MERGE_MADE, later))
    assert story.work.told() == []
