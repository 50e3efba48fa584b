"""Tokens for machines, by id and by the digest of their secret."""

from datetime import datetime

from pymongo import DESCENDING
from pymongo.client_session import ClientSession

from gateway.accounts.domain.machines import MachineToken
from gateway.accounts.domain.secrets import digest
from gateway.accounts.storage.documents import MACHINES, read, write
from gateway.store import GatewayStore, reachable


class Machines:
    """Reading and writing tokens for machines."""

    def __init__(self, store: GatewayStore) -> None:
        self._store = store

    def add(self, token: MachineToken, session: ClientSession) -> None:
        """Keep a new one."""
        self._store.database[MACHINES].insert_one(write(token), session=session)

    def of(self, account_id: str) -> list[MachineToken]:
        """An account's, the newest first; those that no longer count too."""
        with reachable():
            found = self._store.database[MACHINES].find({"account_id": account_id}).sort("_id", DESCENDING).limit(200)
            return [read(MachineToken, document) for document in found]

    def find(self, text: str) -> MachineToken | None:
        """The one that a text is the secret of. Raises: UnavailableError store-away."""
        with reachable():
            document = self._store.database[MACHINES].find_one({"digest": digest(text)})
        return read(MachineToken, document) if document else None

    def used(self, token: MachineToken, day: str) -> None:
        """Note the day of its last use: no finer, so that it tells nobody's hours."""
        with reachable():
            self._store.database[MACHINES].update_one({"_id": token.id}, {"$set": {"used_on": day}})

    def revoke(self, account_id: str, id: str, at: datetime, session: ClientSession) -> bool:
        """End one; False if the account has no such one that counts."""
        query = {"_id": id, "account_id": account_id, "revoked_at": None}
        change = {"$set": {"revoked_at": at}}
        return self._store.database[MACHINES].update_one(query, change, session=session).matched_count == 1
