"""The gateway's own database (accounts), opened when first needed, so that each worker process has its own client."""

from functools import cached_property
from typing import Any

from pymongo import MongoClient
from pymongo.collection import Collection
from pymongo.errors import PyMongoError

from chassis.process.settings import Settings


class GatewayStore:
    """Database `gateway`."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @cached_property
    def client(self) -> MongoClient[dict[str, Any]]:
        """A client with short timeouts: a request must not hang because the store does."""
        return MongoClient(
            self._settings.mongo_uri,
            tz_aware=True,
            appname="gtm-gateway",
            serverSelectionTimeoutMS=2000,
            connectTimeoutMS=2000,
            socketTimeoutMS=10_000,
            w="majority",
            journal=True,
        )

    @property
    def accounts(self) -> Collection[dict[str, Any]]:
        """The accounts, by id."""
        return self.client[self._settings.database("gateway")]["accounts"]

    def answers(self) -> bool:
        """Whether the database answers now."""
        try:
            self.client.admin.command("ping")
        except PyMongoError:
            return False
        return True
