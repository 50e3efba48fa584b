"""Mails over SMTP: one connection for a round of mails, verified TLS, a limit to every wait."""

import smtplib
import socket
import ssl
from email.message import EmailMessage

from services.notifications.domain.delivery import MailDelayedError, MailRefusedError, ServerAwayError
from services.notifications.settings import Server

SECONDS = 20  # for one answer of the server; a satellite link needs two or three
PERMANENT = 500  # SMTP codes from here on say "never" (RFC 5321, 4.2.1)


class SmtpMailer:
    """Hands mails to a server. Used by one thread; `close` at the end of a round."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self._connection: smtplib.SMTP | None = None

    def send(self, message: EmailMessage) -> str | None:
        """Hand one mail over; None, because there is nothing more to say than that the server took it.

        Raises: ServerAwayError, MailDelayedError, MailRefusedError.
        """
        recipient = message["To"].addresses[0].addr_spec
        try:
            self._ready().send_message(message, to_addrs=[recipient])
        except smtplib.SMTPRecipientsRefused as error:
            code = next(iter(error.recipients.values()))[0]
            raise _refusal(code, "recipient") from error
        except smtplib.SMTPDataError as error:
            raise _refusal(error.smtp_code, "content") from error
        except smtplib.SMTPNotSupportedError as error:
            raise MailRefusedError("the server does not take addresses of this kind") from error
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            raise ServerAwayError(_what(error)) from error
        except ServerAwayError:  # also the caller's own limit, in the middle of the dialogue
            self._drop()
            raise
        return None

    def close(self) -> None:
        """Part from the server, if it is still there."""
        connection, self._connection = self._connection, None
        if connection is not None:
            try:
                connection.quit()
            except (smtplib.SMTPException, OSError):
                connection.close()

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _ready(self) -> smtplib.SMTP:
        """The connection of this round. Raises: ServerAwayError, also when TLS or the password is refused."""
        if self._connection is None:
            try:
                self._connection = self._connect()
            except (smtplib.SMTPException, OSError) as error:
                raise ServerAwayError(_what(error)) from error
        return self._connection

    def _connect(self) -> smtplib.SMTP:
        server, own_name = self.server, _own_name()
        if server.security == "tls":
            context = ssl.create_default_context()
            return self._entered(smtplib.SMTP_SSL(server.host, server.port, own_name, timeout=SECONDS, context=context))
        connection = smtplib.SMTP(server.host, server.port, own_name, timeout=SECONDS)
        return self._entered(connection, starttls=server.security == "starttls")

    def _entered(self, connection: smtplib.SMTP, *, starttls: bool = False) -> smtplib.SMTP:
        try:
            if starttls:
                connection.starttls(context=ssl.create_default_context())
            if self.server.user:
                connection.login(self.server.user, self.server.password)
        except BaseException:
            connection.close()
            raise
        return connection


def _refusal(code: int, what: str) -> MailDelayedError | MailRefusedError:
    said = f"the server answered {code} to the {what}"
    return MailRefusedError(said) if code >= PERMANENT else MailDelayedError(said)


def _what(error: Exception) -> str:
    """What failed, without the server's own words: they may repeat an address."""
    code = getattr(error, "smtp_code", None)
    return f"{type(error).__name__} {code}" if code else type(error).__name__


def _own_name() -> str:
    """How this machine greets: smtplib's own way asks the DNS, which an office without a link waits long for."""
    name = socket.gethostname()
    return name if "." in name else "[127.0.0.1]"
