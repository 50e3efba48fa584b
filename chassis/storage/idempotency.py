"""The same request twice has the same answer, and is carried out once, also when a process died in between.

A caller names its request by a key (HTTP: Idempotency-Key). The answer is stored in the commit that carries the request
out, so there is never one without the other. Kept for two days, then a key may come again as a new request.
"""

from hashlib import sha256
from typing import Any

import orjson
from pymongo import ASCENDING
from pymongo.database import Database

from chassis.kernel.errors import ConflictError
from chassis.kernel.principal import Caller
from chassis.kernel.work import Work

COLLECTION = "answers"
KEPT_SECONDS = 2 * 24 * 3600


class Answers:
    """The answers given to requests that had a key: {_id: account, method and key; fingerprint; answer; at}."""

    collection_name = COLLECTION

    def __init__(self, database: Database[dict[str, Any]]) -> None:
        self.collection = database[COLLECTION]

    def sync_indexes(self) -> None:
        """Forget what is older than KEPT_SECONDS."""
        self.collection.create_index([("at", ASCENDING)], name="at_ttl", expireAfterSeconds=KEPT_SECONDS)

    def recall(self, caller: Caller, payload: Any) -> dict[str, Any] | None:
        """The answer that this request had before, or None. Raises: ConflictError idempotency-key-reused."""
        if not caller.idempotency_key:
            return None
        found = self.collection.find_one({"_id": _id(caller)})
        if found is None:
            return None
        if found["fingerprint"] != _fingerprint(payload):
            raise ConflictError("idempotency-key-reused", None, {"key": caller.idempotency_key})
        answer: dict[str, Any] = orjson.loads(found["answer"])
        return answer


def remember(work: Work, payload: Any, answer: dict[str, Any]) -> None:
    """Store the answer in the commit of the work, if the request has a key."""
    if work.caller.idempotency_key:
        work.keep(
            COLLECTION,
            {
                "_id": _id(work.caller),
                "fingerprint": _fingerprint(payload),
                "answer": orjson.dumps(answer).decode(),
                "at": work.now,
            },
        )


def _id(caller: Caller) -> str:
    return f"{caller.principal.account_id} {caller.method} {caller.idempotency_key}"


def _fingerprint(payload: Any) -> str:
    return sha256(orjson.dumps(payload, option=orjson.OPT_SORT_KEYS)).hexdigest()
