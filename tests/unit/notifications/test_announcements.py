"""Who is told of an act, who is not, and what the report says. Case numbers are those of handlers/announcement.py."""

from typing import Any

import pytest

from chassis.kernel.errors import UnavailableError
from services.actors.contract import events as actors
from services.meetings.contract import events as meetings
from services.notifications.contract.records import NotificationSchema
from services.notifications.domain.announcement import unlinked
from services.notifications.handlers.announcement import (
    announce_meeting,
    announce_minutes,
    catch_up,
    complete,
)
from tests.unit.notifications.builders import (
    AFTER,
    BEFORE,
    a_focal_point,
    a_meeting,
    a_record,
    an_event,
    an_institution,
    circulated,
    created,
    some_minutes,
)
from tests.unit.notifications.story import Story


@pytest.fixture
def story() -> Story:
    return Story()


def test_active_focal_points_of_institutions_present_are_told_in_their_language(story: Story) -> None:
    french = a_focal_point(story.one)
    english = a_focal_point(story.one, language="en")
    ended = a_focal_point(story.one, status="ended")
    elsewhere = a_focal_point(an_institution("Ailleurs"))
    story.knows(french, english, ended, elsewhere)
    event = circulated(story.minutes)
    announce_minutes(event, story.work)
    assert sorted(story.work.told()) == sorted([french["id"], english["id"]])
    told = {one.recipient.id: one for one in story.work.notifications.stored.values()}
    assert told[french["id"]].title == "Compte-rendu à relire\u00a0: Réunion ordinaire du GTM"
    assert told[english["id"]].title == "Minutes to review: Réunion ordinaire du GTM"
    assert "12 March 2026 at 23:59" in told[english["id"]].text
    first = told[french["id"]]
    assert [(one.channel, one.status) for one in first.deliveries] == [("in_app", "done"), ("email", "pending")]
    assert (first.event_id, first.subject, first.kind) == (event.id, story.minutes["id"], "minutes_circulated")
    assert first.correlation_id == "c-1"
    assert first.visibility == "internal"


def test_what_is_internal_is_announced_to_nobody(story: Story) -> None:
    """Case 6: they could not open it."""
    story.knows(a_focal_point(story.one))
    announce_minutes(circulated(story.minutes | {"visibility": "internal"}), story.work)
    meeting = a_meeting(title="Entre nous", visibility="internal", group_id=a_record()["id"])
    announce_meeting(an_event(meetings.MEETING_CONVENED, meeting), story.work)
    assert story.work.notifications.stored == {}


def test_no_notification_carries_a_name_or_an_address(story: Story) -> None:
    story.knows(a_focal_point(story.one, name="Zeinabou Unique", email="unique@example.ne", phone="+22790000000"))
    announce_minutes(circulated(story.minutes), story.work)
    shown = str([NotificationSchema().dump(one) for _, one in story.work.saved])
    assert "unique" not in shown.casefold()
    assert "22790000000" not in shown


def test_whoever_acted_gets_a_report_of_who_was_told_and_who_was_not(story: Story) -> None:
    story.knows(a_focal_point(story.one))
    announce_minutes(circulated(story.minutes), story.work)
    report = story.work.report()
    assert (report.recipient.kind, report.recipient.id) == ("account", "account-of-secretariat")
    assert (report.told, report.not_told) == ((story.one["id"],), (story.two["id"],))
    assert report.title == "Compte-rendu mis en circulation\u00a0: institutions informées 1 sur 3"
    assert "Informées (1)\u00a0:\n- Organisation internationale (OI)" in report.text
    assert "Sans point focal, donc non informées (1)\u00a0:\n- Mairie de Tahoua" in report.text
    assert "Sans lien avec l’annuaire, donc non informées (1)\u00a0:\n- Comité des jeunes" in report.text
    assert report.language == "fr"
    assert [one.channel for one in report.deliveries] == ["in_app"]


def test_a_report_says_it_too_when_nobody_could_be_told(story: Story) -> None:
    announce_minutes(circulated(story.minutes), story.work)
    assert "Informées (0)\u00a0: aucune institution." in story.work.report().text


def test_every_notification_fits_the_contract(story: Story) -> None:
    story.knows(a_focal_point(story.one))
    announce_minutes(circulated(story.minutes), story.work)
    for _, record in story.work.saved:
        assert NotificationSchema().load(NotificationSchema().dump(record))


@pytest.mark.parametrize("kind", [meetings.MINUTES_IMPORTED, meetings.MINUTES_CHANGED, meetings.MINUTES_PUBLISHED])
def test_other_events_of_minutes_tell_nobody(story: Story, kind: Any) -> None:
    story.knows(a_focal_point(story.one))
    announce_minutes(an_event(kind, story.minutes), story.work)
    assert story.work.saved == []


def test_archived_minutes_tell_nobody(story: Story) -> None:
    story.knows(a_focal_point(story.one))
    archived = story.minutes | {"archive": True, "state": "adopted"}
    announce_minutes(an_event(meetings.MINUTES_ARCHIVED, archived), story.work)
    announce_minutes(an_event(meetings.MINUTES_ADOPTED, archived), story.work)
    assert story.work.saved == []


