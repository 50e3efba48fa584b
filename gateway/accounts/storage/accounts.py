"""The accounts, with a unique username; each change with its line in the journal, in one transaction."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pymongo import DESCENDING
from pymongo.client_session import ClientSession
from pymongo.errors import DuplicateKeyError

from chassis.kernel.clock import now
from chassis.kernel.errors import ConflictError, NotFoundError, StaleError
from chassis.kernel.ids import new_id
from chassis.storage.trail import WAITS
from gateway.accounts.domain.account import Account, folded
from gateway.accounts.storage.documents import ACCOUNTS, GUARDS, JOURNAL, WATCHED, read, write
from gateway.store import GatewayStore, reachable


class Accounts:
    """Reading and writing accounts."""

    def __init__(self, store: GatewayStore) -> None:
        """Opens nothing before it is used, so that each worker process has its own connections."""
        self._store = store

    def find(self, username: str) -> Account | None:
        """The account of that name. Raises: UnavailableError store-away."""
        return self._one({"username": folded(username)})

    def get(self, account_id: str, session: ClientSession | None = None) -> Account | None:
        """The account of that id. Raises: UnavailableError store-away."""
        return self._one({"_id": account_id}, session)

    def needed(self, account_id: str, session: ClientSession | None = None) -> Account:
        """The account of that id. Raises: NotFoundError."""
        found = self.get(account_id, session)
        if found is None:
            raise NotFoundError("not-found", None, {"id": account_id})
        return found

    def page(self, size: int, cursor: str | None, filters: Mapping[str, Any]) -> list[Account]:
        """At most `size` accounts older than the one the cursor names, the newest first."""
        query = {**filters, **({"_id": {"$lt": cursor}} if cursor else {})}
        with reachable():
            found = self._store.database[ACCOUNTS].find(query).sort("_id", DESCENDING).limit(size)
            return [read(Account, document) for document in found]

    def administrators(self, session: ClientSession) -> int:
        """How many administer accounts; in a transaction that changes one of them, another such one must wait."""
        database = self._store.database
        database[GUARDS].update_one({"_id": "administrators"}, {"$inc": {"looks": 1}}, upsert=True, session=session)
        return database[ACCOUNTS].count_documents({"roles": "admin", "status": "active"}, session=session)

    def add(self, account: Account, by: str, act: str, session: ClientSession, request: str = "") -> None:
        """A new account. Raises: ConflictError username-taken."""
        try:
            self._store.database[ACCOUNTS].insert_one(write(account), session=session)
        except DuplicateKeyError as error:
            raise ConflictError("username-taken", "username") from error
        self.note(account.id, by, act, _differences(None, account), session, request)

    def save(
        self, before: Account, after: Account, by: str, act: str, session: ClientSession, request: str = ""
    ) -> Account:
        """The account as changed, one version on. Raises: StaleError when another change came first."""
        kept = replace(after, version=before.version + 1, updated_at=now())
        query = {"_id": before.id, "version": before.version}
        if not self._store.database[ACCOUNTS].update_one(query, {"$set": write(kept)}, session=session).matched_count:
            raise StaleError("stale-version", None, {"given": before.version, "current": ""})
        self.note(before.id, by, act, _differences(before, kept), session, request)
        return kept

    def count_sign_in(self, account: Account, session: ClientSession) -> bool:
        """Note a sign-in; False when the account is no longer as it was when its password was checked."""
        query = {"_id": account.id, "version": account.version, "status": "active"}
        changed = self._store.database[ACCOUNTS].update_one(query, {"$inc": {"sign_ins": 1}}, session=session)
        return changed.matched_count == 1

    def note(
        self, account_id: str, by: str, act: str, changes: Mapping[str, Any], session: ClientSession, request: str
    ) -> None:
        """A line in the journal: who, when, what; never a secret, a name or an address."""
        line = {"_id": new_id(), "account_id": account_id, "act": act, "by": by, "at": now(), "request": request}
        self._store.database[JOURNAL].insert_one({**line, "changes": dict(changes), WAITS: True}, session=session)
        self._store.noted()

    def journal(self, account_id: str, size: int, cursor: str | None) -> list[dict[str, Any]]:
        """A page of what was done with an account, the newest first."""
        query: dict[str, Any] = {"account_id": account_id, **({"_id": {"$lt": cursor}} if cursor else {})}
        with reachable():
            return list(self._store.database[JOURNAL].find(query).sort("_id", DESCENDING).limit(size))

    def _one(self, query: dict[str, Any], session: ClientSession | None = None) -> Account | None:
        with reachable():
            document = self._store.database[ACCOUNTS].find_one(query, session=session)
        return read(Account, document) if document else None


def _differences(before: Account | None, after: Account) -> dict[str, Any]:
    """What changed of what may be told; that the password did, not to what."""

    def plain(value: Any) -> Any:
        return list(value) if isinstance(value, tuple) else value

    found: dict[str, Any] = {}
    for name in WATCHED:
        old, new = (plain(getattr(one, name)) if one else None for one in (before, after))
        if old != new:
            found[name] = {"from": old, "to": new}
    if before is not None and before.password_hash != after.password_hash:
        found["password"] = {"from": None, "to": None}
    return found
