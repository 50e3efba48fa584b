"""The mail of a meeting carries it as calendars take it (RFC 6047), read back by a second parser."""

from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any

import pytest

from services.notifications.adapters.letter import compose
from services.notifications.domain.notification import Notification, Recipient
from services.notifications.settings import MailSettings
from tests.unit.meetings.calendars import ID, read, shown

AT = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
MAIL = MailSettings(
    on=True, server=None, folder=Path("/nowhere"), sender="gtm@exemple.ne", node="central", public_url="https://x.ne"
)
PERSON = {"name": "Aïcha Énoka", "email": "aicha@exemple.ne"}


def mail(kind: str, meeting: dict[str, Any] | None) -> EmailMessage:
    base: dict[str, Any] = {
        "origin": "central",
        "version": 1,
        "visibility": "internal",
        "created_at": AT,
        "updated_at": AT,
    }
    told = Notification(
        id="01946f2a-0000-7000-8000-0000000000aa", **base, created_by="a", updated_by="a",
        recipient=Recipient(kind="focal_point", id="p"), kind=kind, title="Convocation", text="Venez",
        link="/api/v1/meetings/m", subject=ID, event_id="e", correlation_id="c",
    )  # fmt: skip
    sent = compose(told, PERSON, "INS", MAIL, meeting).as_bytes()
    return message_from_bytes(sent, policy=SMTP)


def parts(message: EmailMessage) -> list[str]:
    return [part.get_content_type() for part in message.walk() if not part.is_multipart()]


@pytest.mark.parametrize(
    ("kind", "state", "method"),
    [
        ("meeting_convened", "convened", "REQUEST"),
        ("meeting_changed", "convened", "REQUEST"),
        ("meeting_postponed", "postponed", "CANCEL"),
        ("meeting_cancelled", "cancelled", "CANCEL"),
    ],
)
def test_the_mail_of_a_meeting_is_an_invitation_or_takes_it_back(kind: str, state: str, method: str) -> None:
    message = mail(kind, shown(state=state))
    assert message.get_content_type() == "multipart/alternative"
    assert parts(message) == ["text/plain", "text/html", "text/calendar"]
    part = list(message.walk())[-1]
    assert part["Content-Type"].params == {"charset": "utf-8", "method": method}
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    assert content.count(b"\r\n") == content.count(b"\n")
    calendar = read(content)
    (event,) = calendar.events
    assert (calendar.method, event.uid, event.sequence, event.dtstamp) == (method, ID, 3, AT)
    assert event.organizer is not None
    assert event.organizer.uri == "mailto:gtm@exemple.ne"
    assert [(one.uri, one.common_name) for one in event.attendees] == [("mailto:aicha@exemple.ne", "Aïcha Énoka")]


@pytest.mark.parametrize(
    ("kind", "state"),
    [("meeting_convened", "cancelled"), ("meeting_postponed", "convened"), ("minutes_adopted", "convened")],
)
def test_what_is_no_longer_so_is_left_to_the_mail_that_says_what_is(kind: str, state: str) -> None:
    assert parts(mail(kind, shown(state=state))) == ["text/plain", "text/html"]
    assert parts(mail(kind, None)) == ["text/plain", "text/html"]
