"""What of a service's own events was made after an instant and may leave the node: counted by noun.

For the federation's status, which knows until when the other side has confirmed, and not what the queue in between
holds. Bounded: of more than MOST events the first ones are counted.
"""

from datetime import datetime
from typing import Any

from pymongo import ASCENDING
from pymongo.database import Database

MOST = 10_000
TRAVELLING = ("gtm", "public")


def count_since(database: Database[dict[str, Any]], since: datetime) -> dict[str, Any]:
    """{nouns: {noun: records}, oldest: instant or None}. Cost: grows with what was made since then, by the ids."""
    wanted = {"_id": {"$gt": first_id(since)}, "heard": {"$ne": True}, "visibility": {"$in": list(TRAVELLING)}}
    fields = {"type": 1, "subject": 1, "time": 1}
    found = list(database["outbox"].find(wanted, fields).sort("_id", ASCENDING).limit(MOST))
    subjects: dict[str, set[str]] = {}
    for row in found:
        subjects.setdefault(row["type"].split(".")[2], set()).add(row["subject"])
    oldest = found[0]["time"] if found else None
    return {"nouns": {noun: len(ids) for noun, ids in subjects.items()}, "oldest": oldest}


def first_id(instant: datetime) -> str:
    """No event id (UUIDv7) of that instant or later is smaller."""
    stamp = f"{max(0, int(instant.timestamp() * 1000)):012x}"
    return f"{stamp[:8]}-{stamp[8:]}-7000-8000-000000000000"
