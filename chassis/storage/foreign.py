"""Records of this service's own nouns that other nodes own: kept beside its own, so that a list is one query.

They are written here alone, from events, and by nobody else: `Work.revise` refuses a record of another origin. Beside
the record's own fields a document has `incarnation` (of its node, for comparing versions) and `heard_at`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from heapq import merge
from typing import Any

from pymongo import ReplaceOne
from pymongo.client_session import ClientSession

from chassis.contract.envelope import ConflictingEventError, Event, EventType, UnreadableEventError
from chassis.kernel.record import Record
from chassis.storage.mongo import pieces
from chassis.storage.outbox import Outbox
from chassis.storage.repository import DISPUTED, Repository, structure
from chassis.storage.tombstones import Known, Tombstones, Version, noun_of, remove, version_of
from chassis.storage.writing import grouped


def as_record(event: Event, known: Mapping[str, EventType], kind: type[Record]) -> Record:
    """The record that an event carries, as the service's own code knows it. Raises: UnreadableEventError."""
    values: dict[str, Any] = known[event.type].reader.load(event.data)
    missing = [item.name for item in fields(Record) if item.name not in values]
    if missing:
        raise UnreadableEventError(f"{event.type} of {event.origin} lacks {', '.join(missing)}")
    try:
        return structure(values, kind)
    except (TypeError, ValueError, LookupError, ExceptionGroup) as error:
        raise UnreadableEventError(f"{event.type} of {event.origin} makes no {kind.__name__}: {error}") from error


class ForeignRecords:
    """The way in for them, one a service."""

    def __init__(
        self,
        service: str,
        repositories: Mapping[type[Record], Repository[Any]],
        tombstones: Tombstones,
        outbox: Outbox,
    ) -> None:
        self._service, self._tombstones, self._outbox = service, tombstones, outbox
        self._by_noun = {repository.noun: repository for repository in repositories.values()}

    def check_same(self, event: Event) -> None:
        """Of a version that another event told before. Raises: ConflictingEventError, if that said something else."""
        if event.type.split(".")[2] in self._by_noun and self._outbox.contradicts(event, unknown=True):
            self.dispute(event)
            raise ConflictingEventError(_conflicting(event))

    def dispute(self, event: Event) -> None:
        """Count the record as not held until its owner says it again: then the owner's word is taken, whatever it was.

        What is this node's own stays as it is; nobody else has a word in it.
        """
        repository = self._by_noun.get(event.type.split(".")[2])
        if repository is not None and event.origin != repository.node:
            owned = {"_id": event.subject, "origin": event.origin}
            repository.collection.update_one(owned, {"$set": {DISPUTED: True}})

    def nouns(self) -> list[str]:
        """What the service has collections for."""
        return sorted(self._by_noun)

    def repository(self, noun: str) -> Repository[Any]:
        """The collection of a noun."""
        return self._by_noun[noun]

    def apply(
        self, adopted: Sequence[tuple[Event, Record]], at: datetime, session: ClientSession
    ) -> list[tuple[Event, Record]]:
        """Store these records, in their order, unless what is kept is as new (events.md, Receiving 2 and 4).

        Gives those that were. Raises: UnreadableEventError when a record is known to belong to another node than the
        one that speaks; ConflictingEventError.
        """
        taken: list[tuple[Event, Record]] = []
        for noun, some in grouped([(noun_of(event), (event, record)) for event, record in adopted]).items():
            taken += self._apply(noun, some, at, session)
        return taken

    def _apply(
        self, noun: str, adopted: list[tuple[Event, Record]], at: datetime, session: ClientSession
    ) -> list[tuple[Event, Record]]:
        repository = self._repository_of(adopted[0][0])
        kept, buried = self._known(noun, [event.subject for event, _ in adopted], session)
        taken: list[tuple[Event, Record]] = []
        for event, record in adopted:
            id = event.subject
            if not self._is_news(event, kept.get(id), buried.get(id), session):
                continue
            if buried.pop(id, None):
                self._tombstones.lift(noun, id, session)
            kept[id] = Known(event.origin, version_of(event))
            taken.append((event, record))
        if taken:
            heard = {
                event.subject: repository.to_document(record) | {"incarnation": event.incarnation, "heard_at": at}
                for event, record in taken
            }
            writes = [ReplaceOne({"_id": id}, document, upsert=True) for id, document in heard.items()]
            repository.collection.bulk_write(writes, ordered=False, session=session)
        return taken

    def _is_news(self, event: Event, kept: Known | None, buried: Known | None, session: ClientSession) -> bool:
        if buried and not buried.is_older_than(event):
            return False
        if kept and not kept.is_older_than(event):
            if kept.disputed and event.replay:
                self._outbox.supersede(event, session)  # said again: by its owner in a repair, or by an operator
            elif self._outbox.contradicts(event):
                raise ConflictingEventError(_conflicting(event))
            else:
                return False
        return True

    def withdraw(self, event: Event, at: datetime, session: ClientSession) -> list[Record] | None:
        """Forget another node's record, all but that it was; None if what is kept is as new, else what was kept.

        This node's own, which it lost the withdrawal of in a restore, becomes internal again, as it is in the backup.
        Raises: UnreadableEventError when the record is known to belong to another node than the one that speaks.
        """
        known = self._known(noun_of(event), [event.subject], session)
        if not all(one.is_older_than(event) for found in known for one in found.values()):
            return None
        repository, version = self._repository_of(event), version_of(event)
        self._tombstones.put(noun_of(event), event.subject, Known(event.origin, version), at, session)
        if event.origin == self._tombstones.node:
            internal = {"visibility": "internal", "incarnation": version[0], "version": version[1]}
            changed = {"$set": internal}
            found = repository.collection.find_one_and_update({"_id": event.subject}, changed, session=session)
        else:
            found = remove(repository.collection, event.subject, session)
        return [repository.to_record(found)] if found else []

    def held(self, noun: str, origin: str | None) -> Iterator[tuple[str, str, Version]]:
        """What of this noun other nodes may hold, or may not any more: as Repository.held, tombstones among them."""
        withdrawn = self._tombstones.held(f"{self._service}.{noun}", origin)
        return merge(self._by_noun[noun].held(origin), withdrawn, key=lambda one: one[1])

    def _repository_of(self, event: Event) -> Repository[Any]:
        return self._by_noun[event.type.split(".")[2]]

    def _known(
        self, noun: str, ids: Sequence[str], session: ClientSession
    ) -> tuple[dict[str, Known], dict[str, Known]]:
        """The records that are kept, and the tombstones, by id; `noun` with its service."""
        wanted = {"origin": 1, "incarnation": 1, "version": 1, DISPUTED: 1}
        kept: dict[str, Known] = {}
        collection = self._by_noun[noun.partition(".")[2]].collection
        for piece in pieces(sorted(set(ids))):
            for one in collection.find({"_id": {"$in": piece}}, wanted, session=session):
                version = (one.get("incarnation", 1), one["version"])
                kept[one["_id"]] = Known(one["origin"], version, disputed=bool(one.get(DISPUTED)))
        return kept, self._tombstones.find(noun, sorted(set(ids)), session)


def _conflicting(event: Event) -> str:
    version = f"version {event.incarnation}.{event.recordversion}"
    return f"conflicting: {version} of {event.subject} was told otherwise before by {event.origin}"
