"""The collections of accounts, and the documents in them as the domain's objects."""

from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any, Final, TypeVar

from pymongo import ASCENDING, DESCENDING
from pymongo.database import Database

from chassis.kernel.clock import now
from chassis.kernel.ids import new_id
from chassis.storage.trail import WAITS

D = TypeVar("D")

ACCOUNTS: Final = "accounts"
SESSIONS: Final = "sessions"
MACHINES: Final = "machine_tokens"
LINKS: Final = "links"
DEVICES: Final = "devices"
GUESSES: Final = "guesses"
JOURNAL: Final = "journal"
GUARDS: Final = "guards"
ERASURE_REQUESTS: Final = "erasure_requests"

WATCHED: Final = ("roles", "status", "institution_id", "focal_point_id")
"""What of an account the journal tells the values of."""

# Collections whose documents the store itself removes once `expires_at` is past; nobody relies on the moment.
PASSING: Final = (SESSIONS, LINKS, DEVICES, GUESSES)


def sync_indexes(database: Database[dict[str, Any]]) -> None:
    """Make the collections and what they are found by; the unique indexes are rules that no race can break."""
    database[ACCOUNTS].create_index("username", unique=True)
    database[ACCOUNTS].update_many({"version": {"$exists": False}}, {"$set": {"version": 1}})
    database[GUARDS].update_one({"_id": "administrators"}, {"$inc": {"looks": 1}}, upsert=True)
    database[SESSIONS].create_index("family", unique=True)
    database[SESSIONS].create_index([("account_id", ASCENDING), ("_id", DESCENDING)])
    database[SESSIONS].create_index("revoked_at", sparse=True)
    database[MACHINES].create_index("digest", unique=True)
    database[MACHINES].create_index([("account_id", ASCENDING), ("_id", DESCENDING)])
    database[LINKS].create_index("account_id")
    database[JOURNAL].create_index([("account_id", ASCENDING), ("_id", DESCENDING)])
    _begin_trail(database)
    for name in PASSING:
        database[name].create_index("expires_at", name="over_ttl", expireAfterSeconds=0)


def _begin_trail(database: Database[dict[str, Any]]) -> None:
    """Lines of before there was a trail are chained; of accounts without any, what they are now is written down."""
    if database["trail"].find_one({}) is not None:
        return
    database[JOURNAL].update_many({WAITS: {"$exists": False}}, {"$set": {WAITS: True}})
    for account in database[ACCOUNTS].find():
        if database[JOURNAL].find_one({"account_id": account["_id"]}) is None:
            is_now = {name: {"from": None, "to": account.get(name)} for name in WATCHED if account.get(name)}
            line = {"account_id": account["_id"], "act": "found", "by": "system", "at": now(), "request": ""}
            database[JOURNAL].insert_one({"_id": new_id(), **line, "changes": is_now, WAITS: True})


def read(kind: type[D], document: Mapping[str, Any], key: str = "id") -> D:
    """A document as an object of the domain, which may have been given fields since it was written."""
    known = {field.name for field in fields(kind)}  # type: ignore[arg-type]
    values = {key if name == "_id" else name: value for name, value in document.items()}
    return kind(**{name: tuple(v) if isinstance(v, list) else v for name, v in values.items() if name in known})


def write(value: Any, key: str = "id") -> dict[str, Any]:
    """An object of the domain as a document."""
    found = asdict(value)
    return {"_id": found.pop(key), **{name: list(v) if isinstance(v, tuple) else v for name, v in found.items()}}
