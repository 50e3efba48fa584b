"""The chassis's own event entrypoint for nameko: nothing is acknowledged before it is applied, retried or parked.

nameko's event handler acks what failed, and kombu acks what it cannot decode; here (numbers are cited by tests):
1. the body is read by this module, never by kombu: what cannot be read is parked, not dropped.
2. a handler that fails sends the message down the retry ladder (topology.RETRY_SECONDS) and acks it then.
3. what can never succeed, or has failed too often, goes to `<service>.parked` with reason, attempts and times.
4. when even parking fails (broker away) the message is not acked: the broker gives it again.
5. killed between parking and ack: a duplicate, which the inbox knows.
6. the store is away: nothing could be handled, so the message is held unacked and tried in place, with no attempt lost.
"""

import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import eventlet
from kombu import Consumer, Queue
from nameko.exceptions import ContainerBeingKilled
from nameko.extensions import Entrypoint
from nameko.messaging import QueueConsumer

from chassis import agreement, metrics, travel
from chassis.crash import crash_point
from chassis.envelope import Event, UnreadableEventError, declared, read
from chassis.forward import Forwarder
from chassis.frames import UNREADABLE
from chassis.logs import bind_contextvars, clear_contextvars, get_logger
from chassis.monitor import Monitor
from chassis.store import is_away
from chassis.topology import ATTEMPTS, RETRY_SECONDS, Subscription, consumer_queue, declare_on

PREFETCH = 20
LARGEST_BODY = 4 * 1024 * 1024  # bytes; a record with its texts is far below
HELD_SECONDS = 600.0  # that a message waits for the store, before it goes down the ladder
LONGEST_PAUSE = 3.0  # between two looks at a store that is away
NOT_SENT_PAUSE = 1.0  # before a message that could not be sent on is given back: no hot spin
log = get_logger()


class RawQueueConsumer(QueueConsumer):
    """Hands bodies over undecoded, so that kombu never acks what it cannot read (case 1)."""

    def get_consumers(self, consumer_cls: Any, channel: Any) -> Any:
        """One kombu consumer per entrypoint, each with its own prefetch; called at each (re)connection."""
        declare_on(channel, [provider.subscription for provider in self._providers])
        channel.auto_decode = False  # a sender's content encoding is not to be believed
        for provider in self._providers:
            consumer = Consumer(
                channel,
                queues=[provider.queue],
                on_message=partial(self._on_message, provider),
                prefetch_count=PREFETCH,
                auto_declare=False,
            )
            self._consumers[provider] = consumer
        return self._consumers.values()

    def _on_message(self, provider: Any, message: Any) -> None:
        self.handle_message(provider, message.body, message)


