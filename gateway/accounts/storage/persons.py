"""What lies beside an account and tells of its person: emptied with it; who read accounts; who asked to be erased."""

from datetime import datetime
from typing import Any

from pymongo import DESCENDING
from pymongo.client_session import ClientSession

from chassis.storage.accesses import Accesses
from gateway.accounts.storage.documents import ACCOUNTS, DEVICES, ERASURE_REQUESTS, LINKS, MACHINES, SESSIONS
from gateway.store import GatewayStore, reachable

MOST = 1000


class PersonalTraces:
    """In the gateway's own database."""

    def __init__(self, store: GatewayStore) -> None:
        self._store = store

    @property
    def accesses(self) -> Accesses:
        """Who read accounts."""
        return Accesses(self._store.database)

    def sync_indexes(self) -> None:
        """Those of the accesses."""
        self.accesses.sync_indexes()

    def note_reading(self, by: str, call: str, request: str, ids: list[str]) -> None:
        """Before they are given out. Raises: UnavailableError store-away."""
        with reachable():
            self.accesses.note(by, call, request, ids)

    def read_by(self, conditions: dict[str, Any], size: int, cursor: str | None) -> list[dict[str, Any]]:
        """A page of accesses, the newest first."""
        with reachable():
            return self.accesses.page(conditions, size, cursor)

    def empty(self, account_id: str, at: datetime, session: ClientSession) -> None:
        """What clients and tokens were called; known devices; links. Sessions and tokens themselves are ended."""
        database, own = self._store.database, {"account_id": account_id}
        for name, emptied in ((SESSIONS, {"client": ""}), (MACHINES, {"name": ""})):
            database[name].update_many(own, {"$set": emptied}, session=session)
        database[MACHINES].update_many({**own, "revoked_at": None}, {"$set": {"revoked_at": at}}, session=session)
        for name in (LINKS, DEVICES):
            database[name].delete_many(own, session=session)
        database[ERASURE_REQUESTS].update_many(
            {"_id": account_id, "done_at": None}, {"$set": {"done_at": at}}, session=session
        )

    def ask(self, account_id: str, focal_point_id: str | None, at: datetime) -> dict[str, Any]:
        """The person's wish to be erased, noted once."""
        told = {"focal_point_id": focal_point_id, "asked_at": at, "done_at": None}
        requests = self._store.database[ERASURE_REQUESTS]
        with reachable():
            requests.update_one({"_id": account_id}, {"$setOnInsert": told}, upsert=True)
            return dict(requests.find_one({"_id": account_id}) or {})

    def asked(self) -> list[dict[str, Any]]:
        """All who asked, the latest first."""
        with reachable():
            return list(self._store.database[ERASURE_REQUESTS].find().sort("asked_at", DESCENDING).limit(MOST))

    def asked_by(self, account_id: str) -> dict[str, Any] | None:
        """The wish of one."""
        with reachable():
            return self._store.database[ERASURE_REQUESTS].find_one({"_id": account_id})

    def erased(self) -> list[tuple[str, datetime, str]]:
        """(id, when, why) of the accounts that were erased."""
        with reachable():
            found = self._store.database[ACCOUNTS].find({"erased_at": {"$type": "date"}})
            return [(one["_id"], one["erased_at"], one["erased_for"]) for one in found]

    def closed_before(self, instant: datetime) -> list[str]:
        """Accounts that were closed before, and not erased."""
        query = {"status": "disabled", "erased_at": None, "updated_at": {"$lt": instant}}
        with reachable():
            return [one["_id"] for one in self._store.database[ACCOUNTS].find(query, {"_id": 1}).limit(MOST)]
