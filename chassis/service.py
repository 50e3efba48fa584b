"""What every service class is made of: who calls, how a call becomes a unit of work, whether it is ready.

A call: token checked → payload checked against its schema → handler in a unit of work → record dumped.
"""

import time
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

import eventlet
from marshmallow import Schema
from nameko.extensions import DependencyProvider
from nameko.rpc import Rpc
from nameko.rpc import rpc as nameko_rpc

from chassis import metrics
from chassis.kernel.errors import PlatformError, StaleError, UnavailableError
from chassis.kernel.ids import new_id
from chassis.kernel.principal import SYSTEM, Caller
from chassis.logs import bind_contextvars, clear_contextvars, get_logger
from chassis.repository import Page
from chassis.schema import Id, PageQuery, Part, Text, load, maybe
from chassis.settings import Settings
from chassis.store import Store
from chassis.tokens import InvalidTokenError, TokenReader, as_forbidden

log = get_logger()
RUNS = 5  # of a handler that others come before


class IdQuery(Part):
    """The id of the record asked for."""

    id = Id(required=True)


class EventQuery(PageQuery):
    """Which part of the log."""

    type = maybe(Text, 200)
    subject = maybe(Text, 100)
    since = maybe(Text, 40)


class CallerProvider(DependencyProvider):
    """`self.caller`: built from the context of the call or event; nothing of it is an argument."""

    def setup(self) -> None:
        """Read the node's public keys lazily: the gateway may make them a moment later."""
        settings: Settings = self.container.config["GTM"]
        self.tokens = TokenReader(settings.keys, settings.node)

    def get_dependency(self, worker_ctx: Any) -> Callable[[], Caller]:
        """A function, because an error here would end the whole container (nameko's edge 2)."""
        return lambda: self._caller(worker_ctx.data, worker_ctx.entrypoint)

    def _caller(self, data: Mapping[str, Any], entrypoint: Any) -> Caller:
        deadline = data.get("deadline")
        if isinstance(deadline, int | float) and time.time() > deadline:
            raise UnavailableError("deadline-passed")
        try:
            principal = self.tokens.read(data.get("principal")) if isinstance(entrypoint, Rpc) else SYSTEM
        except InvalidTokenError as error:
            raise as_forbidden(error) from error
        return Caller(
            principal=principal,
            correlation_id=str(data.get("correlation_id") or new_id()),
            causation_id=data.get("causation_id"),
            traceparent=data.get("traceparent"),
            language="en" if data.get("language") == "en" else "fr",
        )


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
            except UnavailableError as error:
                log.warning("starter.waiting", error=str(error))
                eventlet.sleep(2)

    def get_dependency(self, worker_ctx: Any) -> None:
        """Nothing that a call would use."""


def rpc(method: Callable[..., Any]) -> Callable[..., Any]:
    """An RPC method: typed errors cross the wire, the call is timed and logged with its correlation id."""

    @wraps(method)
    def timed(self: Any, *args: Any, **kwargs: Any) -> Any:
        began, outcome = time.monotonic(), "ok"
        clear_contextvars()
        try:
            return method(self, *args, **kwargs)
        except PlatformError as error:
            outcome = type(error).__name__
            raise
        except Exception:
            outcome = "crash"
            log.exception("rpc.crash", method=method.__name__)
            raise
        finally:
            metrics.RPC_SECONDS.labels(self.name, method.__name__, outcome).observe(time.monotonic() - began)

    marked: Callable[..., Any] = nameko_rpc(expected_exceptions=PlatformError)(timed)
    return marked


class Service:
    """Base of the four nameko service classes."""

    name: str
    store: Store
    caller = CallerProvider()

    def perform(
        self, handler: Callable[..., Any], takes: Schema, payload: Any, gives: Schema | None = None
    ) -> dict[str, Any]:
        """Check the payload, run the handler in a unit of work, dump the record that it gives.

        A caller who names no version does not care which one it changes: when another change came between reading and
        writing, the handler simply runs again.
        """
        caller = self.asking()
        arguments = load(takes, payload)
        for left in range(RUNS - 1, -1, -1):
            try:
                with self.store.work(caller) as work:
                    result = handler(work, **arguments)
                break
            except StaleError:
                if left == 0 or arguments.get("version") is not None:
                    raise
        return dict(gives.dump(result)) if gives is not None else dict(result)

    def page(self, query: Callable[..., Page[Any]], takes: Schema, payload: Any, gives: Schema) -> dict[str, Any]:
        """A page of what the caller may see: {items, next_cursor}."""
        caller = self.asking()
        found = query(caller, **load(takes, payload))
        return {"items": gives.dump(found.items, many=True), "next_cursor": found.next_cursor}

    def one(self, collection: str, takes: Schema, payload: Any, gives: Schema) -> dict[str, Any]:
        """One record, if the caller may see it. Raises: NotFoundError."""
        caller = self.asking()
        record = self.store.parts[collection].get(load(takes, payload)["id"], visible=caller.visibilities())
        return dict(gives.dump(record))

    def asking(self) -> Caller:
        """Who asks, checked. Raises: ForbiddenError invalid-token; UnavailableError deadline-passed."""
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
        """A page of this service's log of CloudEvents, oldest first; `cursor` is the id of the last one seen."""
        caller = self.asking()
        asked = load(EventQuery(), payload)
        size = asked["page_size"]
        items = self.store.outbox.log(
            visible=caller.visibilities(),
            after=asked["cursor"],
            most=size + 1,
            type=asked["type"],
            subject=asked["subject"],
            since=asked["since"],
        )
        more = len(items) > size
        return {"items": items[:size], "next_cursor": items[size - 1]["id"] if more else None}
