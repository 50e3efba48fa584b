"""The unit of work over MongoDB: what a handler saved and the events that tell of it are stored in one transaction.

How it works, in order of time:
1. `Store.work(caller)` gives a Work; the handler reads records and saves new versions: these wait in memory.
2. At a clean end of the block everything waiting is written in one journalled, majority transaction: each record
   only if its stored version is the one that was read; the events into the outbox; the "seen" mark of an event.
3. The relay is woken. An exception in the block, or in 2, stores nothing at all.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

import pymongo
from nameko.extensions import DependencyProvider
from pymongo.client_session import ClientSession
from pymongo.errors import DuplicateKeyError, PyMongoError
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from chassis.contract.envelope import Event, EventType, Place, build
from chassis.kernel.clock import now
from chassis.kernel.errors import ForbiddenError, UnavailableError
from chassis.kernel.ids import new_id
from chassis.kernel.policy import Policy
from chassis.kernel.principal import Caller
from chassis.kernel.record import Record
from chassis.process import metrics
from chassis.process.crash import crash_point
from chassis.process.settings import Settings
from chassis.storage.foreign import ForeignRecords, as_record
from chassis.storage.idempotency import Answers
from chassis.storage.inbox import Handler, Inbox, Mark, firsts, mark_of
from chassis.storage.mongo import connect, end_orphans, is_away
from chassis.storage.outbox import Outbox
from chassis.storage.relay import Relay
from chassis.storage.replica import Replica
from chassis.storage.repository import Repository, not_the_origin, structure, sync_indexes, unstructure
from chassis.storage.writing import grouped, insert, write_record

R = TypeVar("R", bound=Record)
ANSWER_SECONDS = 2.0
COMMIT_SECONDS = 15.0  # for a commit with its repetitions; the driver's own limit is two minutes
JOURNALLED = WriteConcern(w="majority", j=True, wtimeout=10_000)


class Work:
    """One unit of work; its repositories and replicas are attributes by their collection's name."""

    def __init__(self, store: "Store", caller: Caller, at: datetime) -> None:
        self._store = store
        self.caller, self.now, self.node = caller, at, store.place.node
        self._saved: dict[str, tuple[Repository[Any], Record, Record | None]] = {}
        self._before: dict[str, Record] = {}
        self._fresh: set[str] = set()
        self._events: list[tuple[str, dict[str, Any]]] = []
        self._copies: list[tuple[Replica, Event]] = []
        self._kept: list[tuple[str, dict[str, Any]]] = []
        self._adopted: list[tuple[Event, Record]] = []
        self._seen: list[Mark] = []

    def __getattr__(self, name: str) -> Any:
        found = self._store.parts.get(name)
        if found is None:
            raise AttributeError(name)
        return found

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
        return replace(changed, version=before.version + 1, updated_at=self.now, updated_by=who)

    def save(self, record: Record, event: EventType) -> None:
        """See chassis.kernel.work."""
        before = self._before.get(record.id)
        if before is None and record.id not in self._fresh:
            return  # nothing differs from what is stored
        repository = self._store.by_kind[type(record)]
        self._must_be_own(repository.noun, record, before)
        self._saved[record.id] = (repository, record, before)
        envelope = build(event, record, before, self.caller, self.now, self._store.place)
        self._events = [kept for kept in self._events if kept[1]["subject"] != record.id]
        self._events.append((event.routing_key(record.origin, record.visibility), envelope))

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

    def keep(self, collection: str, document: dict[str, Any]) -> None:
        """Store a document that is no record (the text of a file), in the same commit; its `_id` must be new."""
        self._kept.append((collection, document))

    def _commit(self) -> None:
        if not (self._saved or self._copies or self._kept or self._adopted or self._seen):
            return
        crash_point("store.before_commit")
        with pymongo.timeout(COMMIT_SECONDS), self._store.client.start_session() as session:
            session.with_transaction(self._write, write_concern=JOURNALLED, read_concern=ReadConcern("snapshot"))
        crash_point("store.committed")
        for _, envelope in self._events:
            metrics.STORED.labels(self._store.name, envelope["type"]).inc()
        if self._events:
            self._store.relay.wake()

    def _write(self, session: ClientSession) -> None:
        if self._seen:
            self._store.seen.add(self._seen, self.now, session)
        for repository, record, before in self._saved.values():
            write_record(repository, record, before, self._store.place.incarnation, session)
        for replica, events in grouped(self._copies).items():
            replica.apply(events, session)
        for event, record in self._adopted:
            if self._store.foreign.apply(event, record, self.now, session):
                self._store.outbox.append_heard(event, session)
        written = [record for _, record, _ in self._saved.values()] + [record for _, record in self._adopted]
        for follower in self._store.followers:
            follower.follow(written, session)
        for collection, documents in grouped(self._kept).items():
            insert(self._store.database[collection], documents, session)
        if self._events:
            self._store.outbox.append(self._events, session)


