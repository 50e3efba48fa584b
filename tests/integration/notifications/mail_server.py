"""A real SMTP server for tests: it keeps what it takes, and can be told to refuse, to delay or to hang."""

import asyncio
import datetime as dt
import ipaddress
import ssl
import threading
from collections.abc import Callable
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

USER, PASSWORD = "gtm", "p:w@/?"


class MailServer:
    """Listens on a free port of this machine until `close`."""

    def __init__(self, port: int, *, certificate: Path | None = None, at_once: bool = False) -> None:
        """With a certificate: STARTTLS and a password are demanded; with `at_once`, TLS from the start."""
        self.port, self.certificate = port, certificate
        self.taken: list[EmailMessage] = []
        self.answer: Callable[[str], str | None] = lambda address: None
        self.hang = threading.Event()
        self.reached = threading.Event()
        options: dict[str, Any] = {"enable_SMTPUTF8": True}
        if certificate is not None:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(certificate)
            # aiosmtpd knows of TLS by STARTTLS only: where it is there from the start, it must not ask for it.
            options |= {"ssl_context": context} if at_once else {"tls_context": context, "require_starttls": True}
            options |= {"authenticator": _authenticate, "auth_required": not at_once, "auth_require_tls": not at_once}
        self._controller = Controller(self, hostname="127.0.0.1", port=port, **options)
        self._controller.start()

    def close(self) -> None:
        """Listen no more."""
        self._controller.stop(no_assert=True)

    def to(self, address: str) -> list[EmailMessage]:
        """The mails taken for an address."""
        return [one for one in self.taken if address in str(one["To"])]

    async def handle_RCPT(  # noqa: N802 (aiosmtpd's name)
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Take the recipient, or answer what the test wants."""
        refusal = self.answer(address)
        if refusal is None:
            envelope.rcpt_tos.append(address)
        return refusal or "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 (as above)
        """Keep the mail; then say so, unless it hangs."""
        content = envelope.content
        assert isinstance(content, bytes)
        self.taken.append(message_from_bytes(content, EmailMessage, policy=default))
        self.reached.set()
        if self.hang.is_set():
            await asyncio.sleep(30)
        return "250 taken"


def a_certificate(folder: Path) -> Path:
    """A self-signed certificate for 127.0.0.1 with its key, as one PEM file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - dt.timedelta(hours=1)).not_valid_after(now + dt.timedelta(days=1))
    certificate = builder.add_extension(address, critical=False).sign(key, hashes.SHA256())
    plain = serialization.NoEncryption()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    path = folder / "mail-server.pem"
    path.write_bytes(pem + certificate.public_bytes(serialization.Encoding.PEM))
    return path


def _authenticate(_server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, given: Any) -> AuthResult:
    fits = isinstance(given, LoginPassword) and (given.login, given.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=fits, handled=fits)
