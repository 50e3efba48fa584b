"""How GTM_SMTP_URL and GTM_MAIL are read; a wrong one stops the start without showing the password."""

from pathlib import Path

import pytest

from chassis.process.settings import Settings, SettingsError
from services.notifications.settings import MailSettings, Server


def _read(url: str, mail: str = "on", public_url: str = "https://gtm.example.ne/") -> MailSettings:
    nowhere = {"amqp_uri": "amqp://", "mongo_uri": "mongodb://", "keys": Path("keys")}
    settings = Settings(home=Path("home"), smtp_url=url, mail=mail, public_url=public_url, **nowhere)  # type: ignore[arg-type]
    return MailSettings.of(settings)


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail.example.ne", Server(host="mail.example.ne", port=25, security="none")),
        ("smtp://mail.example.ne?starttls=1", Server(host="mail.example.ne", port=587, security="starttls")),
        ("smtps://mail.example.ne", Server(host="mail.example.ne", port=465, security="tls")),
        (
            "smtps://u%40example.ne:p%3Aw@[::1]:2465/",
            Server(host="::1", port=2465, security="tls", user="u@example.ne", password="p:w", sender="u@example.ne"),
        ),
        (
            "smtp://u:p@127.0.0.1:2525?starttls=0&from=sp@ccm.ne",
            Server(host="127.0.0.1", port=2525, security="none", user="u", password="p", sender="sp@ccm.ne"),
        ),
    ],
)
def test_a_server_is_read_from_its_url(url: str, server: Server) -> None:
    assert _read(url).server == server


@pytest.mark.parametrize(
    "url",
    [
        "mail.example.ne", "http://mail.example.ne", "smtp://", "smtp://u:secret@host:port", "smtp://u:secret@host:99999",
        "smtp://u:secret@host?starttls=yes", "smtp://u:secret@host?tls=1", "smtp://u:secret@host?from=nobody",
        "smtp://u:secret@[host", "smtp://u:secret%C3%A9@host",
    ],
)  # fmt: skip
def test_an_unreadable_url_stops_the_start_and_names_the_variable(url: str) -> None:
    with pytest.raises(SettingsError, match="GTM_SMTP_URL") as told:
        _read(url)
    assert "secret" not in str(told.value)


def test_secrets_are_not_shown() -> None:
    assert "p%3Aw" not in repr(_read("smtp://u:p%3Aw@host")) and "p:w" not in repr(_read("smtp://u:p%3Aw@host"))


@pytest.mark.parametrize(
    ("public_url", "sender"),
    [
        ("https://gtm.example.ne/", "gtm@gtm.example.ne"),
        ("http://127.0.0.1:8080", "gtm@127.0.0.1"),
        ("http://[::1]:80", "gtm@localhost"),
    ],
)
def test_the_sender_is_the_node_itself_where_none_is_given(public_url: str, sender: str) -> None:
    assert _read("", public_url=public_url).sender == sender


def test_mail_is_on_or_off() -> None:
    assert _read("").on
    assert not _read("", "off").on
    with pytest.raises(SettingsError, match="GTM_MAIL"):
        _read("", "maybe")
