"""How the store is reached, and what its errors mean."""

from collections.abc import Iterator, Sequence
from typing import Any

from pymongo import MongoClient
from pymongo.errors import BulkWriteError, ConnectionFailure, ExecutionTimeout, PyMongoError, WTimeoutError

from chassis.kernel.errors import UnavailableError
from chassis.process.settings import Settings

EMBEDDED_SET = "secantus"  # the replica set name that the embedded server gives itself
PIECE = 20  # ids in one `$in`: the embedded store compares every document found with every id
DUPLICATE = 11000  # the store's code for a key that exists


def connect(settings: Settings) -> MongoClient[dict[str, Any]]:
    """A client with short timeouts, so that a store that is away is noticed in seconds."""
    return MongoClient(
        settings.mongo_uri,
        tz_aware=True,
        appname="gtm",
        serverSelectionTimeoutMS=3000,
        connectTimeoutMS=3000,
        socketTimeoutMS=20_000,
        w="majority",
        journal=True,
        retryWrites=True,
    )


def end_orphans(client: MongoClient[dict[str, Any]]) -> None:
    """End transactions that a killed process of ours left open, or our own on connections that were given up.

    The embedded server keeps them, and with them their collections' locks, until another transaction happens to
    come by after a minute; MongoDB bounds them itself. Transactions under way elsewhere their driver repeats.
    """
    if client.admin.command("hello").get("setName") == EMBEDDED_SET:
        client.admin.command("killAllSessions", [])


def is_away(error: BaseException) -> bool:
    """Whether an error says that the store does not answer now, rather than that it refuses what was asked."""
    cause = error.__cause__ if isinstance(error, UnavailableError) else error
    if isinstance(cause, ConnectionFailure | ExecutionTimeout | WTimeoutError):
        return True
    return isinstance(cause, PyMongoError) and cause.has_error_label("TransientTransactionError")


def is_duplicate(error: BulkWriteError) -> bool:
    """Whether one of many writes met a key that exists."""
    return any(one.get("code") == DUPLICATE for one in (error.details or {}).get("writeErrors", ()))


def pieces(ids: Sequence[str]) -> Iterator[list[str]]:
    """The ids, as many at a time as belong into one `$in`."""
    for at in range(0, len(ids), PIECE):
        yield list(ids[at : at + PIECE])
