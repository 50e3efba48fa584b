"""What every service class is made of: who calls, how a call becomes a unit of work, whether it is ready.

A call: token checked → payload checked against its schema → handler in a unit of work → record dumped.
"""

import random
import re
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import wraps
from typing import Any, ClassVar

import eventlet
from marshmallow import Schema, validate
from nameko.dependency_providers import Config
from nameko.extensions import DependencyProvider
from pymongo.errors import ConnectionFailure

from chassis.broker.reconnect import PromptRpc
from chassis.broker.topology import Subscription
from chassis.caller import CallerProvider, check_in_time
from chassis.contract.envelope import Event, EventType
from chassis.contract.personal import marked
from chassis.contract.schema import Id, Instant, Moment, PageQuery, Part, Text, load, maybe
from chassis.contract.withdrawal import tells_withdrawal
from chassis.history.past import page_then, record_then
from chassis.history.telling import TellingLog
from chassis.history.versions import History
from chassis.kernel.clock import rfc3339
from chassis.kernel.errors import ConflictError, NotFoundError, PlatformError, StaleError, UnavailableError
from chassis.kernel.principal import Caller
from chassis.kernel.sight import Sight
from chassis.process import metrics
from chassis.process.logs import bind_contextvars, clear_contextvars, get_logger
from chassis.storage.idempotency import remember
from chassis.storage.inbox import AloneError, Handler
from chassis.storage.repository import Page
from chassis.storage.store import Store

log = get_logger()
RUNS = 20  # of a handler that others come before
PAUSE_SECONDS = 0.02  # before such a handler runs again, growing, with jitter


class IdQuery(Part):
    """The id of the record asked for, and as of when."""

    id = Id(required=True)
    as_of = maybe(Moment)


class EventQuery(PageQuery):
    """Which part of the log; `cursor` is the place of the last event seen, as the service gave it."""

    cursor = maybe(Text, 16, validate=validate.Regexp(re.compile(r"\d+\Z", re.ASCII), error="unreadable-cursor"))
    type = maybe(Text, 200)
    subject = maybe(Text, 100)
    since = maybe(Instant)


class Starter(DependencyProvider):
    """Does something once the service's store is open, and again at each start: loads what ships, idempotently."""

    def __init__(self, action: Callable[[Store], None]) -> None:
        self.action = action

    def start(self) -> None:
        """Runs after the set-up of all extensions, before calls are taken."""
        store = next(one for one in self.container.dependencies if isinstance(one, Store))
        self.container.spawn_managed_thread(lambda: self._run(store))

    def _run(self, store: Store) -> None:
        while True:
            try:
                self.action(store)
                return
            except (UnavailableError, ConflictError, StaleError) as error:
                # A conflict: another instance, started at the same time, was faster; the next look finds its work done.
                log.warning("starter.waiting", error=str(error))
                eventlet.sleep(2)

    def get_dependency(self, worker_ctx: Any) -> None:
        """Nothing that a call would use."""


def adopting(subscription: Subscription) -> Handler:
    """What keeps the records that a subscription's events tell; also of many in one commit: it reads nothing before."""
    known = {one.name: one for one in subscription.events}

    def keep(event: Event, work: Any) -> None:
        if event.type not in known and not tells_withdrawal(event.type):
            raise AloneError  # what nodes say to each other without keeping it
        work.adopt(event, known)

    return keep


def rpc(method: Callable[..., Any]) -> Callable[..., Any]:
    """An RPC method: typed errors cross the wire, the call is timed and logged with its correlation id."""

    @wraps(method)
    def timed(self: Any, *args: Any, **kwargs: Any) -> Any:
        began, outcome = time.monotonic(), "ok"
        clear_contextvars()
        try:
            self.asking()  # whatever the method does: nobody comes in whom the policy does not admit
            return method(self, *args, **kwargs)
        except PlatformError as error:
            outcome = type(error).__name__
            raise
        except ConnectionFailure as error:
            # A read, outside a unit of work: the store is away, which is no defect of ours.
            outcome = UnavailableError.__name__
            raise UnavailableError("store-away", None, {"service": self.name}) from error
        except Exception:
            outcome = "crash"
            log.exception("rpc.crash", method=method.__name__)
            raise
        finally:
            metrics.RPC_SECONDS.labels(self.name, method.__name__, outcome).observe(time.monotonic() - began)

    marked: Callable[..., Any] = PromptRpc.decorator(expected_exceptions=PlatformError)(timed)
    return marked


