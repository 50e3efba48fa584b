"""The chassis's own event entrypoint for nameko: nothing is acknowledged before it is applied, retried or parked.

nameko's event handler acks what failed, and kombu acks what it cannot decode; here (numbers are cited by tests):
1. the body is read by this module, never by kombu: what cannot be read is parked, not dropped.
2. a handler that fails sends the message down the retry ladder (topology.RETRY_SECONDS) and acks it then.
3. what can never succeed, or has failed too often, goes to `<service>.parked` with reason, attempts and times.
4. when even parking fails (broker away) the message is not acked: the broker gives it again.
5. killed between parking and ack: a duplicate, which the inbox knows.
6. the store is away: nothing could be handled, so the message is held unacked and tried in place, with no attempt lost.

Two ways to handle what was read: each event by a worker of its own, several at once (what else they do may be slow);
or all events of the queue in a line (line.py), many in one commit: for handlers that say `together`, and for ordered
subscriptions (turns.py).
"""

import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import eventlet
from eventlet.event import Event as Signal
from kombu import Queue
from nameko.exceptions import ContainerBeingKilled
from nameko.extensions import Entrypoint

from chassis.broker import travel
from chassis.broker.raw import RawQueueConsumer
from chassis.broker.topology import ATTEMPTS, RETRY_SECONDS, Subscription, consumer_queue
from chassis.contract.envelope import ConflictingEventError, Event, UnreadableEventError
from chassis.events.forward import Forwarder
from chassis.events.incoming import Parcel, opened
from chassis.events.line import HELD_SECONDS, LONGEST_PAUSE, Line, Taken
from chassis.events.monitor import Monitor
from chassis.events.turns import Turns
from chassis.kernel.principal import SYSTEM, Caller
from chassis.parking.collector import Collector, store_of
from chassis.process import metrics
from chassis.process.crash import crash_point
from chassis.process.logs import bind_contextvars, clear_contextvars, get_logger
from chassis.process.settings import life_noted
from chassis.storage.inbox import Handler
from chassis.storage.mongo import is_away

PREFETCH = 20
PREFETCH_IN_LINE = 200  # one commit's events, and the next one's
NOT_SENT_PAUSE = 1.0  # before a message that could not be sent on is given back: no hot spin
log = get_logger()