class Store(DependencyProvider):
    """A service's own database, as a nameko dependency. Also opened without nameko by `open` (tests, tools)."""

    relay = Relay()
    policy = Policy({})

    def __init__(
        self,
        repositories: Sequence[type[Repository[Any]]],
        replicas: Sequence[type[Replica]] = (),
        others: Sequence[type[Any]] = (),
        followers: Sequence[type[Any]] = (),
    ) -> None:
        """`others` are collections of documents that are no records: made with the database, named by the class.

        `followers` are such ones too, and `follow(records, session)` in each commit that writes records, of any node.
        """
        self.repository_kinds, self.replica_kinds, self.other_kinds = repositories, replicas, others
        self.follower_kinds = followers
        self._in_doubt = False  # whether transactions of ours may stand open, after the store did not answer

    def setup(self) -> None:
        """Runs once, before any entrypoint of the service."""
        self.policy = self.container.config["POLICY"]
        self.open(self.container.service_name, self.container.config["GTM"])
        self.relay.attach(self.outbox)

    def open(self, name: str, settings: Settings) -> "Store":
        """Connect and make sure of the indexes."""
        self.name = name
        self.place = Place(settings.node, settings.public_url, settings.incarnation)
        self.client = connect(settings)
        self.database = self.client[settings.database(name)]
        try:
            self._end_orphans()
            self._announce()
            self._make_parts()
        except PyMongoError as error:
            raise UnavailableError("store-away", None, {"service": self.name}) from error
        return self

    def _make_parts(self) -> None:
        repositories = [kind(self.database) for kind in self.repository_kinds]
        for repository in repositories:
            repository.node = self.place.node
        copies = [kind(self.database) for kind in self.replica_kinds]
        self.by_kind = {repository.kind: repository for repository in repositories}
        self.foreign = ForeignRecords(self.by_kind)
        self.replicas = {replica.noun: replica for replica in copies}
        self.parts: dict[str, Any] = {one.collection_name: one for one in repositories}
        self.parts |= {replica.attribute: replica for replica in copies}
        self.parts |= {other.collection_name: other(self.database) for other in self.other_kinds}
        self.followers = [kind(self.database) for kind in self.follower_kinds]
        self.parts |= {follower.collection_name: follower for follower in self.followers}
        self.outbox, self.seen = Outbox(self.database, self.place.incarnation), Inbox(self.database)
        self.inbox = self.seen.collection
        self.seen.sync_indexes()
        self.past_answers = Answers(self.database)
        self.past_answers.sync_indexes()
        self.outbox.sync_indexes()
        sync_indexes(repositories)
        for replica in copies:
            replica.sync_indexes()

    def get_dependency(self, worker_ctx: Any) -> "Store":
        """The store itself: nothing is opened per call."""
        return self

    def stop(self) -> None:
        """Let the relay send what is there, then close the connections; the last entrypoint has ended by now."""
        self.relay.stop()
        self.client.close()

    @contextmanager
    def work(self, caller: Caller) -> Iterator[Work]:
        """A unit of work, committed at a clean end. Raises: UnavailableError store-away when it does not answer."""
        work = Work(self, caller, now())
        try:
            if self._in_doubt:
                self._end_orphans()
            yield work
            work._commit()
        except DuplicateKeyError:
            raise
        except PyMongoError as error:
            self._in_doubt = self._in_doubt or is_away(error)
            raise UnavailableError("store-away", None, {"service": self.name}) from error

    def apply_once(self, event: Event, queue: str, caller: Caller, handler: Handler) -> bool:
        """Run the handler and note the event as seen by this queue, in one commit. False if it was seen before.

        Seen is an id, and also a version of a record: it has one event, whatever id another message gives itself.
        """
        mark = mark_of(event, queue)
        if self.seen.has(mark):
            return False
        try:
            self._apply([(event, caller)], [mark], handler)
        except DuplicateKeyError:
            if not any(self.seen.known([mark])):
                raise
            return False
        return True

    def apply_together(self, taken: Sequence[tuple[Event, Caller]], queue: str, handler: Handler) -> list[bool]:
        """The same for several events, in their order and in one commit: for each, False if it was seen before.

        Raises: whatever keeps one of them from being applied; then none is. Reads in the handler are of the state
        before all of them: only a handler that reads nothing that another event of the queue may change belongs here.
        """
        marks = [mark_of(event, queue) for event, _ in taken]
        fresh = firsts(marks)
        try:
            self._apply([taken[place] for place in fresh], [marks[place] for place in fresh], handler)
        except DuplicateKeyError:
            known = self.seen.known(marks)
            if not any(known[place] for place in fresh):
                raise
            fresh = [place for place in fresh if not known[place]]
            self._apply([taken[place] for place in fresh], [marks[place] for place in fresh], handler)
        return [place in fresh for place in range(len(taken))]

    def _apply(self, taken: Sequence[tuple[Event, Caller]], marks: list[Mark], handler: Handler) -> None:
        if not taken:
            return
        with self.work(taken[0][1]) as work:
            work._seen = marks
            for event, work.caller in taken:
                handler(event, work)

    def answers(self) -> bool:
        """Whether the database answers now, and not in a while: a suspended one takes every question."""
        try:
            with pymongo.timeout(ANSWER_SECONDS):
                self.client.admin.command("ping")
        except PyMongoError:
            return False
        return True

    def _end_orphans(self) -> None:
        self._in_doubt = False
        end_orphans(self.client)

    def _announce(self) -> None:
        build_info = self.client.server_info()
        kind = "secantusdb" if "secantus" in str(build_info).lower() else "mongodb"
        metrics.STORE.labels(self.name, kind, build_info.get("version", "?")).set(1)