class Service:
    """Base of the four nameko service classes."""

    name: str
    store: Store
    publishes: tuple[EventType, ...] = ()
    """The events of its contract; its past is told in their words."""
    rules: ClassVar[Mapping[str, Sequence[str]]] = {}
    """Who may make calls that services/policy.toml does not know: of services that are not the platform's."""
    caller = CallerProvider()
    settings = Config()

    def perform(
        self, handler: Callable[..., Any], takes: Schema, payload: Any, gives: Schema | None = None
    ) -> dict[str, Any]:
        """Check the payload, run the handler in a unit of work, dump the record that it gives.

        A caller who names no version does not care which one it changes: when another change came between reading and
        writing, the handler simply runs again.
        """
        caller = self.asking()
        arguments = load(takes, payload)

        def act(work: Any) -> dict[str, Any]:
            result = handler(work, **arguments)
            return dict(gives.dump(result)) if gives is not None else dict(result)

        for left in range(RUNS - 1, -1, -1):
            try:
                return self.answer(caller, payload, act)
            except StaleError as error:
                # Another code is the handler's own word: of what it read, and would read again.
                if left == 0 or arguments.get("version") is not None or error.code != "stale-version":
                    raise
                eventlet.sleep(PAUSE_SECONDS * (RUNS - left) * random.random())  # noqa: S311 (jitter)
        raise AssertionError("the last run returns or raises")

    def answer(self, caller: Caller, payload: Any, act: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
        """Carry a request out in a unit of work; one that has a key and was carried out before has its answer again."""
        try:
            return self._recalled(caller, payload) or self._carry_out(caller, payload, act)
        except (ConflictError, StaleError):
            # The same request may have come twice at once: then the other one was first, and its answer is ours.
            recalled = self._recalled(caller, payload)
            if recalled is None:
                raise
            return recalled

    def _recalled(self, caller: Caller, payload: Any) -> dict[str, Any] | None:
        return self.store.past_answers.recall(caller, payload)

    def _carry_out(self, caller: Caller, payload: Any, act: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
        with self.store.work(caller) as work:
            answer = act(work)
            remember(work, payload, answer)
            # Once more before the commit: the process may have been suspended, or busy, since it began.
            check_in_time(caller.deadline)
        return answer

    def page(self, query: Callable[..., Page[Any]], takes: Schema, payload: Any, gives: Schema) -> dict[str, Any]:
        """A page of what the caller may see: {items, next_cursor}; as it was, where the contract has `as_of`."""
        caller = self.asking()
        asked = load(takes, payload)
        if asked.get("as_of") is not None:
            repository = query.__self__  # type: ignore[attr-defined]
            return page_then(self.history(), repository, gives, asked, self.past_sight(caller))
        asked.pop("as_of", None)
        found = query(caller, **asked)
        items = gives.dump(found.items, many=True)
        self.note_reading(caller, type(gives), items)
        return {"items": items, "next_cursor": found.next_cursor}

    def one(self, collection: str, takes: Schema, payload: Any, gives: Schema) -> dict[str, Any]:
        """One record, if the caller may see it; as it was, if `as_of` is asked. Raises: NotFoundError, GoneError."""
        caller = self.asking()
        asked, repository = load(takes, payload), self.store.parts[collection]
        record = dict(gives.dump(repository.seen_by(caller).get(asked["id"])))
        self.note_reading(caller, type(gives), [record])
        return self.as_known(collection, record, asked.get("as_of"))

    def note_reading(self, caller: Caller, gives: type[Schema], records: Sequence[Mapping[str, Any]]) -> None:
        """Before they are given out: who reads these, where the contract says that they tell of persons."""
        if marked(gives):
            ids = [str(one["id"]) for one in records]
            self.store.accesses.note(caller.principal.account_id, caller.method, caller.correlation_id, ids)

    def as_known(self, collection: str, record: dict[str, Any], at: datetime | None) -> dict[str, Any]:
        """A record that the caller may see, as it is or as it was. Raises: NotFoundError, GoneError, InvalidError."""
        if at is None:
            return record
        return record_then(self.history(), self.store.parts[collection], record, at, self.past_sight(self.asking()))

    def in_version(self, collection: str, record: dict[str, Any], number: int) -> dict[str, Any]:
        """A record that the caller may see, in an earlier version. Raises: NotFoundError, where that was hidden too."""
        repository, sight = self.store.parts[collection], self.past_sight(self.asking())
        found = self.history().in_version(record["id"], number)
        if found is None or found["visibility"] not in repository.levels(sight, found):
            raise NotFoundError("version-not-found", None, {"version": number})
        return found

    def history(self) -> History:
        """The past of this service's records."""
        return History(self.store.outbox, self.publishes)

    def sight(self) -> Sight:
        """How much of this service's records the caller sees."""
        return self.store.sight(self.asking())

    def past_sight(self, caller: Caller) -> Sight:
        """Which versions of a record that the caller may see today are shown to it."""
        return self.store.sight(caller)

    def log_sight(self, caller: Caller) -> Sight:
        """Which events of the log it is told."""
        return self.store.sight(caller)

    def adopt(self, subscription: Subscription, event: Event) -> bool:
        """Keep what another node tells of a record of this service's nouns; False if that was known."""
        return self.store.apply_once(event, subscription.queue, self.caller(), adopting(subscription))

    def asking(self) -> Caller:
        """Who asks, checked, and admitted by the policy.

        Raises: ForbiddenError invalid-token, and those of Policy.admit; UnavailableError deadline-passed.
        """
        caller: Caller = self.caller()
        bind_contextvars(correlation_id=caller.correlation_id, account=caller.principal.account_id)
        return caller

    @rpc
    def ready(self, payload: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Whether this service can work: its database answers (the broker carried the question)."""
        checks = {"store": self.store.answers(), "broker": True}
        return {"ready": all(checks.values()), "checks": checks}

    @rpc
    def list_events(self, payload: Mapping[str, Any]) -> dict[str, Any]:
        """A page of this service's log of CloudEvents, in the order in which they became readable.

        {items, places: where each item lies, next_cursor}. A follower goes on after the last place: none is missed.
        """
        caller = self.asking()
        asked = load(EventQuery(), payload)
        wanted: dict[str, Any] = {name: asked[name] for name in ("type", "subject") if asked[name]}
        if asked["since"]:
            wanted["time"] = {"$gte": rfc3339(asked["since"])}
        telling = TellingLog(self.store, self.log_sight(caller))
        found, following = telling.page(wanted, int(asked["cursor"] or 0), asked["page_size"])
        items, places = [envelope for _, envelope in found], [place for place, _ in found]
        for event in self.publishes:
            if marked(event.schema):
                told = [one["data"] for one in items if one["type"] == event.name]
                self.note_reading(caller, event.schema, told)
        return {"items": items, "places": places, "next_cursor": None if following is None else str(following)}
