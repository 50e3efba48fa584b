"""Mails kept as files, for a node that has no mail server: one .eml a notification, readable by any mail program."""

import os
from collections.abc import Iterable
from email.message import EmailMessage
from pathlib import Path

from services.notifications.domain.delivery import ServerAwayError

KEPT = "kept as file: no SMTP server is set"


class MailFolder:
    """Writes mails into a folder that only the platform's user may enter."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, message: EmailMessage) -> str:
        """Keep one mail; a repeat replaces the file, since its name is the mail's own. Says what was done.

        Raises: ServerAwayError when nothing can be written now: a full disk, a right that is missing.
        """
        try:
            self._write(message)
        except OSError as error:
            raise ServerAwayError(f"mail folder: {type(error).__name__}") from error
        return KEPT

    def close(self) -> None:
        """Nothing stays open between mails."""

    def forget(self, ids: Iterable[str]) -> None:
        """Let go the mails of these notifications, if they were kept: the person was erased."""
        for id in ids:
            (self.folder / f"{id}.eml").unlink(missing_ok=True)

    def _write(self, message: EmailMessage) -> None:
        self.folder.mkdir(parents=True, mode=0o700, exist_ok=True)
        name = message["Message-ID"].strip("<>").partition("@")[0]
        whole, part = self.folder / f"{name}.eml", self.folder / f".{name}.part"
        part.unlink(missing_ok=True)
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(message.as_bytes())
            file.flush()
            os.fsync(file.fileno())
        part.replace(whole)
        self._sync()

    def _sync(self) -> None:
        """The file's name on the disk too: this machine may lose power at any moment."""
        folder = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
