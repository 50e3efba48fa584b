"""Erasing a person's data wherever a service's database holds it: in every version, answer and message.

Driven by the event that tells of it (chassis/kernel/erasure.py): it names the emptied fields, and has what stands in
their place. In the one commit that stores the record, or its copy, as erased:
1. the erasure is noted in `erasures` ({_id: noun and id, noun, record, version, blanks, at}): what comes later with an
   older version is emptied as it comes in (`cleaned`), so the order of arrival does not matter;
2. each row of the log about the record, which its trail notes (chassis/storage/rewriting.py);
3. answers kept for repeated requests; 4. messages set aside, or dropped (and again each minute, see `sweep`).
Killed anywhere: nothing of it is done, or all. Done twice, it is the same. Copies (replica.py) and the record itself go
by their version, as with any event.
"""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import orjson
from pymongo.client_session import ClientSession
from pymongo.database import Database

from chassis.contract.bodies import PLAIN, decoded
from chassis.contract.envelope import UnreadableEventError
from chassis.kernel.clock import now
from chassis.storage.rewriting import redact

if TYPE_CHECKING:
    from chassis.storage.store import Store

COLLECTION = "erasures"
MESSAGES = ("parked", "dropped")
OVERLAP = timedelta(minutes=10)  # far longer than a message is on its way from its queue into the store
LARGEST = 1024 * 1024  # bytes of a message that may be about a person: a record of a few short fields
Document = dict[str, Any]


class Redactions:
    """The erasures that one database knows of."""

    def __init__(self, database: Database[Document]) -> None:
        self.database, self.collection = database, database[COLLECTION]
        self._swept: datetime | None = None

    def apply(self, store: "Store", envelope: Mapping[str, Any], at: datetime, session: ClientSession) -> None:
        """Empty what this database holds of the record, inside the caller's transaction."""
        noun, id, data = _noun(envelope), envelope["subject"], envelope["data"]
        blanks = {name: data[name] for name in data["erased"]["emptied"]}
        key = f"{noun} {id}"
        told = {"noun": noun, "record": id, "version": envelope["recordversion"], "blanks": blanks, "at": at}
        self.collection.replace_one({"_id": key}, {"_id": key, **told}, upsert=True, session=session)
        self._answers(id, blanks, session)
        self._messages(session)
        changed = self._rows(noun, id, blanks, session)
        if changed:
            why, request = data["erased"]["reason"], envelope["correlationid"]
            redact(store, changed, envelope["actor"], why, session, request)

    def any(self) -> bool:
        """Whether anything was ever erased."""
        return self.collection.find_one({}, {"_id": 1}) is not None

    def every(self, noun: str) -> list[Document]:
        """Those of a noun, by id."""
        return list(self.collection.find({"noun": noun}).sort("_id", 1))

    def cleaned(self, document: Document, session: ClientSession | None = None) -> Document | None:
        """A parked message, emptied of what was erased; None where it holds nothing of the kind."""
        body = document.get("body")
        if body is None or len(body) > LARGEST:
            return None
        try:
            raw = decoded(bytes(body), (document.get("properties") or {}).get("content_encoding"), LARGEST)
            envelope = orjson.loads(raw)
            found = self.collection.find_one({"_id": f"{_noun(envelope)} {envelope['subject']}"}, session=session)
            if found is None or blanked(envelope["data"], found["blanks"]) == envelope["data"]:
                return None
            envelope["data"] = blanked(envelope["data"], found["blanks"])
        except (ValueError, LookupError, TypeError, AttributeError, UnreadableEventError):
            return self._unreadable(document, session)
        return _with_body(document, orjson.dumps(envelope))

    def _unreadable(self, document: Document, session: ClientSession | None) -> Document | None:
        """What cannot be read and names somebody who was erased is emptied as a whole."""
        ids = {found.decode() for found in _ID.findall(bytes(document["body"]))}
        about = {"record": {"$in": sorted(ids)}}
        known = ids and self.collection.find_one(about, {"_id": 1}, session=session)
        return _with_body(document, b"") if known else None

    def sweep(self) -> int:
        """Empty messages that were set aside at the very moment of an erasure, so that neither saw the other.

        The first time all of them; then those since the last time, and of a while before.
        """
        count, at = 0, now()
        if self.any():
            since = {} if self._swept is None else {"parked_at": {"$gte": self._swept - OVERLAP}}
            with self.database.client.start_session() as session:
                count = self._messages(session, since)
        self._swept = at
        return count

    def _rows(self, noun: str, id: str, blanks: Mapping[str, Any], session: ClientSession) -> dict[str, Document]:
        """Event id → what its data is to be, of each version in the log that still has something."""
        about = {"subject": id, "type": {"$regex": f"^gtm\\.{re.escape(noun)}\\."}}
        found = self.database["outbox"].find(about, {"envelope.data": 1}, session=session)
        versions = {row["_id"]: row["envelope"]["data"] for row in found}
        emptied = {event: blanked(data, blanks) for event, data in versions.items()}
        return {event: data for event, data in emptied.items() if data != versions[event]}

    def _answers(self, id: str, blanks: Mapping[str, Any], session: ClientSession) -> None:
        answers = self.database["answers"]
        for kept in answers.find({"answer": {"$regex": id}}, {"answer": 1}, session=session):
            answer = orjson.dumps(_everywhere(orjson.loads(kept["answer"]), id, blanks)).decode()
            # The fingerprint too is made of what was erased; the same request again is now another one.
            change = {"$set": {"answer": answer, "fingerprint": ""}}
            answers.update_one({"_id": kept["_id"]}, change, session=session)

    def _messages(self, session: ClientSession, since: Mapping[str, Any] | None = None) -> int:
        count = 0
        for name in MESSAGES:
            small = {**(since or {}), "bytes": {"$lte": LARGEST}}
            for document in self.database[name].find(small, session=session, batch_size=100):
                cleaned = self.cleaned(document, session)
                if cleaned is not None:
                    self.database[name].replace_one({"_id": document["_id"]}, cleaned, session=session)
                    count += 1
        return count


def blanked(data: Mapping[str, Any], blanks: Mapping[str, Any]) -> Document:
    """A record with what stands in the place of what it had; what it did not have it does not get."""
    return {name: blanks.get(name, value) for name, value in data.items()}


_ID = re.compile(rb"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def _noun(envelope: Mapping[str, Any]) -> str:
    service, noun = envelope["type"].split(".")[1:3]
    return f"{service}.{noun}"


def _everywhere(value: Any, id: str, blanks: Mapping[str, Any]) -> Any:
    """An answer in which the record stands emptied, as a whole or in a list."""
    if isinstance(value, dict):
        inner = {name: _everywhere(one, id, blanks) for name, one in value.items()}
        return blanked(inner, blanks) if value.get("id") == id else inner
    return [_everywhere(one, id, blanks) for one in value] if isinstance(value, list) else value


def _with_body(document: Document, body: bytes) -> Document:
    """The message with another body; what the failure said may have repeated the old one, and goes."""
    properties = {**(document.get("properties") or {}), "content_encoding": PLAIN}
    changed = {"body": body, "bytes": len(body), "sha256": sha256(body).hexdigest(), "properties": properties}
    reason = str(document.get("reason") or "").partition(":")[0]
    return {**document, **changed, "traceback": None, "headers": "{}", "reason": reason}
