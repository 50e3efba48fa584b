"""How this node sends mail, read from the process's settings; a wrong value stops the start and names the variable.

GTM_SMTP_URL: smtp://user:password@host:port, with ?starttls=1 for TLS after the greeting; smtps:// for TLS from the
start; ?from=address sets the sender. TLS certificates are verified against the system's authorities.
"""

import re
from dataclasses import dataclass, field
from email.errors import HeaderParseError
from email.headerregistry import Address
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from chassis.process.settings import Settings, SettingsError

PORTS = {"smtp": 25, "starttls": 587, "smtps": 465}


@dataclass(frozen=True, kw_only=True)
class Server:
    """A mail server and how to speak to it; `security` is none, starttls or tls."""

    host: str
    port: int
    security: str
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    sender: str = ""


@dataclass(frozen=True, kw_only=True)
class MailSettings:
    """Where mails go: to `server`, into `folder` where there is none, nowhere if not `on`."""

    on: bool
    server: Server | None
    folder: Path
    sender: str
    node: str
    public_url: str

    @classmethod
    def of(cls, settings: Settings) -> "MailSettings":
        """From GTM_SMTP_URL and GTM_MAIL. Raises: SettingsError."""
        if settings.mail not in ("on", "off"):
            raise SettingsError(f"GTM_MAIL must be on or off, not {settings.mail!r}")
        server = _server(settings.smtp_url) if settings.smtp_url else None
        return cls(
            on=settings.mail == "on",
            server=server,
            folder=settings.home / "mail",
            sender=_usable((server and server.sender) or _own_address(settings.public_url)),
            node=settings.node,
            public_url=settings.public_url.rstrip("/"),
        )


def _server(url: str) -> Server:
    """The URL, read. Its text is never part of the error: it holds a password."""
    try:
        parts = urlsplit(url)
        port, query = parts.port, parse_qs(parts.query, strict_parsing=bool(parts.query))
    except ValueError as error:
        raise SettingsError("GTM_SMTP_URL is not a readable URL (smtp://user:password@host:port)") from error
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise SettingsError("GTM_SMTP_URL must be smtp://host:port or smtps://host:port")
    unknown = query.keys() - {"starttls", "from"}
    if unknown or query.get("starttls", ["0"])[0] not in ("0", "1"):
        raise SettingsError("GTM_SMTP_URL takes ?starttls=1 and from=address, nothing else")
    security = "tls" if parts.scheme == "smtps" else "starttls" if query.get("starttls") == ["1"] else "none"
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if not (user + password).isascii():
        raise SettingsError("GTM_SMTP_URL: user and password must be ASCII, mail servers take nothing else")
    return Server(
        host=parts.hostname,
        port=port or PORTS["starttls" if security == "starttls" else parts.scheme],
        security=security,
        user=user,
        password=password,
        sender=query.get("from", [user if "@" in user else ""])[0],
    )


def _own_address(public_url: str) -> str:
    host = urlsplit(public_url).hostname or ""
    return f"gtm@{host if re.fullmatch(r'[a-z0-9.-]+', host) else 'localhost'}"


def _usable(sender: str) -> str:
    try:
        return Address(addr_spec=sender).addr_spec
    except (ValueError, HeaderParseError, IndexError) as error:
        raise SettingsError(f"GTM_SMTP_URL: from={sender!r} is not an address") from error
