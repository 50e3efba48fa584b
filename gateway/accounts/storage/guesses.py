"""Failed attempts, counted for all workers of the gateway together, and the devices that are known."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

from pymongo.errors import DuplicateKeyError

from chassis.kernel.clock import now
from gateway.accounts.domain.guessing import FORGOTTEN, Patience, moment_of
from gateway.accounts.domain.secrets import digest, is_secret, new_secret
from gateway.accounts.storage.documents import DEVICES, GUESSES
from gateway.store import GatewayStore, reachable

KNOWN: Final = timedelta(days=180)  # how long a device is known after it last signed in


class Guesses:
    """Counts of attempts. An attempt is counted before the password is checked, so that many at once all count."""

    def __init__(self, store: GatewayStore) -> None:
        self._store = store

    def wait(self, counts: Mapping[str, Patience], at: datetime | None = None) -> float:
        """Seconds until an attempt that counts so may be made; 0 when it may be made now."""
        moment = at or now()
        longest = 0.0
        with reachable():
            for key, patience in counts.items():
                kept = self._store.database[GUESSES].find_one({"_id": key}) or {}
                longest = max(longest, moment_of(kept.get("count", 0), kept.get("last"), moment, patience))
        return longest

    def attempt(self, counts: Mapping[str, Patience], at: datetime | None = None) -> None:
        """Count an attempt as failed, until it is known that it is not."""
        moment = at or now()
        with reachable():
            for key in counts:
                while not self._counted(key, moment):
                    pass  # another worker counted the first one at this very moment

    def _counted(self, key: str, moment: datetime) -> bool:
        guesses = self._store.database[GUESSES]
        stamp = {"last": moment, "expires_at": moment + FORGOTTEN}
        recent, old = {"_id": key, "expires_at": {"$gt": moment}}, {"_id": key, "expires_at": {"$lte": moment}}
        if guesses.update_one(recent, {"$inc": {"count": 1}, "$set": stamp}).matched_count:
            return True
        if guesses.update_one(old, {"$set": {"count": 1, **stamp}}).matched_count:
            return True
        try:
            guesses.insert_one({"_id": key, "count": 1, **stamp})
        except DuplicateKeyError:
            return False
        return True

    def forgive(self, counts: Mapping[str, Patience]) -> None:
        """Take an attempt back that told nobody anything."""
        with reachable():
            for key in counts:
                self._store.database[GUESSES].update_one({"_id": key, "count": {"$gt": 0}}, {"$inc": {"count": -1}})

    def forget(self, key: str) -> None:
        """Hold nothing against it any more."""
        with reachable():
            self._store.database[GUESSES].delete_one({"_id": key})


class Devices:
    """Secrets that clients got when they signed in; they open nothing, they only spare the waits of strangers."""

    def __init__(self, store: GatewayStore) -> None:
        self._store = store

    def account_of(self, secret: str | None) -> str | None:
        """The account that signed in with it."""
        if not is_secret(secret):
            return None
        with reachable():
            kept = self._store.database[DEVICES].find_one({"_id": digest(str(secret)), "expires_at": {"$gt": now()}})
        return str(kept["account_id"]) if kept else None

    def remember(self, secret: str | None, account_id: str) -> str:
        """The secret by which the client will be known: the one it has, if it is this account's, else a new one."""
        kept = str(secret) if self.account_of(secret) == account_id else new_secret()
        document = {"account_id": account_id, "expires_at": now() + KNOWN}
        with reachable(), suppress(DuplicateKeyError):  # the same client signed in twice at once
            self._store.database[DEVICES].update_one({"_id": digest(kept)}, {"$set": document}, upsert=True)
        return kept
