"""A service whose records name files: it takes those of other nodes in, piece by piece, and sends its own."""

import base64
import binascii
from datetime import timedelta
from typing import Any

from amqp.exceptions import AMQPError
from kombu.exceptions import KombuError
from nameko.extensions import DependencyProvider
from nameko.timer import timer
from pymongo.errors import PyMongoError

from chassis.calls.federated import Direct, Federated, leads_to
from chassis.contract.operating import CarriedFilesQuery, CarriedPart, CarriedPartQuery
from chassis.contract.schema import load
from chassis.federation.filing import Filing
from chassis.kernel.errors import InvalidError, UnavailableError
from chassis.process.logs import get_logger
from chassis.process.settings import Settings
from chassis.service import rpc
from chassis.storage.files import AnnouncedFiles
from chassis.storage.store import Store

LOOK_SECONDS = 5
SWEEP_SECONDS = 3600
FETCHED = timedelta(days=1)  # a file may have come here before the other node had asked for all of it
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

    @rpc
    def list_carried_files(self, payload: Any) -> Any:
        """{files: [{sha256, size}]}: what may go to a node by hand; a centre also gives what it has of others."""
        asked, settings = load(CarriedFilesQuery(), payload), self.settings["GTM"]
        own = None if settings.hub is None else settings.node
        since = None if asked["since"] is None else asked["since"] - FETCHED
        return {"files": self._announced().leaving(asked["to"], own, since)}

    @rpc
    def read_carried_part(self, payload: Any) -> Any:
        """{content_base64}: some bytes of such a file; none where it is not here any more, or may not leave."""
        asked = load(CarriedPartQuery(), payload)
        announced, digest = self._announced(), asked["sha256"]
        may = announced.travelling(digest) is not None and announced.files.has(digest)
        content = announced.files.read(digest, asked["start"], asked["length"]) if may else b""
        return {"content_base64": base64.b64encode(content).decode("ascii")}

    @rpc
    def keep_carried_part(self, payload: Any) -> Any:
        """{outcome}: see Filing.carried."""
        asked = load(CarriedPart(), payload)
        try:
            content = base64.b64decode(asked["content_base64"], validate=True)
        except (binascii.Error, ValueError) as error:
            raise InvalidError("not-base64", "content_base64") from error
        return {"outcome": self.filing.carried(asked["sha256"], asked["size"], asked["start"], content)}

    def _announced(self) -> AnnouncedFiles:
        found: AnnouncedFiles = self.store.parts[AnnouncedFiles.collection_name]
        return found

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
        try:
            gone = self._announced().forget_unnamed()
        except PyMongoError as error:
            log.warning("files.waiting", error=type(error).__name__)
            return
        if gone:
            log.info("files.forgotten", files=gone)
