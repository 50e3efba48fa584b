"""Whether the records of a service are what its log says of them last."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from pymongo import ASCENDING

from chassis.contract.envelope import EventType, UnreadableEventError, declared, read, write
from chassis.contract.withdrawal import tells_withdrawal
from chassis.history.chain_check import Fault
from chassis.kernel.record import Record
from chassis.storage.mongo import pieces
from chassis.storage.repository import DISPUTED, Repository
from chassis.storage.store import Store

PAGE = 200
TRIES = 3  # of what may be changing while it is looked at
Row = dict[str, Any]


class RecordCheck:
    """Over one service's collections and its log."""

    def __init__(self, store: Store, publishes: Iterable[EventType]) -> None:
        self._store, self._known = store, {event.name: event for event in publishes}
        self.nouns = {repository.noun: repository for repository in store.by_kind.values()}

    def page(self, noun: str, after: str, since: datetime | None) -> tuple[int, list[Fault], str | None]:
        """The records of a noun after that id: how many, what differs from the log, the last id if there are more."""
        collection = self.nouns[noun].collection
        wanted: Row = {"_id": {"$gt": after}} | ({"updated_at": {"$gte": since}} if since else {})
        documents = list(collection.find(wanted).sort("_id", ASCENDING).limit(PAGE))
        last = self._last_told([one["_id"] for one in documents])
        faults = []
        for document in documents:
            fault = self._fault(noun, document, last.get(document["_id"]))
            if fault and (fault := self._looked_again(noun, document["_id"])):
                faults.append(fault)
        return len(documents), faults, documents[-1]["_id"] if len(documents) == PAGE else None

    def missing(self, refs: Sequence[str]) -> list[Fault]:
        """Of the records of this node that these events tell of, those that are not there."""
        own: dict[str, tuple[str, str]] = {}
        for piece in pieces(refs):
            wanted = {"_id": {"$in": piece}, "heard": {"$ne": True}}
            for row in self._store.outbox.rows.find(wanted, {"subject": 1, "type": 1}):
                own[row["subject"]] = (row["type"].split(".")[2], row["_id"])
        faults = []
        for noun, repository in self.nouns.items():
            ids = [subject for subject, (of, _) in own.items() if of == noun]
            for piece in pieces(ids):
                there = {one["_id"] for one in repository.collection.find({"_id": {"$in": piece}}, {"_id": 1})}
                for id in piece:
                    if id not in there:
                        faults.append({"code": "record-missing", "noun": noun, "subject": id, "event": own[id][1]})
        return faults

    def _looked_again(self, noun: str, id: str) -> Fault | None:
        fault = None
        for _ in range(TRIES):
            row = self._last_told([id]).get(id)
            document = self.nouns[noun].collection.find_one({"_id": id})
            fault = self._fault(noun, document, row) if document else None
            if fault is None:
                return None
        return fault

    def _fault(self, noun: str, document: Row, row: Row | None) -> Fault | None:
        told = {"noun": noun, "subject": document["_id"], "version": document.get("version")}
        if document.get(DISPUTED):
            return None  # its owner will say what it is
        if row is None:
            return {"code": "record-without-log", **told}
        version = (document.get("incarnation", 1), document.get("version"))
        if version != (row["envelope"]["incarnation"], row["recordversion"]):
            return {"code": "record-differs", **told, "event": row["_id"], "fields": "version"}
        names = [] if tells_withdrawal(row["type"]) else self._differing(self.nouns[noun], document, row)
        return {"code": "record-differs", **told, "event": row["_id"], "fields": ", ".join(names)} if names else None

    def _differing(self, repository: Repository[Any], document: Row, row: Row) -> list[str]:
        """The fields in which a record is not what the event says, both in today's words."""
        try:
            event = read(write(row["envelope"]), self._known.values())
            record: Record = repository.to_record(document)
            is_now: Mapping[str, Any] = self._known[event.type].schema().dump(record)
        except (UnreadableEventError, TypeError, ValueError, LookupError, AttributeError, ExceptionGroup) as error:
            return [type(error).__name__]
        told = declared(event, self._known.values())
        return sorted(name for name in told if name != "changed" and told[name] != is_now.get(name))

    def _last_told(self, subjects: Sequence[str]) -> dict[str, Row]:
        """The row with the newest version of each."""
        newest: dict[str, Row] = {}
        thin = {"subject": 1, "recordversion": 1, "superseded": 1, "envelope.incarnation": 1}
        for piece in pieces(subjects):
            for row in self._store.outbox.rows.find({"subject": {"$in": piece}}, thin):
                best = newest.get(row["subject"])
                if not row.get("superseded") and (best is None or _order(row) > _order(best)):
                    newest[row["subject"]] = row
        whole = self._store.outbox.rows_of([row["_id"] for row in newest.values()])
        return {row["subject"]: row for row in whole}


def _order(row: Row) -> tuple[int, int]:
    return row["envelope"]["incarnation"], row["recordversion"]
