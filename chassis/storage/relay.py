"""From the outbox to the exchange: at least once, with confirms, in batches; may be killed at any line.

Numbered failure cases (tests/faults cites them):
1. killed before publishing: the rows are still unsent; the next look sends them.
2. killed after publishing, before marking: they are sent again; consumers know the id.
3. the broker is away or refuses: nothing is marked; tried again with a growing pause; the service goes on storing.
4. a message comes back (no route and no alternate exchange): treated as unsent, though it is confirmed too.
5. a transaction commits late, with an older id: it is unsent, so the next look finds it.
"""

import random
import time
from itertools import takewhile
from typing import Any

import eventlet
from amqp import Message
from eventlet.event import Event as Signal
from kombu import Connection
from nameko.extensions import SharedExtension
from pymongo.errors import PyMongoError

from chassis.broker.agreement import node_of
from chassis.broker.mending import MISSING
from chassis.broker.pulse import HEARTBEAT_SECONDS
from chassis.broker.topology import EVENTS, declare_on
from chassis.contract.bodies import message
from chassis.process import metrics
from chassis.process.crash import crash_point
from chassis.process.logs import get_logger
from chassis.storage.outbox import Outbox

BATCH = 200
SWEEP_SECONDS = 1.0  # a wake-up may be lost; nothing waits longer than this
LONGEST_PAUSE = 10.0
CONFIRM_SECONDS = 15.0

log = get_logger()


class Relay(SharedExtension):
    """One green thread in each service process; several processes may relay the same outbox."""

    def __init__(self) -> None:
        self._outbox: Outbox | None = None
        self._signal = Signal()
        self._stopping = False
        self._measured = 0.0
        self._thread: Any = None
        super().__init__()

    def attach(self, outbox: Outbox) -> None:
        """Say which outbox to empty; called by the store when it opens."""
        self._outbox = outbox

    def wake(self) -> None:
        """An event was just stored: look now rather than at the next sweep."""
        if not self._signal.ready():
            self._signal.send()

    def start(self) -> None:
        """Runs when all extensions are set up."""
        if self._outbox is not None and self._thread is None:
            self._thread = self.container.spawn_managed_thread(self._run)

    def stop(self) -> None:
        """Send what is there, then end."""
        self._stopping = True
        self.wake()
        if self._thread is not None:
            self._thread.wait()

    def _run(self) -> None:
        assert self._outbox is not None  # noqa: S101 (start() checked)
        pause = 0.0
        while not self._stopping:
            try:
                with Connection(
                    self.container.config["AMQP_URI"], connect_timeout=5, heartbeat=HEARTBEAT_SECONDS
                ) as connection:
                    declare_on(connection.default_channel, self.container.config["SUBSCRIPTIONS"], self._service)
                    MISSING.clear()
                    self._relay(ConfirmingPublisher(connection, self.container.config["GTM"].node))
            except Exception as error:  # noqa: BLE001 (case 3: whatever failed, the rows are still there)
                metrics.PUBLISH_FAILED.labels(self._service).inc()
                self._outbox.look_again()
                self._measure()
                pause = min(LONGEST_PAUSE, max(0.5, pause * 2)) * random.uniform(0.7, 1.0)  # noqa: S311 (jitter)
                log.warning("relay.waiting", error=type(error).__name__, seconds=round(pause, 1))
                eventlet.sleep(0 if self._stopping else pause)

    def _relay(self, publisher: "ConfirmingPublisher") -> None:
        assert self._outbox is not None  # noqa: S101 (start() checked)
        while True:
            if MISSING:
                raise ConnectionError("queues of others are missing")
            rows = self._outbox.unsent(BATCH)
            if rows:
                self._outbox.positions.place(rows)
                crash_point("relay.before_publish")
                heard = {row["_id"] for row in rows if row.get("heard")}  # another node's: it has gone round already
                confirmed = heard | publisher.publish([row for row in rows if row["_id"] not in heard])
                crash_point("relay.published")
                self._outbox.mark_sent(confirmed)
                crash_point("relay.marked")
                metrics.PUBLISHED.labels(self._service).inc(len(confirmed - heard))
                if len(confirmed) < len(rows):
                    raise ConnectionError("some events came back or were refused")
            if len(rows) < BATCH:
                if self._stopping:
                    return
                self._measure()
                self._rest(publisher)
            elif time.monotonic() - self._measured > SWEEP_SECONDS:
                self._measure()

    def _rest(self, publisher: "ConfirmingPublisher") -> None:
        with eventlet.Timeout(SWEEP_SECONDS, False):
            self._signal.wait()
        self._signal = Signal()
        publisher.beat()

    def _measure(self) -> None:
        assert self._outbox is not None  # noqa: S101 (start() checked)
        self._measured = time.monotonic()
        try:
            waiting, age = self._outbox.backlog()
        except PyMongoError:
            return  # the next look at the rows will say so
        metrics.BACKLOG.labels(self._service).set(waiting)
        metrics.OLDEST.labels(self._service).set(age)

    @property
    def _service(self) -> str:
        return str(self.container.service_name)


class ConfirmingPublisher:
    """Publishes a batch and waits for all its confirms together."""

    def __init__(self, connection: Connection, node: str | None = None, exchange: str = EVENTS.name) -> None:
        self.connection, self._exchange = connection, exchange
        self.channel = connection.default_channel
        self.channel.confirm_select()
        # The broker checks it: so other nodes know who spoke (agreement.check_sender).
        self._vouched = {"user_id": connection.userid} if node_of(connection.userid) == node else {}
        self._tag = 0
        self._unsettled: dict[int, str] = {}
        self._confirmed: set[str] = set()
        self._returned: set[str] = set()
        self.channel.events["basic_ack"].add(self._on_ack)
        self.channel.events["basic_nack"].add(self._on_nack)
        self.channel.events["basic_return"].add(self._on_return)

    def publish(self, rows: list[dict[str, Any]]) -> set[str]:
        """The ids that the broker has safe: confirmed, and not returned (case 4)."""
        self._confirmed, self._returned = set(), set()
        for row in rows:
            self._tag += 1
            self._unsettled[self._tag] = row["_id"]
            body, properties = message(row["envelope"])
            self.channel._basic_publish(
                # The row's id is the one that comes back with what had no route.
                Message(body, delivery_mode=2, **(properties | {"message_id": row["_id"]}), **self._vouched),
                exchange=self._exchange,
                routing_key=row["key"],
                mandatory=True,
            )
        with eventlet.Timeout(CONFIRM_SECONDS, ConnectionError("no confirm in time")):
            while self._unsettled:
                self.connection.drain_events(timeout=CONFIRM_SECONDS)
        return self._confirmed - self._returned

    def beat(self) -> None:
        """Keep the idle connection alive and notice its end."""
        self.connection.heartbeat_check(rate=2)
        try:
            self.connection.drain_events(timeout=0.001)
        except TimeoutError:
            return

    def _settle(self, tag: int, multiple: bool) -> list[str]:
        tags = list(takewhile(lambda one: one <= tag, self._unsettled)) if multiple else [tag]
        return [self._unsettled.pop(one) for one in tags if one in self._unsettled]

    def _on_ack(self, tag: int, multiple: bool) -> None:
        self._confirmed.update(self._settle(tag, multiple))

    def _on_nack(self, tag: int, multiple: bool) -> None:
        self._settle(tag, multiple)

    def _on_return(self, _exception: Any, _exchange: str, _key: str, returned: Message) -> None:
        self._returned.add(returned.properties["message_id"])
