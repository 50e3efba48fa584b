"""Keeps messages that could not be handled, each once however often the broker delivers it."""

from collections.abc import Sequence
from dataclasses import replace

import pymongo
from pymongo.database import Database
from pymongo.errors import BulkWriteError, DuplicateKeyError

from chassis.parking.message import Document, Parked
from chassis.process.crash import crash_point
from chassis.storage.redaction import Redactions

STORE_SECONDS = 5.0
SLOWEST_STORE = 4 * 1024 * 1024  # bytes a second, for large bodies


class Keeper:
    """Writes the collection `parked` of one service; lot.py is what operators do with it."""

    def __init__(self, database: Database[Document]) -> None:
        self._messages, self._pieces = database["parked"], database["parked_pieces"]
        self._replayed, self._dropped = database["replayed"], database["dropped"]
        self._redactions = Redactions(database)

    def put(self, parked: Parked, redelivered: bool) -> str:
        """Keep a message, once however often it is delivered; gives its id. Raises: PyMongoError.

        What a consumer of ours parked has an id of its own, so the same id is the same message. What the broker set
        aside has none: a delivery that is not the first may have been stored before; a first one with a known digest is
        another message that differs in nothing, and is counted.
        """
        with pymongo.timeout(STORE_SECONDS + len(parked.body) / SLOWEST_STORE):
            parked = self._without_the_erased(parked)
            if parked.given and (known := self._known(parked.given)) in (None, parked.document["sha256"]):
                return parked.given if known else self._insert(parked, parked.given, redelivered)
            return self._insert(parked, parked.digest, redelivered)

    def put_together(self, messages: Sequence[Parked]) -> list[Parked]:
        """Keep those that can be kept by one insertion; gives the others, which `put` takes. Raises: PyMongoError.

        Safe to repeat, as a whole or by `put`: only what a consumer of ours gave an id is kept here.
        """
        with pymongo.timeout(STORE_SECONDS + sum(len(one.body) for one in messages) / SLOWEST_STORE):
            if self._redactions.any():
                return list(messages)
            plain = {one.given: one for one in messages if one.given and not one.pieces}
            known = self._known_of(list(plain))
            new = [one for given, one in plain.items() if given not in known]
            kept = {id(one) for given, one in plain.items() if known.get(given) == one.document["sha256"]}
            if new:
                kept |= self._insert_together(new)
        return [one for one in messages if id(one) not in kept]

    def _insert_together(self, new: list[Parked]) -> set[int]:
        documents = [{"_id": one.given, **one.document, "body": one.body} for one in new]
        failed: set[int] = set()
        try:
            self._messages.insert_many(documents, ordered=False)
        except BulkWriteError as error:  # another process's collector was faster with some; or one is unbearable
            failed = {one["index"] for one in error.details["writeErrors"]}
        return {id(one) for number, one in enumerate(new) if number not in failed}

    def _without_the_erased(self, parked: Parked) -> Parked:
        """A message of before a person's data was erased brings nothing of it back."""
        cleaned = self._redactions.cleaned({**parked.document, "body": parked.body})
        if cleaned is None:
            return parked
        return replace(parked, body=cleaned.pop("body"), document=cleaned)

    def _known(self, id: str) -> str | None:
        """The SHA-256 of what has that id, be it parked, or replayed or dropped before. In this order: see `drop`."""
        for collection in (self._messages, self._replayed, self._dropped):
            found = collection.find_one({"_id": id}, {"sha256": 1})
            if found is not None:
                return str(found.get("sha256"))
        return None

    def _known_of(self, ids: list[str]) -> dict[str, str]:
        """Of those that are known: id → SHA-256, in the order of `_known`."""
        found: dict[str, str] = {}
        for collection in (self._messages, self._replayed, self._dropped):
            for one in collection.find({"_id": {"$in": ids}}, {"sha256": 1}):
                found.setdefault(str(one["_id"]), str(one.get("sha256")))
        return found

    def _insert(self, parked: Parked, id: str, redelivered: bool) -> str:
        pieces = parked.pieces
        for number, piece in enumerate(pieces):
            one = {"_id": f"{id} {number}", "of": id, "number": number, "bytes": piece}
            self._pieces.replace_one({"_id": one["_id"]}, one, upsert=True)
        if pieces:
            crash_point("collector.pieces")
        kept = {"pieces": len(pieces)} if pieces else {"body": parked.body}
        try:
            self._messages.insert_one({"_id": id, **parked.document, **kept})
        except DuplicateKeyError:
            if id == parked.given:  # another process's collector was faster
                return self.put(parked, redelivered)
            if not redelivered:
                self._messages.update_one({"_id": id}, {"$inc": {"copies": 1}})
        return id
