"""The journal of accounts, chained like the log of a service; and whether the accounts are what it says of them."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from pymongo import ASCENDING

from chassis.history.chain_check import Fault, Found
from chassis.history.heads import Heads
from chassis.history.verification import Verification
from chassis.storage.mongo import pieces
from gateway.accounts.storage.documents import ACCOUNTS, JOURNAL, WATCHED
from gateway.store import GatewayStore

OWNER: Final = "gateway"
PAGE: Final = 200
NOTHING: Final[tuple[Any, ...]] = (None, [], ())


def verification(store: GatewayStore) -> Verification:
    """Of the accounts of this node."""
    check = _Check(store)
    heads = Heads(store.settings.home / "trail", OWNER)
    return Verification(store.trail, heads, store.trail.seal_all, {"account": check.page}, check.missing)


class _Check:
    """Compares accounts with what the journal says last of each."""

    def __init__(self, store: GatewayStore) -> None:
        self._accounts, self._journal = store.database[ACCOUNTS], store.database[JOURNAL]

    def page(self, after: str, since: datetime | None) -> Found:
        """Accounts after that id; all of them, whatever the time that is asked for: they are few."""
        accounts = list(self._accounts.find({"_id": {"$gt": after}}).sort("_id", ASCENDING).limit(PAGE))
        told = self._told([one["_id"] for one in accounts])
        found = Found(len(accounts))
        for one in accounts:
            if _differing(one, told.get(one["_id"], {})):
                now = self._accounts.find_one({"_id": one["_id"]}) or one  # it may be changing
                names = _differing(now, self._told([one["_id"]]).get(one["_id"], {}))
                known = {"noun": "account", "subject": one["_id"], "fields": ", ".join(names)}
                found.faults += [{"code": "record-differs", **known}] if names else []
        found.following = accounts[-1]["_id"] if len(accounts) == PAGE else None
        return found

    def missing(self, refs: list[str]) -> Iterable[Fault]:
        """Of the accounts that these lines tell of, those that are not there."""
        faults: list[Fault] = []
        for piece in pieces(refs):
            lines = {one["account_id"]: one["_id"] for one in self._journal.find({"_id": {"$in": piece}})}
            there = {one["_id"] for one in self._accounts.find({"_id": {"$in": list(lines)}}, {"_id": 1})}
            gone = [id for id in lines if id not in there]
            faults += [{"code": "record-missing", "noun": "account", "subject": id, "event": lines[id]} for id in gone]
        return faults

    def _told(self, ids: list[str]) -> dict[str, dict[str, Any]]:
        """Account → field → its value, as the journal has it last."""
        found: dict[str, dict[str, Any]] = {}
        for piece in pieces(ids):
            for line in self._journal.find({"account_id": {"$in": piece}}).sort("_id", ASCENDING):
                changes = {name: change["to"] for name, change in line["changes"].items() if name in WATCHED}
                found.setdefault(line["account_id"], {}).update(changes)
        return found


def _differing(account: Mapping[str, Any], told: Mapping[str, Any]) -> list[str]:
    pairs = {name: (account.get(name), told.get(name)) for name in WATCHED}
    return [name for name, (is_now, said) in pairs.items() if is_now != said and not (is_now in NOTHING and not said)]
