"""What the notifications service does by the clock."""

from typing import Any

from nameko.extensions import DependencyProvider
from nameko.timer import timer
from pymongo.errors import PyMongoError

from chassis.kernel.errors import UnavailableError
from chassis.process.logs import get_logger
from chassis.service import Service
from chassis.storage.store import Store
from services.notifications.entrypoints.postman import Postman
from services.notifications.settings import MailSettings

log = get_logger()


class PostmanProvider(DependencyProvider):
    """`self.postman`: the process's own, with the node's mail settings."""

    def setup(self) -> None:
        """Read the settings: a wrong one stops the start. Raises: SettingsError."""
        self.settings = MailSettings.of(self.container.config["GTM"])
        store = next(one for one in self.container.dependencies if isinstance(one, Store))
        self.postman = Postman(store, self.settings)

    def get_dependency(self, worker_ctx: Any) -> Postman:
        """The same for every round."""
        return self.postman


class Timers(Service):
    """One round of mails at a time: the next begins when the last one ended."""

    postman = PostmanProvider()

    @timer(interval=2)
    def each_two_seconds_send_mails(self) -> None:
        """Send the mails that are due, in a green thread of its own."""
        try:
            self.postman.round()
        except (UnavailableError, PyMongoError) as error:
            log.warning("mail.waiting", error=type(error).__name__)