def test_adoption_is_told_apart_from_circulation(story: Story) -> None:
    story.knows(a_focal_point(story.one))
    announce_minutes(circulated(story.minutes), story.work)
    adopted = story.minutes | {"state": "adopted", "adopted_on": "2026-03-01"}
    announce_minutes(an_event(meetings.MINUTES_ADOPTED, adopted), story.work)
    kinds = [one.kind for _, one in story.work.saved]
    assert kinds == ["minutes_circulated", "report", "minutes_adopted", "report"]
    assert "1er mars 2026" in story.work.saved[2][1].text


def test_case_1_an_institution_not_known_yet_makes_the_event_wait(story: Story) -> None:
    del story.work.known_institutions.copies[story.two["id"]]
    with pytest.raises(UnavailableError, match="not-known-yet"):
        announce_minutes(circulated(story.minutes), story.work)
    assert story.work.saved == []


def test_case_1_a_meeting_not_known_yet_makes_the_event_wait(story: Story) -> None:
    story.work.known_meetings.copies.clear()
    with pytest.raises(UnavailableError, match="not-known-yet"):
        announce_minutes(circulated(story.minutes), story.work)


def test_case_1_a_meeting_known_only_as_before_its_minutes_makes_the_event_wait(story: Story) -> None:
    late = some_minutes(story.meeting, [story.one]) | {"created_at": "2026-03-02T11:00:00.000Z"}
    with pytest.raises(UnavailableError, match="not-known-yet"):
        announce_minutes(circulated(late), story.work)


@pytest.mark.parametrize("order", ["focal point first", "minutes first"])
def test_case_2_a_focal_point_made_before_the_act_is_told_in_both_orders(story: Story, order: str) -> None:
    person, event = a_focal_point(story.two, BEFORE), circulated(story.minutes)
    if order == "focal point first":
        story.knows(person)
        catch_up(story.work, created(person))
        announce_minutes(event, story.work)
    else:
        announce_minutes(event, story.work)
        assert story.work.report().told == ()
        story.knows(person)
        catch_up(story.work, created(person))
    complete(story.work, event.id)
    assert story.work.told() == [person["id"]]
    report = story.work.report()
    assert (report.told, report.not_told) == ((story.two["id"],), (story.one["id"],))
    assert report.version == (1 if order == "focal point first" else 2)
    assert "Informées (1)\u00a0:\n- Mairie de Tahoua" in report.text


@pytest.mark.parametrize("order", ["focal point first", "minutes first"])
def test_a_focal_point_made_after_the_act_is_not_told_in_either_order(story: Story, order: str) -> None:
    person, event = a_focal_point(story.two, AFTER), circulated(story.minutes)
    if order == "focal point first":
        story.knows(person)
        announce_minutes(event, story.work)
    else:
        announce_minutes(event, story.work)
        story.knows(person)
        catch_up(story.work, created(person))
    complete(story.work, event.id)
    assert story.work.told() == []


def test_a_person_who_takes_an_institution_over_later_is_not_told_of_its_past(story: Story) -> None:
    announce_minutes(circulated(story.minutes), story.work)
    moved = a_focal_point(story.two, BEFORE) | {"version": 2, "updated_at": "2026-03-03T08:00:00.000Z"}
    story.knows(moved)
    catch_up(story.work, an_event(actors.FOCAL_POINT_CHANGED, moved))
    assert story.work.told() == []


def test_a_late_event_of_a_focal_point_that_ended_since_tells_nobody(story: Story) -> None:
    announce_minutes(circulated(story.minutes), story.work)
    person = a_focal_point(story.two, BEFORE)
    story.knows(person | {"status": "ended"})
    catch_up(story.work, created(person))
    assert story.work.told() == []


def test_case_3_who_became_known_during_the_announcement_is_told_after_it(story: Story) -> None:
    event, person = circulated(story.minutes), a_focal_point(story.one)
    announce_minutes(event, story.work)
    story.knows(person)
    complete(story.work, event.id)
    complete(story.work, event.id)
    assert story.work.told() == [person["id"]]


def test_case_4_the_same_event_again_tells_nobody_again(story: Story) -> None:
    story.knows(a_focal_point(story.one))
    event = circulated(story.minutes)
    announce_minutes(event, story.work)
    announce_minutes(event, story.work)
    assert len(story.work.saved) == 2


def test_a_second_focal_point_of_a_told_institution_leaves_the_report_as_it_is(story: Story) -> None:
    story.knows(a_focal_point(story.one))
    announce_minutes(circulated(story.minutes), story.work)
    second = a_focal_point(story.one, BEFORE)
    story.knows(second)
    catch_up(story.work, created(second))
    assert second["id"] in story.work.told()
    assert story.work.report().version == 1


def test_who_was_excused_is_not_asked_after() -> None:
    attendance: list[dict[str, Any]] = [
        {"text": "OIM", "institution_id": "oim"},
        {"text": "INS", "institution_id": "ins", "status": "excused"},
        {"text": "Un passant", "institution_id": None, "status": None},
        {"text": "MI", "institution_id": "mi", "status": "delegate"},
    ]
    assert unlinked(attendance, ["oim"]) == ("Un passant", "MI")
