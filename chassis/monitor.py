"""How far behind a service is: depths of its queues, what is parked, how old the events are that it now handles."""

import time
from datetime import UTC, datetime
from typing import Any

import eventlet
from kombu import Connection
from nameko.extensions import SharedExtension

from chassis import metrics
from chassis.logs import get_logger
from chassis.topology import RETRY_SECONDS, Subscription, parked_name, retry_name

EVERY_SECONDS = 10
log = get_logger()


class Monitor(SharedExtension):
    """One green thread a process that counts messages and sets gauges; it never takes a message."""

    def __init__(self) -> None:
        self._stopping = False
        self._thread: Any = None
        self._last: dict[str, tuple[str, float]] = {}
        super().__init__()

    def start(self) -> None:
        """Runs when all extensions are set up."""
        if self._thread is None:
            self._thread = self.container.spawn_managed_thread(self._run)

    def stop(self) -> None:
        """End at once: nothing is lost by not counting."""
        self._stopping = True
        if self._thread is not None:
            self._thread.kill()

    def took(self, queue: str, event_time: str) -> None:
        """An event of that time was just taken from the queue."""
        self._last[queue] = (event_time, time.time())

    def _run(self) -> None:
        while not self._stopping:
            try:
                self._measure()
            except Exception as error:  # noqa: BLE001 (a broker that is away is the relay's and consumers' matter)
                log.debug("monitor.waiting", error=type(error).__name__)
            eventlet.sleep(EVERY_SECONDS)

    def _measure(self) -> None:
        service = self.container.service_name
        with Connection(self.container.config["AMQP_URI"], connect_timeout=5) as connection:
            for queue, depth in depths(connection, service, self.container.config["SUBSCRIPTIONS"]).items():
                metrics.QUEUE_DEPTH.labels(service, queue).set(depth)
                if queue == parked_name(service):
                    metrics.PARKED.labels(service).set(depth)
                elif queue in self._last:
                    metrics.CONSUMER_LAG.labels(service, queue).set(self.lag(queue, depth))

    def lag(self, queue: str, depth: int) -> float:
        """Seconds that the oldest waiting event is behind, at most: the queue is in order, so it is no older than the
        one taken last. 0 when nothing waits."""
        if depth == 0 or queue not in self._last:
            return 0.0
        return max(0.0, (datetime.now(UTC) - datetime.fromisoformat(self._last[queue][0])).total_seconds())


def depths(connection: Connection, service: str, subscriptions: "list[Subscription]") -> dict[str, int]:
    """Messages ready in each queue of the service: its consumers', its retry ladder, what is parked."""
    channel = connection.channel()
    own = [subscription.queue for subscription in subscriptions if subscription.service == service]
    ladder = [retry_name(service, seconds) for seconds in RETRY_SECONDS]
    ends = [*ladder, parked_name(service)] if own else []
    return {name: int(channel.queue_declare(name, passive=True).message_count) for name in (*own, *ends)}
