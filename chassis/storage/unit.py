"""The unit of work over MongoDB: what a handler saved and the events that tell of it are stored in one transaction.

How it works, in order of time:
1. `Store.work(caller)` gives a Work; the handler reads records and saves new versions: these wait in memory.
2. At a clean end of the block everything waiting is written in one journalled, majority transaction: each record
   only if its stored version is the one that was read; the events into the outbox; the "seen" mark of an event.
3. The relay is woken. An exception in the block, or in 2, stores nothing at all.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

import orjson
import pymongo
from pymongo.client_session import ClientSession
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from chassis.contract.envelope import Event, EventType, build
from chassis.contract.withdrawal import withdrawal
from chassis.kernel.erasure import tells_erasure
from chassis.kernel.errors import ForbiddenError
from chassis.kernel.ids import new_id
from chassis.kernel.principal import SYSTEM, Caller
from chassis.kernel.record import Record, narrows
from chassis.process import metrics
from chassis.process.crash import crash_point
from chassis.storage.foreign import as_record
from chassis.storage.inbox import Mark
from chassis.storage.replica import Replica
from chassis.storage.repository import Repository, not_the_origin, structure, unstructure
from chassis.storage.seeing import Seen
from chassis.storage.writing import grouped, insert, write_record

if TYPE_CHECKING:
    from chassis.storage.store import Store

R = TypeVar("R", bound=Record)
COMMIT_SECONDS = 15.0  # for a commit with its repetitions; the driver's own limit is two minutes
JOURNALLED = WriteConcern(w="majority", j=True, wtimeout=10_000)


class Work:
    """One unit of work; its repositories and replicas are attributes by their collection's name, as the caller sees."""

    def __init__(self, store: "Store", caller: Caller, at: datetime) -> None:
        self._store = store
        self.caller, self.now, self.node = caller, at, store.place.node
        self._place = store.place  # one life of the node for the whole of it
        self._saved: dict[str, tuple[Repository[Any], Record, Record | None]] = {}
        self._before: dict[str, Record] = {}
        self._fresh: set[str] = set()
        self._events: list[tuple[str, dict[str, Any]]] = []
        self._copies: list[tuple[Replica, Event]] = []
        self._kept: list[tuple[str, dict[str, Any]]] = []
        self._adopted: list[tuple[Event, Record]] = []
        self._withdrawn: list[Event] = []
        self._redacted: list[dict[str, Any]] = []
        self._seen: list[Mark] = []

    def __getattr__(self, name: str) -> Any:
        found = self._store.parts.get(name)
        if found is None:
            raise AttributeError(name)
        return found.seen_by(self.caller) if isinstance(found, Seen) else found

    def new(self, kind: type[R], visibility: str, /, **values: Any) -> R:
        """See chassis.kernel.work."""
        who, id = self.caller.principal.account_id, new_id()
        self._fresh.add(id)
        born = {"created_at": self.now, "created_by": who, "updated_at": self.now, "updated_by": who}
        own = {"id": id, "origin": self.node, "version": 1, "visibility": visibility, **born}
        owner = self._store.policy.owners.get(self._store.by_kind[kind].noun)
        if self.caller.only_for and owner and values.get(owner) is None:
            values[owner] = self.caller.only_for
        return structure({**values, **own}, kind)

    def revise(self, record: R, /, **changes: Any) -> R:
        """See chassis.kernel.work."""
        if record.origin != self.node:
            raise not_the_origin(record, self._store.by_kind[type(record)].noun)
        changed = structure({**unstructure(record), **changes}, type(record))
        if changed == record:
            return record
        if record.id in self._fresh:
            return changed
        # Several revisions in one work are one version: one event tells of it.
        before = self._before.setdefault(record.id, record)
        who = self.caller.principal.account_id
        # One that other nodes have to forget: the version between is its tombstone's.
        step = 2 if narrows(before, changed) else 1
        return replace(changed, version=before.version + step, updated_at=self.now, updated_by=who)

    def save(self, record: Record, event: EventType) -> None:
        """See chassis.kernel.work."""
        if self.caller.principal.read_only:  # whatever the table says of the call
            raise ForbiddenError("read-only-token")
        before = self._before.get(record.id)
        if before is None and record.id not in self._fresh:
            return  # nothing differs from what is stored
        repository = self._store.by_kind[type(record)]
        self._must_be_own(repository.noun, record, before)
        self._saved[record.id] = (repository, record, before)
        envelope = build(event, record, before, self.caller, self.now, self._place)
        self._events = [kept for kept in self._events if kept[1]["subject"] != record.id]
        if before is not None and narrows(before, record):
            self._events.append(withdrawal(event, before, self.caller, self.now, self._place))
        self._events.append((event.routing_key(record.origin, record.visibility), envelope))
        if tells_erasure(event.name):
            self._redacted.append(envelope)

    def _must_be_own(self, noun: str, *states: Record | None) -> None:
        """Before and after, for a caller who acts for one institution. Raises: ForbiddenError own-institution-only."""
        only_for, policy = self.caller.only_for, self._store.policy
        if only_for and any(policy.owner(noun, one) != only_for for one in states if one is not None):
            raise ForbiddenError("own-institution-only", policy.owners.get(noun))

    def replicate(self, event: Event) -> None:
        """Keep another service's record as this event has it, unless what is kept is as new."""
        noun = event.type.split(".")[2]
        self._copies.append((self._store.replicas[noun], event))

    def adopt(self, event: Event, known: Mapping[str, EventType]) -> None:
        """Keep a record of this service's nouns that another node owns, unless what is kept is as new."""
        noun = event.type.split(".")[2]
        record = as_record(event, known, self._store.foreign.repository(noun).kind)
        self._adopted.append((event, record))

    def forget(self, event: Event) -> None:
        """Withdraw the record, or the copy, of which the event is the tombstone, unless what is kept is as new."""
        self._withdrawn.append(event)

    def redact(self, event: Event) -> None:
        """Empty what this service holds of a record whose personal data was erased."""
        self._redacted.append(orjson.loads(event.raw))

    def keep(self, collection: str, document: dict[str, Any]) -> None:
        """Store a document that is no record (the text of a file), in the same commit; its `_id` must be new."""
        self._kept.append((collection, document))

    def _commit(self) -> None:
        if not (self._saved or self._copies or self._kept or self._adopted or self._withdrawn or self._seen):
            return
        if self._redacted:
            self._store.seal_trail()  # of what was is vouched for before it goes
        crash_point("store.before_commit")
        with pymongo.timeout(COMMIT_SECONDS), self._store.client.start_session() as session:
            session.with_transaction(self._write, write_concern=JOURNALLED, read_concern=ReadConcern("snapshot"))
        crash_point("store.committed")
        for _, envelope in self._events:
            metrics.STORED.labels(self._store.name, envelope["type"]).inc()
        if self._events:
            self._store.relay.wake()

    def _write(self, session: ClientSession) -> None:
        store = self._store
        if self._seen:
            store.seen.add(self._seen, self.now, session)
        for repository, record, before in self._saved.values():
            write_record(repository, record, before, self._place.incarnation, session)
            store.tombstones.follow(f"{store.name}.{repository.noun}", record, before, self._place, self.now, session)
        # Before what else came: a record that its node showed again is newer than its tombstone.
        written = [record for event in self._withdrawn for record in self._withdraw(event, session)]
        for replica, events in grouped(self._copies).items():
            replica.apply(events, store.tombstones, session)
        if self._adopted:
            taken = store.foreign.apply(self._adopted, self.now, session)
            store.outbox.append_heard([event for event, _ in taken], session)
        written += [record for _, record, _ in self._saved.values()] + [record for _, record in self._adopted]
        for follower in store.followers:
            follower.follow(written, session)
        for collection, documents in grouped(self._kept).items():
            insert(store.database[collection], documents, session)
        if self._events:
            store.outbox.append(self._events, session, **_beside(self.caller))
        for envelope in self._redacted:
            store.redactions.apply(store, envelope, self.now, session)

    def _withdraw(self, event: Event, session: ClientSession) -> list[Record]:
        """The records of this service's own nouns that are no more, or less to be seen."""
        store = self._store
        service, noun = event.type.split(".")[1:3]
        if service != store.name:
            if noun in store.replicas:
                store.replicas[noun].withdraw(event, store.tombstones, self.now, session)
            return []
        before = store.foreign.withdraw(event, self.now, session)
        if before is None:
            return []
        if gone := store.outbox.forget_heard(event, session):
            who, request = event.actor, event.correlationid
            store.trail.note("forgotten", gone, who, session, why=event.type, request=request)
        store.outbox.append_heard([event], session)
        return before


def _beside(caller: Caller) -> dict[str, Any]:
    """What the log keeps of a change and no event tells: by what right it was made, and why if that was said."""
    principal = caller.principal
    right = {"roles": sorted(principal.roles), "institution_id": principal.institution_id}
    said = {"why": caller.reason} if caller.reason else {}
    return said if principal == SYSTEM else {"by": right, **said}
