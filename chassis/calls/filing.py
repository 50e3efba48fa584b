"""A service whose records name files: it takes those of other nodes in, piece by piece, and sends its own."""

from typing import Any

from amqp.exceptions import AMQPError
from kombu.exceptions import KombuError
from nameko.extensions import DependencyProvider
from nameko.timer import timer
from pymongo.errors import PyMongoError

from chassis.calls.federated import Direct, Federated, leads_to
from chassis.federation.filing import Filing
from chassis.kernel.errors import UnavailableError
from chassis.process.logs import get_logger
from chassis.process.settings import Settings
from chassis.storage.files import AnnouncedFiles
from chassis.storage.store import Store

LOOK_SECONDS = 5
SWEEP_SECONDS = 3600
log = get_logger()


class FilingProvider(DependencyProvider):
    """`self.filing`: one a process."""

    _filing: Filing | None = None

    def get_dependency(self, worker_ctx: Any) -> Filing:
        """The same for every message; made for the first one: the timer may come before any `start` of ours."""
        if self._filing is None:
            self._filing = self._made()
        return self._filing

    def _made(self) -> Filing:
        settings: Settings = self.container.config["GTM"]
        store = next(one for one in self.container.dependencies if isinstance(one, Store))
        return Filing(
            self.container.service_name,
            store.place,
            settings.hub,
            store.parts[AnnouncedFiles.collection_name],
            Direct(settings),
            lambda peer: leads_to(settings, peer),
            auto=settings.files_auto,
            pause=settings.files_again,
        )


class FileKeeping(Federated):
    """What the services whose records name files have in common."""

    filing = FilingProvider()

    @timer(interval=LOOK_SECONDS, eager=True)
    def each_few_seconds_see_to_files(self) -> None:
        """Ask for what is missing, and again for what did not come."""
        try:
            self.filing.look()
        except (UnavailableError, PyMongoError, OSError, AMQPError, KombuError) as error:
            log.warning("files.waiting", error=type(error).__name__)

    @timer(interval=SWEEP_SECONDS)
    def each_hour_forget_files_that_nobody_names(self) -> None:
        """Uploads that were never added to a record, files whose record is gone."""
        announced: AnnouncedFiles = self.store.parts[AnnouncedFiles.collection_name]
        try:
            gone = announced.forget_unnamed()
        except PyMongoError as error:
            log.warning("files.waiting", error=type(error).__name__)
            return
        if gone:
            log.info("files.forgotten", files=gone)
