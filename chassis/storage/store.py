"""A service's database: opened with its indexes, and the way to units of work (unit.py), for calls and for events."""

import contextlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pymongo
from nameko.extensions import DependencyProvider
from pymongo.errors import DuplicateKeyError, PyMongoError

from chassis.contract.envelope import ConflictingEventError, Event, Place
from chassis.contract.withdrawal import tells_withdrawal
from chassis.kernel.clock import now
from chassis.kernel.erasure import tells_erasure
from chassis.kernel.errors import UnavailableError
from chassis.kernel.policy import Policy
from chassis.kernel.principal import Caller
from chassis.kernel.sight import Sight
from chassis.process import metrics
from chassis.process.logs import get_logger
from chassis.process.settings import Settings
from chassis.storage.accesses import Accesses
from chassis.storage.foreign import ForeignRecords
from chassis.storage.idempotency import Answers
from chassis.storage.inbox import AloneError, Handler, Inbox, Mark, firsts, mark_of
from chassis.storage.log_source import LogSource
from chassis.storage.mongo import connect, end_orphans, is_away
from chassis.storage.outbox import Outbox
from chassis.storage.redaction import Redactions
from chassis.storage.relay import Relay
from chassis.storage.replica import Replica
from chassis.storage.repository import Repository, sync_indexes
from chassis.storage.tombstones import Tombstones
from chassis.storage.trail import Trail
from chassis.storage.unit import Work

ANSWER_SECONDS = 2.0
log = get_logger()


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
        self.home = settings.home
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
        for one in (*repositories, *copies):
            one.looking, one.owner_field = self.sight, self.policy.owners.get(one.noun)
        self.by_kind = {repository.kind: repository for repository in repositories}
        self.tombstones = Tombstones(self.database, self.place.node)
        self.tombstones.sync_indexes()
        self.replicas = {replica.noun: replica for replica in copies}
        self.parts: dict[str, Any] = {one.collection_name: one for one in repositories}
        self.parts |= {replica.attribute: replica for replica in copies}
        self.parts |= {other.collection_name: other(self.database) for other in self.other_kinds}
        self.followers = [kind(self.database) for kind in self.follower_kinds]
        for one in (one for one in self.followers if isinstance(one, Repository)):
            one.looking = self.sight
        self.parts |= {follower.collection_name: follower for follower in self.followers}
        self.outbox, self.seen = Outbox(self.database, self.place.incarnation), Inbox(self.database)
        source = LogSource(self.outbox)
        self.trail = Trail(self.database, self.place.node, self.name, self.place.incarnation, source)
        self.foreign = ForeignRecords(self.name, self.by_kind, self.tombstones, self.outbox)
        self.inbox = self.seen.collection
        self.seen.sync_indexes()
        self.past_answers = Answers(self.database)
        self.past_answers.sync_indexes()
        self.redactions, self.accesses = Redactions(self.database), Accesses(self.database)
        self.accesses.sync_indexes()
        self.outbox.sync_indexes()
        self.trail.sync_indexes()
        sync_indexes([*repositories, *(one for one in self.followers if isinstance(one, Repository))])
        for replica in copies:
            replica.sync_indexes()

    def live_on(self, incarnation: int) -> None:
        """Write in this life of the node from now on, if it is a later one; what is under way ends in the other."""
        if incarnation > self.place.incarnation:
            self.place = replace(self.place, incarnation=incarnation)
            self.outbox.positions.live_on(incarnation)
            log.info("store.life", incarnation=incarnation)

    def sight(self, caller: Caller) -> Sight:
        """How much of this service's records a caller sees."""
        return self.policy.sight(self.name, caller.principal)

    def get_dependency(self, worker_ctx: Any) -> "Store":
        """The store itself: nothing is opened per call."""
        return self

    def stop(self) -> None:
        """Let the relay send what is there, chain it, close the connections; the last entrypoint has ended by now."""
        self.relay.stop()
        with contextlib.suppress(PyMongoError):  # chained at the next start
            self.seal_trail()
        self.client.close()

    def seal_trail(self, most: int | None = None) -> None:
        """Chain all that was committed, or that many and a few; also what has no place in the log yet."""
        self.outbox.place_waiting()
        self.trail.seal_all(most)

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
            if event.origin != self.place.node and not self.seen.has(mark):
                self.foreign.check_same(event)
            return False
        except ConflictingEventError:
            self.foreign.dispute(event)
            raise
        return True

    def apply_together(self, taken: Sequence[tuple[Event, Caller]], queue: str, handler: Handler) -> list[bool]:
        """The same for several events, in their order and in one commit: for each, False if it was seen before.

        Raises: whatever keeps one of them from being applied; then none is. AloneError: apply_once has to look.
        Reads in the handler are of the state before all of them: only a handler that reads nothing that another event
        of the queue may change belongs here.
        """
        marks = [mark_of(event, queue) for event, _ in taken]
        fresh = firsts(marks)
        self._none_contradicts(taken, marks, fresh)
        try:
            self._apply([taken[place] for place in fresh], [marks[place] for place in fresh], handler)
        except DuplicateKeyError:
            known = self.seen.known(marks)
            if not any(known[place] for place in fresh):
                raise
            fresh = [place for place in fresh if not known[place]]
            self._none_contradicts(taken, marks, fresh)
            self._apply([taken[place] for place in fresh], [marks[place] for place in fresh], handler)
        return [place in fresh for place in range(len(taken))]

    def _none_contradicts(self, taken: Sequence[tuple[Event, Caller]], marks: list[Mark], fresh: list[int]) -> None:
        """Raises: AloneError, if of what is left out something of another node has a known version under a new id."""
        nouns, own = self.foreign.nouns(), {marks[place]["_id"] for place in fresh}
        told = {
            marks[place]["_id"]
            for place, (event, _) in enumerate(taken)
            if place not in fresh and event.origin != self.place.node and event.type.split(".")[2] in nouns
        }
        if told - own - self.seen.noted(sorted(told)):
            raise AloneError

    def _apply(self, taken: Sequence[tuple[Event, Caller]], marks: list[Mark], handler: Handler) -> None:
        if not taken:
            return
        with self.work(taken[0][1]) as work:
            work._seen = marks
            for event, work.caller in taken:
                if tells_erasure(event.type):
                    work.redact(event)  # whatever this service holds of it, beside what the handler does
                if tells_withdrawal(event.type):
                    work.forget(event)  # whoever keeps the record; what a handler does with one, it cannot with none
                else:
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
