"""The gateway's own database (accounts), opened when first needed, so that each worker process has its own client."""

import contextlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Any, Final, TypeVar

import pymongo
from pymongo import MongoClient
from pymongo.client_session import ClientSession
from pymongo.database import Database
from pymongo.errors import DuplicateKeyError, PyMongoError
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from chassis.kernel.errors import UnavailableError
from chassis.process.settings import Settings
from chassis.storage.trail import Flagged, Trail

T = TypeVar("T")
COMMIT_SECONDS: Final = 10.0  # with repetitions; a person waits for it
JOURNALLED: Final = WriteConcern(w="majority", j=True, wtimeout=8000)


class GatewayStore:
    """Database `gateway`."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._local = threading.local()

    @cached_property
    def client(self) -> MongoClient[dict[str, Any]]:
        """A client with short timeouts: a request must not hang because the store does."""
        return MongoClient(
            self.settings.mongo_uri,
            tz_aware=True,
            appname="gtm-gateway",
            serverSelectionTimeoutMS=2000,
            connectTimeoutMS=2000,
            socketTimeoutMS=10_000,
            w="majority",
            journal=True,
        )

    @property
    def database(self) -> Database[dict[str, Any]]:
        """Where everything of the gateway is."""
        return self.client[self.settings.database("gateway")]

    def transact(self, act: Callable[[ClientSession], T]) -> T:
        """Do it whole or not at all; `act` may be called again. Raises: UnavailableError store-away."""
        self._local.noted = False
        with reachable(), pymongo.timeout(COMMIT_SECONDS), self.client.start_session() as session:
            done = session.with_transaction(act, write_concern=JOURNALLED, read_concern=ReadConcern("snapshot"))
        if self._local.noted:
            with contextlib.suppress(PyMongoError):  # with the next one, then
                self.trail.seal_all()
        return done

    @cached_property
    def trail(self) -> Trail:
        """What vouches for the journal of accounts."""
        told = {"subject": "account_id", "type": "act", "who": "by", "request": "request"}
        life = self.settings.incarnation
        return Trail(
            self.database, self.settings.node, "gateway", life, Flagged(self.database["journal"], "event", told)
        )

    def noted(self) -> None:
        """The transaction under way in this thread writes into the journal: it is chained when it is committed."""
        self._local.noted = True

    def answers(self) -> bool:
        """Whether the database answers now."""
        try:
            self.client.admin.command("ping")
        except PyMongoError:
            return False
        return True


@contextmanager
def reachable() -> Iterator[None]:
    """Tell a store that does not answer as such. Raises: UnavailableError store-away; DuplicateKeyError as it is."""
    try:
        yield
    except DuplicateKeyError:
        raise
    except PyMongoError as error:
        raise UnavailableError("store-away", None, {"service": "gateway"}) from error
