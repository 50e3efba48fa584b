"""All databases of a node as they were at one instant, while others go on writing (docs/decisions/0030).

MongoDB gives one instant to a snapshot session. The embedded store takes such a session and then ignores it; there,
a transaction with read concern "snapshot" holds one instant over all databases for as long as it is read from.
"""

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

from bson.raw_bson import RawBSONDocument
from pymongo import MongoClient
from pymongo.client_session import ClientSession
from pymongo.errors import PyMongoError
from pymongo.read_concern import ReadConcern

from launcher.backup.contents import OWNERS
from launcher.errors import LauncherError

BATCH = 500
SELECT_MILLISECONDS = 5000
SOCKET_MILLISECONDS = 120_000

Client = MongoClient[RawBSONDocument]


class Moment:
    """One instant. Every read is of it, in whatever order and however late."""

    def __init__(self, client: Client, session: ClientSession, prefix: str, kind: str) -> None:
        self._client, self._session, self._prefix = client, session, prefix
        self.kind = kind

    def pin(self) -> None:
        """Take the instant: it is that of the first read."""
        self._client[f"{self._prefix}{OWNERS[0]}"]["outbox"].find_one({}, {"_id": 1}, session=self._session)

    def collections(self) -> dict[str, list[str]]:
        """Owner → its collections. One that is made after the instant is listed, and reads as empty."""
        there = set(self._client.list_database_names())
        return {
            owner: sorted(
                name
                for name in self._client[f"{self._prefix}{owner}"].list_collection_names()
                if not name.startswith("system.")
            )
            for owner in OWNERS
            if f"{self._prefix}{owner}" in there
        }

    def about(self, owner: str, collection: str) -> int:
        """How many documents there are now, roughly: for a progress bar."""
        return int(self._client[f"{self._prefix}{owner}"][collection].estimated_document_count())

    def documents(self, owner: str, collection: str) -> Iterator[bytes]:
        """Each document as BSON."""
        found = self._client[f"{self._prefix}{owner}"][collection].find({}, session=self._session, batch_size=BATCH)
        with found:
            for document in found:
                yield bytes(document.raw)

    def existing(self, owner: str, collection: str, ids: Sequence[str]) -> set[str]:
        """Which of these ids there are."""
        rows = self._client[f"{self._prefix}{owner}"][collection]
        found: set[str] = set()
        for at in range(0, len(ids), BATCH):
            wanted = {"_id": {"$in": list(ids[at : at + BATCH])}}
            found |= {str(row["_id"]) for row in rows.find(wanted, {"_id": 1}, session=self._session)}
        return found


@contextlib.contextmanager
def moment(uri: str, prefix: str) -> Iterator[Moment]:
    """The present instant. Raises: LauncherError backup-store, when the store cannot give it or is lost meanwhile."""
    client: Client = MongoClient(
        uri,
        document_class=RawBSONDocument,
        appname="gtm-backup",
        serverSelectionTimeoutMS=SELECT_MILLISECONDS,
        socketTimeoutMS=SOCKET_MILLISECONDS,
    )
    try:
        with client, _reading(client) as (session, kind):
            taken = Moment(client, session, prefix, kind)
            taken.pin()
            yield taken
    except PyMongoError as error:
        raise LauncherError("backup-store", reason=str(error).partition(", full error")[0]) from error


@contextlib.contextmanager
def _reading(client: Client) -> Iterator[tuple[ClientSession, str]]:
    told: dict[str, Any] = dict(client.server_info())
    if "secantusVersion" in told:
        kind = f"secantusdb {told['secantusVersion']}"
        with client.start_session() as session, session.start_transaction(read_concern=ReadConcern("snapshot")):
            yield session, kind
    else:
        with client.start_session(snapshot=True) as session:
            yield session, f"mongodb {told['version']}"
