"""Feeds and invitations: read back by a second parser, field by field; and the bytes as the standard wants them."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ical.event import EventStatus

from services.meetings.contract.calendar import Address, Feed, invitation
from tests.unit.meetings.acts import NOW
from tests.unit.meetings.calendars import AGENDA, ID, feed, read, shown

ORGANIZER = Address(name='SP/CCM "permanent", Niamey', email="gtm@exemple.ne")
FOCAL = Address(name="Aïcha : point focal", email="aicha@exemple.ne")
TOLD = Feed(name="GTM — réunions", public_url="https://gtm.exemple.ne/", organizer=ORGANIZER)
AT = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)


def sent(meeting: dict[str, Any]) -> tuple[str, bytes] | None:
    url = "https://gtm.exemple.ne"
    return invitation(meeting, organizer=ORGANIZER, attendee=FOCAL, public_url=url, language="fr", at=AT)


def test_a_feed_is_read_back_field_by_field() -> None:
    calendar = read(feed([shown()], TOLD))
    assert (calendar.method, calendar.version) == ("PUBLISH", "2.0")
    assert [zone.tz_id for zone in calendar.timezones] == ["Africa/Niamey"]
    (event,) = calendar.events
    assert event.uid == ID
    for day, hour, minute in ((event.dtstart, 8, 0), (event.dtend, 10, 30)):
        assert isinstance(day, datetime)
        assert day.astimezone(UTC) == datetime(2026, 3, 12, hour, minute, tzinfo=UTC)
    assert event.summary == shown()["title"]
    assert event.location == "Niamey, DGECM-R"
    assert event.description == f"Ordre du jour\u00a0:\n- {AGENDA[0].title}"
    assert event.url == f"https://gtm.exemple.ne/api/v1/meetings/{ID}"
    assert (event.status, event.sequence) == (EventStatus.CONFIRMED, 3)
    assert event.categories == ["Groupe Technique – Zinder"]
    assert event.dtstamp == event.last_modified == NOW.replace(microsecond=0)
    assert event.organizer is not None
    assert event.organizer.uri == "mailto:gtm@exemple.ne"
    assert event.attendees == []
    assert event.alarm == []


@pytest.mark.parametrize(
    ("state", "status", "summary"),
    [
        ("draft", "TENTATIVE", "Projet\u00a0: R"),
        ("convened", "CONFIRMED", "R"),
        ("held", "CONFIRMED", "R"),
        ("closed", "CONFIRMED", "R"),
        ("postponed", "CANCELLED", "Reportée\u00a0: R"),
        ("cancelled", "CANCELLED", "Annulée\u00a0: R"),
    ],
)
def test_each_state_has_its_status(state: str, status: str, summary: str) -> None:
    (event,) = read(feed([shown(state=state, title="R")], TOLD)).events
    assert event.status is not None
    assert (event.status.value, event.summary) == (status, summary)


@pytest.mark.parametrize(
    ("fields", "first", "after"),
    [
        ({"start": None, "end": None}, date(2026, 3, 12), date(2026, 3, 13)),
        ({"last_day": "2026-03-14"}, date(2026, 3, 12), date(2026, 3, 15)),
        ({"start": None, "end": None, "date": "9999-12-31"}, date(9999, 12, 31), None),
    ],
)
def test_without_hours_or_over_days_a_meeting_is_of_whole_days(
    fields: dict[str, Any], first: date, after: date | None
) -> None:
    text = feed([shown(**fields)], TOLD).decode()
    assert f"DTSTART;VALUE=DATE:{first:%Y%m%d}" in text
    if after is not None:
        assert f"DTEND;VALUE=DATE:{after:%Y%m%d}" in text
        (event,) = read(text.encode()).events
        assert (event.dtstart, event.dtend) == (first, after)
    assert ("Chaque jour" in text) == ("last_day" in fields)


def test_an_alarm_is_there_if_it_is_asked_for_and_never_for_what_falls_out() -> None:
    ringing = Feed(name="x", public_url="https://x", organizer=ORGANIZER, alarm=30)
    (event,) = read(feed([shown()], ringing)).events
    assert [one.trigger for one in event.alarm] == [timedelta(minutes=-30)]
    (event,) = read(feed([shown(state="cancelled")], ringing)).events
    assert event.alarm == []


def test_the_same_meetings_are_the_same_bytes() -> None:
    assert feed([shown()], TOLD) == feed([shown()], TOLD) != feed([shown(place="Agadez")], TOLD)


@pytest.mark.parametrize(
    ("state", "method", "status"),
    [("convened", "REQUEST", "CONFIRMED"), ("postponed", "CANCEL", "CANCELLED"), ("cancelled", "CANCEL", "CANCELLED")],
)
def test_an_invitation_asks_one_institution_and_is_taken_back(state: str, method: str, status: str) -> None:
    made = sent(shown(state=state))
    assert made is not None
    assert made[0] == method
    calendar = read(made[1])
    (event,) = calendar.events
    assert calendar.method == method
    assert (event.uid, event.sequence, event.dtstamp) == (ID, 3, AT)
    assert event.status is not None
    assert event.status.value == status
    assert event.organizer is not None
    assert event.organizer.uri == "mailto:gtm@exemple.ne"
    (attendee,) = event.attendees
    assert (attendee.uri, attendee.common_name) == ("mailto:aicha@exemple.ne", "Aïcha : point focal")
    assert attendee.rsvp is (True if method == "REQUEST" else None)


@pytest.mark.parametrize("state", ["draft", "held", "closed"])
def test_nobody_is_sent_what_is_not_called_or_over(state: str) -> None:
    assert sent(shown(state=state)) is None


texts = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), min_size=1, max_size=300)


@settings(max_examples=40)
@given(texts.filter(str.strip), texts, st.sampled_from(("REQUEST", "PUBLISH")))
def test_lines_are_folded_at_75_octets_between_characters_and_nothing_is_lost(
    title: str, place: str, method: str
) -> None:
    meeting = shown(title=title, place=place)
    content = feed([meeting], TOLD) if method == "PUBLISH" else (sent(meeting) or ("", b""))[1]
    assert content.endswith(b"\r\n")
    lines = content.split(b"\r\n")
    assert not any(b"\n" in line or b"\r" in line for line in lines)
    assert max(map(len, lines)) <= 75
    for line in lines:
        line.decode("utf-8")
    (event,) = read(content).events
    assert event.summary == title
    assert (event.location or "") == place
