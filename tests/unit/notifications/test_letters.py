"""Every text that a person receives is a golden file: golden/<kind>.<language>.txt and .html.

To change a text, change its golden file by hand first; a failing test shows the new text.
"""

from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest

from services.notifications.adapters.letter import compose, message_id
from services.notifications.domain import wording
from services.notifications.domain.announcement import Announcement
from services.notifications.domain.delivery import UnusableAddressError
from services.notifications.domain.notification import ACTS, Notification, Recipient
from services.notifications.settings import MailSettings

GOLDEN = Path(__file__).with_name("golden")
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
PERSON = {"name": "Aïssa Abdou", "email": "aissa@example.ne"}
SETTINGS = MailSettings(
    on=True,
    server=None,
    folder=Path("unused"),
    sender="gtm@gtm.example.ne",
    node="central",
    public_url="https://gtm.example.ne",
)
FACTS = {
    "title": "Réunion ordinaire du GTM",
    "date": "2026-03-01",
    "group_name": "Groupe technique sur la migration",
    "deadline": "2026-03-12T22:59:59.000Z",
    "adopted_on": "2026-03-10",
    "start": "09:00",
    "place": "Niamey, salle de la DGECM-R",
    "agenda": "\n- Plan d’action 2026\n- Divers",
}


def _announcement(act: str, **fields: Any) -> Announcement:
    noun = "minutes" if act.startswith("minutes") else "meetings"
    values: dict[str, Any] = {
        "event_id": "0196a0b0-0000-7000-8000-000000000001",
        "subject": "0196a0b0-0000-7000-8000-000000000002",
        "link": f"/api/v1/{noun}/0196a0b0-0000-7000-8000-000000000002",
        "actor": "a-1",
        "correlation_id": "c-1",
        "happened_at": NOON,
        "institutions": (),
        "facts": FACTS,
    }
    return Announcement(act=act, **values | fields)


def _notification(act: str, language: str, **fields: Any) -> Notification:
    announcement = _announcement(act)
    words = wording.notice(announcement, language)
    values: dict[str, Any] = {
        "id": "0196a0b0-0000-7000-8000-000000000003",
        "origin": "central",
        "version": 1,
        "visibility": "internal",
        "created_at": NOON,
        "created_by": "system",
        "updated_at": NOON,
        "updated_by": "system",
        "recipient": Recipient(kind="focal_point", id="f-1"),
        "kind": act,
        "language": language,
        "title": words.title,
        "text": words.text,
        "link": announcement.link,
        "subject": announcement.subject,
        "event_id": announcement.event_id,
        "correlation_id": "c-1",
    }
    return Notification(**values | fields)


def _received(notification: Notification, person: dict[str, Any] = PERSON, institution: str | None = "HCR") -> Any:
    """The mail as the recipient's program reads it."""
    sent = compose(notification, person, institution, SETTINGS).as_bytes()
    assert max(len(line) for line in sent.splitlines()) <= 998
    return message_from_bytes(sent, _class=EmailMessage, policy=default)


def _text(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("act", ACTS)
def test_a_mail_reads_as_its_golden_file(act: str, language: str) -> None:
    mail = _received(_notification(act, language))
    shown = f"Subject: {mail['Subject']}\n\n{_text(mail, 'plain')}"
    assert shown == (GOLDEN / f"{act}.{language}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("language", ["fr", "en"])
def test_its_html_is_golden_too(language: str) -> None:
    shown = _text(_received(_notification("minutes_circulated", language)), "html")
    assert shown == (GOLDEN / f"minutes_circulated.{language}.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_report_reads_as_its_golden_file(language: str) -> None:
    announcement = _announcement("minutes_circulated", unmatched=("Comité des jeunes de Tabelot",))
    words = wording.report(announcement, ["Agence de l’ONU pour les réfugiés (HCR)", "INS"], ["Mairie"], language)
    golden = (GOLDEN / f"report.{language}.txt").read_text(encoding="utf-8")
    assert f"{words.title}\n\n{words.text}\n" == golden


def test_a_line_is_left_out_where_its_fact_is_not_known() -> None:
    words = wording.notice(_announcement("minutes_circulated", facts={"title": "T", "date": "2026-03-01"}), "fr")
    assert (
        words.text
        == "Le compte-rendu «\u00a0T\u00a0» de la réunion du 1er mars 2026 vous est soumis pour observations."
    )


def test_headers_say_who_to_whom_and_that_it_is_automatic() -> None:
    mail = _received(_notification("minutes_adopted", "fr"))
    assert mail["From"] == "GTM central <gtm@gtm.example.ne>"
    assert mail["To"] == "Aïssa Abdou <aissa@example.ne>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["X-GTM-Correlation-ID"] == "c-1"
    assert mail["Date"].datetime == NOON
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]


def test_a_repeat_bears_the_same_message_id() -> None:
    first, again = (_received(_notification("minutes_adopted", "fr", version=version)) for version in (1, 2))
    assert first["Message-ID"] == again["Message-ID"] == "<0196a0b0-0000-7000-8000-000000000003@central.gtm>"
    assert message_id(_notification("minutes_adopted", "fr", origin="sp_ccm")).endswith("@sp-ccm.gtm>")


def test_what_people_typed_cannot_add_headers_or_markup() -> None:
    title = "Titre\u2028Bcc: x@example.org <b>gras</b> {link}"
    notification = _notification("minutes_adopted", "fr", title=title, text=title)
    person = {"name": 'A, "B"\u0085<c@example.org>', "email": "aissa@example.ne"}
    mail = _received(notification, person, "<script>")
    assert mail["Subject"] == "[GTM] Titre Bcc: x@example.org <b>gras</b> {link}"
    assert [one.addr_spec for one in mail["To"].addresses] == ["aissa@example.ne"]
    assert mail["Bcc"] is None
    html = _text(mail, "html")
    assert "<b>" not in html
    assert "<script>" not in html


@pytest.mark.parametrize("email", ["", "no-at", "a b@example.ne", "a@b@c"])
def test_an_address_that_no_mail_can_bear_is_told_without_repeating_it(email: str) -> None:
    with pytest.raises(UnusableAddressError) as told:
        _received(_notification("minutes_adopted", "fr"), {"name": "X", "email": email})
    assert str(told.value) == "the address cannot be used for mail"


def test_very_long_titles_and_texts_still_make_a_mail() -> None:
    long = "é" * 900
    mail = _received(_notification("minutes_adopted", "fr", title=long, text="mot " * 20_000))
    assert mail["Subject"] == f"[GTM] {long}"
    assert _text(mail, "plain").count("mot") == 20_000