class EventConsumer(Entrypoint):
    """`@consume(subscription)` on a method that takes one Event."""

    queue_consumer = RawQueueConsumer()
    forwarder = Forwarder()
    monitor = Monitor()

    def __init__(self, subscription: Subscription, **options: Any) -> None:
        self.subscription = subscription
        self.queue: Queue = consumer_queue(subscription)
        super().__init__(**options)

    def setup(self) -> None:
        """The queue itself was declared by the runner, with all queues of the node."""
        self._here = self.container.config["GTM"]
        self.queue_consumer.register_provider(self)

    def stop(self) -> None:
        """Take no more messages; what is being handled ends first."""
        self.queue_consumer.unregister_provider(self)

    def handle_message(self, body: bytes, message: Any) -> None:
        """Read the event and give it to a worker."""
        try:
            event = self._read(body, message)
        except UnreadableEventError as error:
            self._fail(message, error)
            return
        crash_point("consumer.taken")
        self.monitor.took(self.subscription.queue, event.time)
        self._give(message, event, time.monotonic())

    def _read(self, body: bytes | str, message: Any) -> Event:
        raw = body.encode() if isinstance(body, str) else bytes(body)
        if len(raw) > LARGEST_BODY:
            raise UnreadableEventError(f"{len(raw)} bytes, more than {LARGEST_BODY}")
        if UNREADABLE in (message.headers or {}):
            raise UnreadableEventError(f"properties: {message.headers[UNREADABLE]}")
        try:
            event = read(raw, self.subscription.events)
            agreement.check(event, travel.routing_key(message))
            agreement.check_sender(event, *travel.sender(message), self._here.node, self._here.hub)
            data = declared(event, self.subscription.events)
        except UnreadableEventError:
            raise
        except Exception as error:
            # An error here would end the container, at each redelivery again.
            raise UnreadableEventError(f"reading failed: {type(error).__name__}: {error}") from error
        return replace(event, data=data, replay=travel.believed(message).get(travel.REPLAY))

    def _give(self, message: Any, event: Event, began: float, looks: int = 0) -> None:
        trace = travel.believed(message).get("tp")
        context = {"correlation_id": event.correlationid, "causation_id": event.id, "traceparent": trace}
        done = partial(self._done, message, event, began, looks)
        try:
            self.container.spawn_worker(self, (event,), {}, context_data=context, handle_result=done)
        except ContainerBeingKilled:
            self.queue_consumer.requeue_message(message)

    def _done(
        self, message: Any, event: Event, began: float, looks: int, _worker: Any, result: Any, exc_info: Any
    ) -> Any:
        clear_contextvars()
        bind_contextvars(correlation_id=event.correlationid, event_id=event.id)
        labels = (self.subscription.service, self.subscription.queue)
        metrics.HANDLER_SECONDS.labels(*labels).observe(time.monotonic() - began)
        if exc_info is None:
            crash_point("consumer.applied")
            metrics.HANDLED.labels(*labels, "applied" if result is not False else "duplicate").inc()
            self.monitor.settled(self.subscription.queue, event.id)
            self.queue_consumer.ack_message(message)
            return result, exc_info
        if is_away(exc_info[1]) and time.monotonic() - began < HELD_SECONDS:
            self._hold(message, event, began, looks + 1)
        else:
            self._fail(message, exc_info[1], event)
        # The failure is dealt with; nameko need not tell of it again.
        return None, None

    def _hold(self, message: Any, event: Event, began: float, looks: int) -> None:
        """Case 6. By a thread of its own: this one has a worker's place, and all places may be waiting so."""
        log.warning("consumer.held", queue=self.subscription.queue, looks=looks)

        def again() -> None:
            eventlet.sleep(min(LONGEST_PAUSE, 0.2 * 2 ** min(looks, 5)))
            if message.channel.connection:  # else the broker has given it to somebody again
                self._give(message, event, began, looks)

        self.container.spawn_managed_thread(again, identifier="hold")

    def _fail(self, message: Any, error: BaseException, event: Event | None = None) -> None:
        queue, service = self.subscription.queue, self.subscription.service
        attempts = int(travel.believed(message).get("x-attempts", 0)) + 1
        headers = travel.after_failure(message, queue, error, attempts)
        hopeless = isinstance(error, UnreadableEventError) or attempts >= ATTEMPTS
        outcome = "parked" if hopeless else "retried"
        log.warning(f"consumer.{outcome}", queue=queue, error=headers["x-reason"], attempts=attempts)
        crash_point("consumer.before_send_on")
        seconds = RETRY_SECONDS[min(attempts, len(RETRY_SECONDS)) - 1]
        try:
            if hopeless:
                self.forwarder.park(message, headers, service)
            else:
                self.forwarder.retry(message, headers, queue, service, seconds)
        except Exception as refused:  # noqa: BLE001 (case 4: whatever failed, the broker keeps the message)
            log.warning("consumer.not_sent_on", queue=queue, error=f"{type(refused).__name__}: {refused}"[:200])
            eventlet.sleep(NOT_SENT_PAUSE)
            self.queue_consumer.requeue_message(message)
            return
        crash_point("consumer.sent_on")
        metrics.HANDLED.labels(service, queue, outcome).inc()
        if event is not None and hopeless:
            self.monitor.settled(queue, event.id)
        elif event is not None:
            self.monitor.failed(queue, event.id, event.time, seconds)
        self.queue_consumer.ack_message(message)


def consume(subscription: Subscription) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Mark a service method as the handler of a subscription's events."""
    mark: Callable[[Callable[..., Any]], Callable[..., Any]] = EventConsumer.decorator(subscription)
    return mark
