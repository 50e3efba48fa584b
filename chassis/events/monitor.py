"""How far behind services are: depths of queues, what is parked, how old the oldest event is that is not handled yet.

It also sees that a queue is missing, which no consumer may be there to notice, and declares all of them anew.

A process measures the queues of its own service and those that its service's events go to: so a consumer that is down,
and measures nothing, is still seen to fall behind.
"""

import time
from datetime import datetime
from typing import Any

import eventlet
import pymongo
from kombu import Connection
from nameko.extensions import SharedExtension
from pymongo.errors import PyMongoError

from chassis.broker.mending import Depth, declare_missing, looked_at
from chassis.broker.topology import RETRY_SECONDS, UNROUTED, Subscription, parked_name, retry_name
from chassis.parking.collector import store_of
from chassis.parking.lot import ParkingLot
from chassis.process import metrics
from chassis.process.logs import get_logger
from chassis.storage.store import ANSWER_SECONDS

EVERY_SECONDS = 10
MOST_FAILING = 10_000  # events remembered a queue; beyond, the oldest are what counts, and they are in
LATE_SECONDS = 120.0  # an event that is due may wait behind others
log = get_logger()


class Lags:
    """At most how old the oldest event is that a queue holds, or that waits to be tried again. Times: unix seconds."""

    def __init__(self) -> None:
        self._since: dict[str, float] = {}
        self._failing: dict[str, dict[str, tuple[float, float]]] = {}

    def took(self, queue: str, event_time: float) -> None:
        """An event was taken; the queue is in order, so what waits is no older. (One that is retried is.)"""
        self._since[queue] = max(self._since.get(queue, 0.0), event_time)

    def failed(self, queue: str, event_id: str, event_time: float, due: float) -> None:
        """An event failed and comes back about then."""
        events = self._failing.setdefault(queue, {})
        if len(events) < MOST_FAILING:
            events[event_id] = (event_time, due + LATE_SECONDS)

    def settled(self, queue: str, event_id: str) -> None:
        """An event was applied or parked."""
        self._failing.get(queue, {}).pop(event_id, None)

    def caught_up(self, queue: str, now: float) -> None:
        """Nothing waits, or somebody else's process takes it: what waits from now on is no older than now."""
        self._since[queue] = max(self._since.get(queue, 0.0), now)

    def of(self, queue: str, now: float, waiting: bool) -> float:
        """Seconds; 0 when nothing waits."""
        # One that did not come back when it was due came to another process of the service.
        events = {id: pair for id, pair in self._failing.get(queue, {}).items() if pair[1] > now}
        self._failing[queue] = events
        ages = [now - happened for happened, _ in events.values()]
        if waiting:
            ages.append(now - self._since.setdefault(queue, now))
        return max(0.0, *ages, 0.0)


class Monitor(SharedExtension):
    """One green thread a process that counts messages and sets gauges; it never takes a message."""

    def __init__(self) -> None:
        self._stopping = False
        self._thread: Any = None
        self._lags = Lags()
        super().__init__()

    def start(self) -> None:
        """Runs when all extensions are set up."""
        if self._thread is None:
            for one in self.container.config["SUBSCRIPTIONS"]:
                metrics.DECLARED_ANEW.labels(one.queue)  # Prometheus sees a step from 0, not one that began at 1
            self._thread = self.container.spawn_managed_thread(self._run)

    def stop(self) -> None:
        """End at once: nothing is lost by not counting."""
        self._stopping = True
        if self._thread is not None:
            self._thread.kill()

    def took(self, queue: str, event_time: str) -> None:
        """An event of that time was just taken from the queue."""
        self._lags.took(queue, _unix(event_time))

    def failed(self, queue: str, event_id: str, event_time: str, wait: int) -> None:
        """It failed, and comes back after that many seconds."""
        self._lags.failed(queue, event_id, _unix(event_time), time.time() + wait)

    def settled(self, queue: str, event_id: str) -> None:
        """It was applied or parked."""
        self._lags.settled(queue, event_id)

    def _run(self) -> None:
        while not self._stopping:
            try:
                self._measure()
            except Exception as error:  # noqa: BLE001 (a broker that is away is the relay's and consumers' matter)
                log.debug("monitor.waiting", error=type(error).__name__)
            eventlet.sleep(EVERY_SECONDS)

    def _measure(self) -> None:
        service, subscriptions = self.container.service_name, self.container.config["SUBSCRIPTIONS"]
        own, fed = own_queues(service, subscriptions), fed_queues(service, subscriptions)
        with Connection(self.container.config["AMQP_URI"], connect_timeout=5) as connection:
            found = declare_missing(connection, subscriptions, [*own, *fed, UNROUTED], service)
        metrics.UNROUTED.labels(service).set(found[UNROUTED].messages)
        consumed = {one.queue for one in subscriptions if one.service == service}
        for queue, depth in ((queue, found[queue]) for queue in own):
            metrics.QUEUE_DEPTH.labels(service, queue).set(depth.messages)
            if queue == parked_name(service):
                self._tell_parked(service, depth.messages)
            elif queue in consumed:
                self._tell_lag(queue, depth, taken_elsewhere=False)
        for queue, depth in ((queue, found[queue]) for queue in fed):
            metrics.QUEUE_DEPTH.labels(queue.partition(".")[0], queue).set(depth.messages)
            self._tell_lag(queue, depth, taken_elsewhere=depth.consumers > 0)

    def _tell_parked(self, service: str, in_queue: int) -> None:
        try:
            with pymongo.timeout(ANSWER_SECONDS):
                kept = ParkingLot(store_of(self.container).database).count()
        except PyMongoError:
            return  # nobody can count what is kept: the last figure stands
        metrics.PARKED.labels(service).set(kept + in_queue)

    def _tell_lag(self, queue: str, depth: Depth, *, taken_elsewhere: bool) -> None:
        now = time.time()
        if depth.messages == 0 or taken_elsewhere:
            self._lags.caught_up(queue, now)
        waiting = depth.messages > 0 and not taken_elsewhere
        metrics.CONSUMER_LAG.labels(queue.partition(".")[0], queue).set(self._lags.of(queue, now, waiting))


def own_queues(service: str, subscriptions: "list[Subscription]") -> list[str]:
    """The queues of a service: its consumers', its retry ladder, what is parked; none if it consumes nothing."""
    own = [subscription.queue for subscription in subscriptions if subscription.service == service]
    ladder = [retry_name(service, seconds) for seconds in RETRY_SECONDS]
    return [*own, *ladder, parked_name(service)] if own else []


def fed_queues(service: str, subscriptions: "list[Subscription]") -> list[str]:
    """The queues of other services that events of this one come to."""
    return [one.queue for one in subscriptions if one.service != service and one.reads_from(service)]


def depths(connection: Connection, queues: list[str]) -> dict[str, int]:
    """Messages ready in each of the queues."""
    return {queue: depth.messages for queue, depth in looked_at(connection, queues).items()}


def _unix(event_time: str) -> float:
    return datetime.fromisoformat(event_time).timestamp()
