"""The unit of work over MongoDB: what a handler saved and the events that tell of it are stored in one transaction.

How it works, in order of time:
1. `Store.work(caller)` gives a Work; the handler reads records and saves new versions: these wait in memory.
2. At a clean end of the block everything waiting is written in one journalled, majority transaction: each record
   only if its stored version is the one that was read; the events into the outbox; the "seen" mark of an event.
3. The relay is woken. An exception in the block, or in 2, stores nothing at all.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

import pymongo
from nameko.extensions import DependencyProvider
from pymongo import ASCENDING, MongoClient
from pymongo.client_session import ClientSession
from pymongo.errors import ConnectionFailure, DuplicateKeyError, ExecutionTimeout, PyMongoError, WTimeoutError
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from chassis import metrics
from chassis.crash import crash_point
from chassis.envelope import Event, EventType, Place, build
from chassis.foreign import ForeignRecords, as_record
from chassis.idempotency import Answers
from chassis.kernel.clock import now
from chassis.kernel.errors import ConflictError, StaleError, UnavailableError
from chassis.kernel.ids import new_id
from chassis.kernel.principal import Caller
from chassis.kernel.record import Record
from chassis.outbox import Outbox
from chassis.relay import Relay
from chassis.replica import Replica
from chassis.repository import Repository, structure, sync_indexes, unstructure
from chassis.settings import Settings

R = TypeVar("R", bound=Record)
EMBEDDED_SET = "secantus"  # the replica set name that the embedded server gives itself
ANSWER_SECONDS = 2.0
COMMIT_SECONDS = 15.0  # for a commit with its repetitions; the driver's own limit is two minutes
JOURNALLED = WriteConcern(w="majority", j=True, wtimeout=10_000)


def is_away(error: BaseException) -> bool:
    """Whether an error says that the store does not answer now, rather than that it refuses what was asked."""
    cause = error.__cause__ if isinstance(error, UnavailableError) else error
    if isinstance(cause, ConnectionFailure | ExecutionTimeout | WTimeoutError):
        return True
    return isinstance(cause, PyMongoError) and cause.has_error_label("TransientTransactionError")


def connect(settings: Settings) -> MongoClient[dict[str, Any]]:
    """A client with short timeouts, so that a store that is away is noticed in seconds."""
    return MongoClient(
        settings.mongo_uri,
        tz_aware=True,
        appname="gtm",
        serverSelectionTimeoutMS=3000,
        connectTimeoutMS=3000,
        socketTimeoutMS=20_000,
        w="majority",
        journal=True,
        retryWrites=True,
    )


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
        self._seen: dict[str, Any] | None = None

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
        return structure({**values, **own}, kind)

    def revise(self, record: R, /, **changes: Any) -> R:
        """See chassis.kernel.work."""
        if record.origin != self.node:
            raise ConflictError("not-the-origin", None, {"origin": record.origin})
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
        self._saved[record.id] = (repository, record, before)
        envelope = build(event, record, before, self.caller, self.now, self._store.place)
        self._events = [kept for kept in self._events if kept[1]["subject"] != record.id]
        self._events.append((event.routing_key(record.origin, record.visibility), envelope))

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
            self._store.inbox.insert_one({**self._seen, "at": self.now}, session=session)
        for repository, record, before in self._saved.values():
            _write_record(repository, record, before, session)
        for replica, event in self._copies:
            replica.apply(event, session)
        for event, record in self._adopted:
            if self._store.foreign.apply(event, record, self.now, session):
                self._store.outbox.append_heard(event, session)
        for collection, document in self._kept:
            _insert(self._store.database[collection], document, session)
        if self._events:
            self._store.outbox.append(self._events, session)


def _insert(collection: Any, document: dict[str, Any], session: ClientSession) -> None:
    try:
        collection.insert_one(document, session=session)
    except DuplicateKeyError as error:
        raise ConflictError("already-kept", None, {"id": document["_id"]}) from error


def _write_record(repository: Repository[Any], record: Record, before: Record | None, session: ClientSession) -> None:
    document = repository.to_document(record)
    try:
        if before is None:
            repository.collection.insert_one(document, session=session)
            return
        found = repository.collection.replace_one(
            {"_id": record.id, "version": before.version}, document, session=session
        )
    except DuplicateKeyError as error:
        raise repository.conflict(error, record) from error
    if found.matched_count == 0:
        raise StaleError("stale-version", None, {"given": before.version, "current": "?"})


class Store(DependencyProvider):
    """A service's own database, as a nameko dependency. Also opened without nameko by `open` (tests, tools)."""

    relay = Relay()

    def __init__(
        self,
        repositories: Sequence[type[Repository[Any]]],
        replicas: Sequence[type[Replica]] = (),
        others: Sequence[type[Any]] = (),
    ) -> None:
        """`others` are collections of documents that are no records: made with the database, named by the class."""
        self.repository_kinds, self.replica_kinds, self.other_kinds = repositories, replicas, others
        self._in_doubt = False  # whether transactions of ours may stand open, after the store did not answer

    def setup(self) -> None:
        """Runs once, before any entrypoint of the service."""
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
        copies = [kind(self.database) for kind in self.replica_kinds]
        self.by_kind = {repository.kind: repository for repository in repositories}
        self.foreign = ForeignRecords(self.by_kind)
        self.replicas = {replica.noun: replica for replica in copies}
        self.parts: dict[str, Any] = {one.collection_name: one for one in repositories}
        self.parts |= {replica.attribute: replica for replica in copies}
        self.parts |= {other.collection_name: other(self.database) for other in self.other_kinds}
        self.outbox, self.inbox = Outbox(self.database), self.database["inbox"]
        self.inbox.create_index(
            [("version", ASCENDING)],
            name="version_u",
            unique=True,
            partialFilterExpression={"version": {"$exists": True}},
        )
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

    def apply_once(self, event: Event, queue: str, caller: Caller, handler: Callable[[Event, Any], None]) -> bool:
        """Run the handler and note the event as seen by this queue, in one commit. False if it was seen before.

        Seen is an id, and also a version of a record: it has one event, whatever id another message gives itself.
        """
        run = f" {event.replay}" if event.replay else ""
        version = f"{queue} {event.source} {event.subject} {event.incarnation}.{event.recordversion}{run}"
        marks = {"_id": f"{queue} {event.source} {event.id}{run}", "version": version}
        seen = {"$or": [{name: mark} for name, mark in marks.items()]}
        if self.inbox.find_one({"_id": marks["_id"]}) is not None:
            return False
        try:
            with self.work(caller) as work:
                work._seen = marks
                handler(event, work)
        except DuplicateKeyError:
            if self.inbox.find_one(seen) is None:
                raise
            return False
        return True

    def answers(self) -> bool:
        """Whether the database answers now, and not in a while: a suspended one takes every question."""
        try:
            with pymongo.timeout(ANSWER_SECONDS):
                self.client.admin.command("ping")
        except PyMongoError:
            return False
        return True

    def _end_orphans(self) -> None:
        """End transactions that a killed process of ours left open, or our own on connections that were given up.

        The embedded server keeps them, and with them their collections' locks, until another transaction happens to
        come by after a minute; MongoDB bounds them itself. Transactions under way elsewhere their driver repeats.
        """
        self._in_doubt = False
        if self.client.admin.command("hello").get("setName") == EMBEDDED_SET:
            self.client.admin.command("killAllSessions", [])

    def _announce(self) -> None:
        build_info = self.client.server_info()
        kind = "secantusdb" if "secantus" in str(build_info).lower() else "mongodb"
        metrics.STORE.labels(self.name, kind, build_info.get("version", "?")).set(1)
