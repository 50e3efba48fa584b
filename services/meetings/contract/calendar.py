"""Meetings as calendars know them (RFC 5545, 5546, 6047): feeds to subscribe to, invitations to put into mails.

Here because both who keeps meetings (feeds) and who mails (invitations) write them, from the record as the contract
tells it. A meeting's UID is its record's id: the same on every node, in every feed and mail. Times are local ones of
Niamey with their zone; what has no hours, or lasts days, is of whole days. What was put off or called off is
CANCELLED; convened anew it comes back by a greater SEQUENCE.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from icalendar import Alarm, Calendar, Event, Timezone, TimezoneStandard, vCalAddress

from chassis.kernel.clock import NIAMEY

PRODUCT = "-//GTM//Plateforme de coordination//FR"
REFRESH = timedelta(hours=6)
STATUS = {"draft": "TENTATIVE", "postponed": "CANCELLED", "cancelled": "CANCELLED"}
WORDS = {
    "fr": {
        "postponed": "Reportée", "cancelled": "Annulée", "draft": "Projet",
        "agenda": "Ordre du jour", "each": "Chaque jour",
    },
    "en": {
        "postponed": "Postponed", "cancelled": "Cancelled", "draft": "Draft",
        "agenda": "Agenda", "each": "Each day",
    },
}  # fmt: skip
LONGEST = 2000
"""Characters of the agenda that are shown."""
METHODS = {"convened": "REQUEST", "postponed": "CANCEL", "cancelled": "CANCEL"}
"""A meeting's state → what its institutions are sent; nothing in other states."""

Meeting = Mapping[str, Any]
"""A meeting as the contract shows it: MeetingSchema, or the data of an event."""


@dataclass(frozen=True, kw_only=True)
class Address:
    """Somebody with a mailbox."""

    name: str
    email: str

    def written(self, **parameters: str) -> vCalAddress:
        """As a calendar has it."""
        address = vCalAddress(f"mailto:{self.email}")
        for name, value in {"CN": _line(self.name), **parameters}.items():
            address.params[name.replace("_", "-")] = value
        return address


@dataclass(frozen=True, kw_only=True)
class Feed:
    """What a feed says of itself. `alarm`: minutes before a meeting at which the calendar rings; None: never."""

    name: str
    public_url: str
    organizer: Address
    language: str = "fr"
    alarm: int | None = None


def feed(meetings: Iterable[Meeting], told: Feed) -> Iterator[bytes]:
    """A calendar to subscribe to, piece by piece: whoever joins them may do other work between two meetings.

    It says nothing of when it was asked for: the same meetings are the same bytes.
    """
    calendar = _calendar("PUBLISH")
    name = _line(told.name)
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", NIAMEY.key)
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT6H")
    end = b"END:VCALENDAR\r\n"
    yield bytes(calendar.to_ical()).removesuffix(end)
    for meeting in meetings:
        event = _event(meeting, told.public_url, told.language)
        event.add("dtstamp", _instant(meeting["updated_at"]))
        event.add("organizer", told.organizer.written())
        if told.alarm is not None and meeting["state"] not in ("postponed", "cancelled"):
            event.add_component(_alarm(meeting, told.alarm))
        yield bytes(event.to_ical())
    yield end


def invitation(
    meeting: Meeting, *, organizer: Address, attendee: Address, public_url: str, language: str, at: datetime
) -> tuple[str, bytes] | None:
    """The method and the object that one institution is sent; None where the meeting's state asks for none."""
    method = METHODS.get(meeting["state"])
    if method is None:
        return None
    calendar = _calendar(method)
    event = _event(meeting, public_url, language)
    event.add("dtstamp", at.astimezone(UTC))
    event.add("organizer", organizer.written())
    asked = {"ROLE": "REQ-PARTICIPANT"}
    if method == "REQUEST":
        asked |= {"PARTSTAT": "NEEDS-ACTION", "RSVP": "TRUE"}
    event.add("attendee", attendee.written(**asked))
    calendar.add_component(event)
    return method, bytes(calendar.to_ical())


def _calendar(method: str) -> Calendar:
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", PRODUCT)
    calendar.add("method", method)
    calendar.add_component(_niamey())
    return calendar


def _niamey() -> Timezone:
    """One hour before UTC the whole year."""
    zone, standard = Timezone(), TimezoneStandard()
    zone.add("tzid", NIAMEY.key)
    standard.add("dtstart", datetime(1970, 1, 1))  # noqa: DTZ001 (local by its definition)
    standard.add("tzoffsetfrom", timedelta(hours=1))
    standard.add("tzoffsetto", timedelta(hours=1))
    standard.add("tzname", "WAT")
    zone.add_component(standard)
    return zone


def _event(meeting: Meeting, public_url: str, language: str) -> Event:
    event, words = Event(), WORDS["en" if language == "en" else "fr"]
    state, between = meeting["state"], ": " if language == "en" else "\u00a0: "
    event.add("uid", meeting["id"])
    for name, value in zip(("dtstart", "dtend"), _when(meeting), strict=True):
        if value is not None:
            event.add(name, value)
    event.add("summary", f"{words[state]}{between}{meeting['title']}" if state in words else meeting["title"])
    if meeting.get("place"):
        event.add("location", meeting["place"])
    description = _description(meeting, words, between)
    if description:
        event.add("description", description)
    event.add("url", f"{public_url.rstrip('/')}/api/v1/meetings/{meeting['id']}")
    event.add("status", STATUS.get(state, "CONFIRMED"))
    event.add("sequence", meeting.get("sequence") or 0)
    event.add("created", _instant(meeting["created_at"]))
    event.add("last-modified", _instant(meeting["updated_at"]))
    if meeting.get("group_name"):
        # Programs that split at commas do so at escaped ones as well.
        event.add("categories", [meeting["group_name"].replace(", ", " – ").replace(",", " ")])
    return event


def _when(meeting: Meeting) -> tuple[date | datetime, date | datetime | None]:
    """Beginning and end, which a day's is exclusive; no end where none was said."""
    first = date.fromisoformat(meeting["date"])
    last = date.fromisoformat(meeting.get("last_day") or meeting["date"])
    start, end = meeting.get("start"), meeting.get("end")
    if first != last or not start:
        return first, last + timedelta(days=1) if last < date.max else None
    return _local(first, start), _local(first, end) if end and end > start else None


def _description(meeting: Meeting, words: Mapping[str, str], between: str) -> str:
    several = meeting.get("last_day") not in (None, meeting["date"])
    hours = " – ".join(hour for hour in (meeting.get("start"), meeting.get("end")) if hour)
    paragraphs = [f"{words['each']}{between}{hours}"] if several and hours else []
    items = [f"- {item['title']}" for item in meeting.get("agenda") or () if not item.get("postponed")]
    if items:
        paragraphs.append("\n".join([f"{words['agenda']}{between.rstrip()}", *items]))
    text = "\n\n".join(paragraphs)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _alarm(meeting: Meeting, minutes: int) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("trigger", timedelta(minutes=-minutes))
    alarm.add("description", meeting["title"])
    return alarm


def _local(day: date, hour: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(hour), NIAMEY)


def _instant(value: str | datetime) -> datetime:
    read = datetime.fromisoformat(value) if isinstance(value, str) else value
    return read.astimezone(UTC).replace(microsecond=0)


def _line(text: str) -> str:
    """Fit for a parameter: no quotes, no breaks."""
    return " ".join(text.replace('"', "'").split())
