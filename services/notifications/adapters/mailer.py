"""The way out for mails that this node's settings ask for."""

from email.message import EmailMessage
from typing import Protocol

from services.notifications.adapters.email import SmtpMailer
from services.notifications.adapters.mail_folder import MailFolder
from services.notifications.settings import MailSettings


class Mailer(Protocol):
    """Takes mails for one round."""

    def send(self, message: EmailMessage) -> str | None:
        """Hand one mail over; what to note of it, if anything. Raises: MailError."""

    def close(self) -> None:
        """The round is over."""


def mailer(settings: MailSettings) -> Mailer:
    """To the server, or into the folder where there is none."""
    return SmtpMailer(settings.server) if settings.server else MailFolder(settings.folder)