class EventConsumer(Entrypoint):
    """`@consume(subscription)` on a method that takes one Event."""

    queue_consumer = RawQueueConsumer()
    forwarder = Forwarder()
    monitor = Monitor()
    collector = Collector()

    def __init__(self, subscription: Subscription, together: Handler | None = None, **options: Any) -> None:
        self.subscription, self.together = subscription, None if subscription.ordered else together
        in_line = together is not None or subscription.ordered
        self.prefetch = PREFETCH_IN_LINE if in_line else PREFETCH
        self.line: Line | None = None
        self.turns: Turns | None = None
        self.queue: Queue = consumer_queue(subscription)
        super().__init__(**options)

    def setup(self) -> None:
        """The queue itself was declared by the runner, with all queues of the node."""
        self._here, self._store = self.container.config["GTM"], store_of(self.container)
        if self.prefetch == PREFETCH_IN_LINE:
            self.line = Line(self, self.subscription.queue, self.container)
        self.queue_consumer.register_provider(self)

    def start(self) -> None:
        """Runs when all extensions are set up."""
        if self.subscription.ordered:
            self.turns = Turns(store_of(self.container).database, self.subscription.queue)
        if self.line is not None:
            self.line.start()

    def stop(self) -> None:
        """Take no more messages; what is being handled ends first."""
        self.collector.stop()
        self.queue_consumer.unregister_provider(self)
        if self.line is not None:
            self.line.stop()

    def handle_message(self, body: bytes, message: Any) -> None:
        """Read the event and give it to the line or to a worker; put those of a parcel into the queue one by one."""
        try:
            event = opened(body, message, self.subscription, self._here, self._life)
        except UnreadableEventError as error:
            self._fail(message, error)
            return
        if isinstance(event, Parcel):
            self._spread(message, event)
            return
        message.weighs(len(event.raw))  # which may be many times what came
        crash_point("consumer.taken")
        self.monitor.took(self.subscription.queue, event.time)
        taken = Taken(message, event, time.monotonic())
        if self.line is not None:
            self.line.put(taken)
        else:
            self._give(taken, partial(self._done, taken, 0))

    def _life(self) -> int:
        """Looked at anew: another service of the node may have greeted the centre first, and be answered before us."""
        self._store.live_on(life_noted(self._here.home))
        return self._store.place.incarnation

    def _spread(self, message: Any, parcel: Parcel) -> None:
        try:
            for key, body in parcel.events:
                way = {travel.ORIGIN_KEY: key, travel.REPLAY: parcel.id, travel.PARCEL: parcel.id}
                self.forwarder.put(body, way, self.subscription.queue)
        except Exception as refused:  # noqa: BLE001 (case 4; those that were put are known when they come again)
            self._not_sent_on(message, refused)
            return
        metrics.HANDLED.labels(self.subscription.service, self.subscription.queue, "unpacked").inc()
        self.queue_consumer.ack_message(message)

    def _not_sent_on(self, message: Any, refused: Exception) -> None:
        reason = f"{type(refused).__name__}: {refused}"[:200]
        log.warning("consumer.not_sent_on", queue=self.subscription.queue, error=reason)
        eventlet.sleep(NOT_SENT_PAUSE)
        self.queue_consumer.requeue_message(message)

    def _give(self, taken: Taken, done: Callable[..., Any]) -> None:
        event = taken.event
        context = {"correlation_id": event.correlationid, "causation_id": event.id, "traceparent": _trace(taken)}
        try:
            self.container.spawn_worker(self, (event,), {}, context_data=context, handle_result=done)
        except ContainerBeingKilled:
            self.queue_consumer.requeue_message(taken.message)

    def _done(self, taken: Taken, looks: int, _worker: Any, result: Any, exc_info: Any) -> Any:
        if exc_info is None:
            self.applied(taken, result)
            return result, exc_info
        if is_away(exc_info[1]) and time.monotonic() - taken.began < HELD_SECONDS:
            self._hold(taken, looks + 1)
        else:
            self.failed(taken, exc_info[1])
        # The failure is dealt with; nameko need not tell of it again.
        return None, None

    def _hold(self, taken: Taken, looks: int) -> None:
        """Case 6. By a thread of its own: this one has a worker's place, and all places may be waiting so."""
        log.warning("consumer.held", queue=self.subscription.queue, looks=looks)

        def again() -> None:
            eventlet.sleep(min(LONGEST_PAUSE, 0.2 * 2 ** min(looks, 5)))
            if taken.message.channel.connection:  # else the broker has given it to somebody again
                self._give(taken, partial(self._done, taken, looks))

        self.container.spawn_managed_thread(again, identifier="hold")

    def handled_together(self, taken: Sequence[Taken]) -> list[bool]:
        """All in one commit; for each whether it was new. Raises: whatever kept it from being stored."""
        assert self.together is not None  # noqa: S101 (the line looked)
        pairs = [(one.event, self._caller(one)) for one in taken]
        return store_of(self.container).apply_together(pairs, self.subscription.queue, self.together)

    def handled_alone(self, taken: Taken) -> Any:
        """What the service's method gives, run by a worker. Raises: what it raises; NotYetError out of its turn."""
        if self.turns is not None and (seconds := self.turns.pause(taken.event)) is not None:
            raise NotYetError(seconds)
        outcome: Signal = Signal()

        def done(_worker: Any, result: Any, exc_info: Any) -> Any:
            outcome.send((result, exc_info[1] if exc_info else None))
            return (result, None) if exc_info is None else (None, None)

        self._give(taken, done)
        result, error = outcome.wait()
        if error is not None:
            raise error
        if self.turns is not None:
            self.turns.over(taken.event)
        return result

    def _caller(self, taken: Taken) -> Caller:
        event = taken.event
        return Caller(
            principal=SYSTEM,
            correlation_id=event.correlationid,
            causation_id=event.id,
            traceparent=_trace(taken),
            method=self.method_name,
        )

    def applied(self, taken: Taken, result: Any) -> None:
        """Acknowledge it."""
        self._tell(taken)
        crash_point("consumer.applied")
        labels = (self.subscription.service, self.subscription.queue)
        metrics.HANDLED.labels(*labels, "applied" if result is not False else "duplicate").inc()
        self.monitor.settled(self.subscription.queue, taken.event.id)
        self.queue_consumer.ack_message(taken.message)

    def failed(self, taken: Taken, error: BaseException) -> None:
        """Send it down the ladder, or park it."""
        self._tell(taken)
        self._fail(taken.message, error, taken.event)

    def _tell(self, taken: Taken) -> None:
        clear_contextvars()
        bind_contextvars(correlation_id=taken.event.correlationid, event_id=taken.event.id)
        labels = (self.subscription.service, self.subscription.queue)
        metrics.HANDLER_SECONDS.labels(*labels).observe(time.monotonic() - taken.began)

    def _fail(self, message: Any, error: BaseException, event: Event | None = None) -> None:
        queue, service = self.subscription.queue, self.subscription.service
        attempts = int(travel.believed(message).get("x-attempts", 0)) + (not isinstance(error, NotYetError))
        headers = travel.after_failure(message, queue, error, attempts)
        hopeless = isinstance(error, UnreadableEventError) or attempts >= ATTEMPTS
        if hopeless and "forged:" in str(error):
            metrics.REFUSED.labels(service, queue).inc()
        if isinstance(error, ConflictingEventError):
            metrics.CONFLICTING.labels(service, event.origin if event else "").inc()
        outcome = "parked" if hopeless else "retried"
        log.warning(f"consumer.{outcome}", queue=queue, error=headers["x-reason"], attempts=attempts)
        crash_point("consumer.before_send_on")
        seconds = RETRY_SECONDS[min(attempts, len(RETRY_SECONDS)) - 1]
        seconds = error.seconds if isinstance(error, NotYetError) else seconds
        try:
            if event is not None and self.turns is not None and not isinstance(error, NotYetError):
                self.turns.over(event) if hopeless else self.turns.wait_for(event)
            if hopeless:
                self.forwarder.park(message, headers, service)
            else:
                self.forwarder.retry(message, headers, queue, service, seconds)
        except Exception as refused:  # noqa: BLE001 (case 4: whatever failed, the broker keeps the message)
            self._not_sent_on(message, refused)
            return
        crash_point("consumer.sent_on")
        metrics.HANDLED.labels(service, queue, outcome).inc()
        if event is not None and hopeless:
            self.monitor.settled(queue, event.id)
        elif event is not None:
            self.monitor.failed(queue, event.id, event.time, seconds)
        self.queue_consumer.ack_message(message)


class NotYetError(Exception):
    """An earlier version of the record waits to be tried again."""

    def __init__(self, seconds: int) -> None:
        super().__init__("an earlier version of the record comes first")
        self.seconds = seconds


def _trace(taken: Taken) -> str | None:
    return travel.believed(taken.message).get("tp")


def consume(
    subscription: Subscription, together: Handler | None = None
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Mark a service method as the handler of a subscription's events.

    `together` is what the method has its store apply, where it does nothing else: many events then share a commit (see
    Store.apply_together). The method itself is asked when that fails, or when an event comes alone.
    """
    mark: Callable[[Callable[..., Any]], Callable[..., Any]] = EventConsumer.decorator(subscription, together)
    return mark
