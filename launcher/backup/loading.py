"""Puts the databases of a backup into a store, so that the services go on from there.

Every event of the log is marked unsent: what was under way in the broker went with it, and what is sent twice does no
harm, for each consumer's own marks of what it has seen come from the same instant (docs/decisions/0030).
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import bson
from bson.raw_bson import RawBSONDocument
from pymongo import MongoClient
from pymongo.errors import PyMongoError

from launcher.backup.contents import OWNERS, Manifest, NoBackupError, documents
from launcher.errors import LauncherError

BATCH = 1000
OUTBOX, UNSENT = "outbox", "unsent"
MARK = "restoring"
"""A collection that says: this database is being filled, by the restore that has this token."""

Client = MongoClient[dict[str, Any]]


class Databases:
    """The databases of one node in a store. Every method raises LauncherError backup-store when it does not answer."""

    def __init__(self, uri: str, prefix: str) -> None:
        self._uri, self._prefix = uri, prefix

    def taken(self, token: str) -> list[str]:
        """Those that hold something which the restore of this token did not put there."""
        with self._open() as client:
            return [name for name in self._there(client) if not self._ours(client, name, token)]

    def drop(self, token: str) -> None:
        """Away with what the restore of this token left half."""
        with self._open() as client:
            for name in self._there(client):
                if self._ours(client, name, token):
                    client.drop_database(name)

    def begin(self, token: str) -> None:
        """Mark all databases as being filled, empty."""
        self.drop(token)
        with self._open() as client:
            for owner in OWNERS:
                client[f"{self._prefix}{owner}"][MARK].insert_one({"_id": token})

    def load(self, manifest: Manifest, pieces: Iterable[tuple[str, str, bytes]], passed: Callable[[int], None]) -> None:
        """Insert (owner, collection, piece) each, then count. Raises: NoBackupError backup-damaged on a difference."""
        with self._open() as client:
            for owner, collection, piece in pieces:
                database = client[f"{self._prefix}{owner}"]
                for batch in _batches(collection, piece):
                    if collection != UNSENT:
                        database[collection].insert_many(batch, ordered=True)
                    if collection == OUTBOX:
                        database[UNSENT].insert_many([_mark(row) for row in batch], ordered=True)
                    passed(len(batch))
            self._count(client, manifest)

    def end(self) -> None:
        """The databases are whole: no longer marked."""
        with self._open() as client:
            for owner in OWNERS:
                client[f"{self._prefix}{owner}"].drop_collection(MARK)

    def _count(self, client: Client, manifest: Manifest) -> None:
        for owner, collections in manifest.databases.items():
            database = client[f"{self._prefix}{owner}"]
            expected = Counter({**collections, UNSENT: collections.get(OUTBOX, 0)})
            found = Counter({name: database[name].count_documents({}) for name in expected})
            if found != expected:
                raise NoBackupError("backup-damaged", reason=owner)

    def _there(self, client: Client) -> list[str]:
        names = {f"{self._prefix}{owner}" for owner in OWNERS}
        return [name for name in client.list_database_names() if name in names and client[name].list_collection_names()]

    def _ours(self, client: Client, name: str, token: str) -> bool:
        return client[name][MARK].find_one({"_id": token}) is not None

    def _open(self) -> "_Opened":
        return _Opened(self._uri)


class _Opened:
    """A client for one step, whose troubles are told in one line."""

    def __init__(self, uri: str) -> None:
        self._client: Client = MongoClient(
            uri,
            appname="gtm-restore",
            serverSelectionTimeoutMS=5000,
            socketTimeoutMS=120_000,
            w="majority",
            journal=True,
        )

    def __enter__(self) -> Client:
        return self._client

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        self._client.close()
        if isinstance(error, PyMongoError):
            raise LauncherError("backup-store", reason=str(error).partition(", full error")[0]) from error


def _batches(collection: str, piece: bytes) -> Iterator[list[Any]]:
    batch: list[Any] = []
    for raw in documents(piece):
        batch.append(_row(raw) if collection == OUTBOX else RawBSONDocument(raw))
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _row(raw: bytes) -> dict[str, Any]:
    """A row of the log, without what earlier releases kept in it."""
    row: dict[str, Any] = bson.decode(raw)
    return {name: value for name, value in row.items() if name not in ("sent", "sent_at")}


def _mark(row: dict[str, Any]) -> dict[str, Any]:
    return {"_id": row["_id"], "time": row["time"]}
