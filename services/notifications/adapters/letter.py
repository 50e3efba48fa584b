"""A notification as an e-mail: text and light HTML, in the recipient's language, readable without pictures or style."""

from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from services.meetings.contract.calendar import Address as Party
from services.meetings.contract.calendar import invitation
from services.notifications.domain.delivery import UnusableAddressError
from services.notifications.domain.notification import Notification
from services.notifications.settings import MailSettings

STATES = {
    "meeting_convened": ("convened",),
    "meeting_changed": ("convened",),
    "meeting_postponed": ("postponed",),
    "meeting_cancelled": ("cancelled",),
}
"""Kind of notification → the states of the meeting in which it says what is so."""


def compose(
    notification: Notification,
    person: dict[str, Any],
    institution: str | None,
    settings: MailSettings,
    meeting: dict[str, Any] | None = None,
) -> EmailMessage:
    """The mail to a focal point, of a meeting with what calendars take. Raises: UnusableAddressError."""
    message = EmailMessage(policy=SMTP)
    message["Message-ID"] = message_id(notification)
    message["Date"] = format_datetime(notification.created_at)
    message["From"] = Address(f"GTM {settings.node}", addr_spec=settings.sender)
    message["To"] = _address(person)
    message["Subject"] = f"[GTM] {_one_line(notification.title)}"
    message["Content-Language"] = notification.language
    # No out-of-office answers, and no mail loops (RFC 3834).
    message["Auto-Submitted"] = "auto-generated"
    message["X-GTM-Correlation-ID"] = notification.correlation_id
    facts = {
        "title": notification.title,
        "paragraphs": notification.text.split("\n\n"),
        "link": settings.public_url + notification.link,
        "institution": institution,
        "node": settings.node,
        "language": notification.language,
    }
    message.set_content(render(f"notice.{notification.language}.txt", facts), cte="quoted-printable")
    html = render(f"notice.{notification.language}.html", facts)
    message.add_alternative(html, subtype="html", cte="quoted-printable")
    if meeting is not None:
        _add_calendar(message, notification, person, meeting, settings)
    return message


def _add_calendar(
    message: EmailMessage,
    notification: Notification,
    person: dict[str, Any],
    meeting: dict[str, Any],
    settings: MailSettings,
) -> None:
    """The meeting as an invitation, or its taking back (RFC 6047), if it still is as the notification says."""
    if meeting.get("state") not in STATES.get(notification.kind, ()):
        return  # another mail is on its way, with what is so now
    made = invitation(
        meeting,
        organizer=Party(name=f"GTM {settings.node}", email=settings.sender),
        attendee=Party(name=_one_line(person["name"]), email=person["email"]),
        public_url=settings.public_url,
        language=notification.language,
        at=notification.created_at,
    )
    if made is not None:
        method, content = made
        text = content.decode("utf-8")
        message.add_alternative(text, subtype="calendar", charset="utf-8", cte="base64", params={"method": method})


def message_id(notification: Notification) -> str:
    """The same for every attempt, so that a mail sent twice is recognisable as one."""
    return f"<{notification.id}@{notification.origin.replace('_', '-')}.gtm>"


def render(template: str, facts: dict[str, Any]) -> str:
    """A template with its facts; escaped where it is HTML."""
    return _templates().get_template(template).render(facts)


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).with_name("templates")),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _address(person: dict[str, Any]) -> Address:
    try:
        return Address(_one_line(person["name"]), addr_spec=person["email"])
    except Exception as error:
        # The standard library's parser fails in many ways; none of its messages may be kept, they hold the address.
        raise UnusableAddressError from error


def _one_line(text: str) -> str:
    """Without any character that ends a line: a header has one."""
    return " ".join(text.split())
