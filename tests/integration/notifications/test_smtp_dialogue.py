"""The SMTP adapter against a real server: TLS is verified, a password is used, nobody waits for ever."""

import socket
from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any

import pytest

from services.notifications.adapters import email as adapter
from services.notifications.adapters.email import SmtpMailer
from services.notifications.domain.delivery import MailDelayedError, MailRefusedError, ServerAwayError
from services.notifications.settings import Server
from tests.integration.notifications.mail_server import PASSWORD, USER, MailServer, a_certificate
from tests.integration.ports import free_port


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return a_certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture(params=["starttls", "tls"])
def secure(request: Any, certificate: Path, port: int) -> Iterator[tuple[MailServer, Server]]:
    """A server that demands TLS and a password, and how to reach it."""
    server = MailServer(port, certificate=certificate, at_once=request.param == "tls")
    security = {"host": "127.0.0.1", "port": port, "security": request.param}
    yield server, Server(user=USER, password=PASSWORD, **security)
    server.close()


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def plain(port: int) -> Iterator[MailServer]:
    server = MailServer(port)
    yield server
    server.close()


def a_mail(to: str = "aissa@example.ne") -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = "gtm@example.ne", to, "Essai"
    message.set_content("Bonjour")
    return message


def test_tls_is_verified(secure: tuple[MailServer, Server], monkeypatch: pytest.MonkeyPatch) -> None:
    server, how = secure
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    with pytest.raises(ServerAwayError, match="SSLCertVerificationError"):
        SmtpMailer(how).send(a_mail())
    assert server.taken == []


def test_several_mails_use_one_connection(
    secure: tuple[MailServer, Server], certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, how = secure
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    mailer = SmtpMailer(how)
    for _ in range(3):
        assert mailer.send(a_mail()) is None
    mailer.close()
    assert len(server.taken) == 3


def test_a_wrong_password_is_told_without_it(
    secure: tuple[MailServer, Server], certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, how = secure
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    wrong = Server(host=how.host, port=how.port, security=how.security, user=USER, password="wrong-one")
    with pytest.raises(ServerAwayError, match="SMTPAuthenticationError 535"):
        SmtpMailer(wrong).send(a_mail())
    assert server.taken == []


def test_a_server_that_offers_no_tls_or_no_password_gets_no_mail(plain: MailServer) -> None:
    for how in ({"security": "starttls"}, {"security": "none", "user": USER, "password": PASSWORD}):
        with pytest.raises(ServerAwayError, match="SMTPNotSupportedError"):
            SmtpMailer(Server(host="127.0.0.1", port=plain.port, **how)).send(a_mail())
    assert plain.taken == []


def test_one_refusal_does_not_stop_the_next_mail(plain: MailServer) -> None:
    answers = {"no@example.ne": "550 unknown no@example.ne", "later@example.ne": "450 busy"}
    plain.answer = answers.get
    mailer = SmtpMailer(Server(host="127.0.0.1", port=plain.port, security="none"))
    with pytest.raises(MailRefusedError, match=r"^the server answered 550 to the recipient$"):
        mailer.send(a_mail("no@example.ne"))
    with pytest.raises(MailDelayedError):
        mailer.send(a_mail("later@example.ne"))
    mailer.send(a_mail())
    mailer.close()
    assert len(plain.taken) == 1


def test_a_server_that_says_nothing_is_left_after_the_limit(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adapter, "SECONDS", 0.3)
    with socket.socket() as silent:
        silent.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        silent.bind(("127.0.0.1", port))
        silent.listen()
        with pytest.raises(ServerAwayError, match="SMTPServerDisconnected"):
            SmtpMailer(Server(host="127.0.0.1", port=port, security="none")).send(a_mail())
