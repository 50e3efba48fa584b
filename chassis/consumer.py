"""The chassis's own event entrypoint for nameko: nothing is acknowledged before it is applied, retried or parked.

nameko's event handler acks what failed, and kombu acks what it cannot decode; here (numbers are cited by tests):
1. the body is read by this module, never by kombu: what cannot be read is parked, not dropped.
2. a handler that fails sends the message down the retry ladder (topology.RETRY_SECONDS) and acks it then.
3. what can never succeed, or has failed too often, goes to `<service>.parked` with reason, attempts and times.
4. when even parking fails (broker away) the message is not acked: the broker gives it again.
5. killed between parking and ack: a duplicate, which the inbox knows.
"""

import time
import traceback
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from kombu import Connection, Consumer, Exchange, Producer, Queue
from nameko.exceptions import ContainerBeingKilled
from nameko.extensions import Entrypoint
from nameko.messaging import QueueConsumer

from chassis import metrics
from chassis.crash import crash_point
from chassis.envelope import Event, UnreadableEventError, read
from chassis.kernel.clock import now, rfc3339
from chassis.kernel.ids import new_id
from chassis.logs import bind_contextvars, clear_contextvars, get_logger
from chassis.monitor import Monitor
from chassis.topology import ATTEMPTS, RETRY_SECONDS, Subscription, consumer_queue, declare_on, parked_name, retry_name

PREFETCH = 20
LARGEST_BODY = 4 * 1024 * 1024  # bytes; a record with its texts is far below
log = get_logger()


class RawQueueConsumer(QueueConsumer):
    """Hands bodies over undecoded, so that kombu never acks what it cannot read (case 1)."""

    def get_consumers(self, consumer_cls: Any, channel: Any) -> Any:
        """One kombu consumer per entrypoint, each with its own prefetch; called at each (re)connection."""
        declare_on(channel, [provider.subscription for provider in self._providers])
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
    monitor = Monitor()

    def __init__(self, subscription: Subscription, **options: Any) -> None:
        self.subscription = subscription
        self.queue: Queue = consumer_queue(subscription)
        super().__init__(**options)

    def setup(self) -> None:
        """The queue itself was declared by the runner, with all queues of the node."""
        self.queue_consumer.register_provider(self)

    def stop(self) -> None:
        """Take no more messages; what is being handled ends first."""
        self.queue_consumer.unregister_provider(self)

    def handle_message(self, body: bytes, message: Any) -> None:
        """Read the event and give it to a worker."""
        try:
            event = self._read(body, message)
        except UnreadableEventError as error:
            self._fail(message, error, "")
            return
        headers = message.headers or {}
        context = {"correlation_id": event.correlationid, "causation_id": event.id, "traceparent": headers.get("tp")}
        crash_point("consumer.taken")
        self.monitor.took(self.subscription.queue, event.time)
        done = partial(self._done, message, event, time.monotonic())
        try:
            self.container.spawn_worker(self, (event,), {}, context_data=context, handle_result=done)
        except ContainerBeingKilled:
            self.queue_consumer.requeue_message(message)

    def _read(self, body: bytes | str, message: Any) -> Event:
        raw = body.encode() if isinstance(body, str) else bytes(body)
        if len(raw) > LARGEST_BODY:
            raise UnreadableEventError(f"{len(raw)} bytes, more than {LARGEST_BODY}")
        event = read(raw, self.subscription.events)
        headers = message.headers or {}
        key = headers.get("x-origin-routing-key") or message.delivery_info["routing_key"]
        if key.split(".")[:2] != [event.origin, event.visibility]:
            raise UnreadableEventError(f"routing key {key} and origin {event.origin} do not agree")
        if event.source.split("/")[2:3] != [event.origin]:
            raise UnreadableEventError(f"source {event.source} and origin {event.origin} do not agree")
        return replace(event, replay=headers.get("x-replay"))

    def _done(self, message: Any, event: Event, began: float, _worker: Any, result: Any, exc_info: Any) -> Any:
        clear_contextvars()
        bind_contextvars(correlation_id=event.correlationid, event_id=event.id)
        labels = (self.subscription.service, self.subscription.queue)
        metrics.HANDLER_SECONDS.labels(*labels).observe(time.monotonic() - began)
        if exc_info is None:
            crash_point("consumer.applied")
            metrics.HANDLED.labels(*labels, "applied" if result is not False else "duplicate").inc()
            self.queue_consumer.ack_message(message)
            return result, exc_info
        self._fail(message, exc_info[1], "".join(traceback.format_exception(*exc_info))[-4000:])
        # The failure is dealt with; nameko need not tell of it again.
        return None, None

    def _fail(self, message: Any, error: BaseException, trace: str) -> None:
        headers = _kept(message.headers or {})
        attempts = int(headers.get("x-attempts", 0)) + 1
        headers |= {
            "x-attempts": attempts,
            "x-reason": f"{type(error).__name__}: {error}"[:500],
            "x-traceback": trace,
            "x-last-failed": rfc3339(now()),
            "x-origin-queue": self.subscription.queue,
        }
        headers.setdefault("x-parked-id", new_id())
        headers.setdefault("x-first-failed", headers["x-last-failed"])
        headers.setdefault("x-origin-routing-key", message.delivery_info["routing_key"])
        hopeless = isinstance(error, UnreadableEventError) or attempts >= ATTEMPTS
        outcome = "parked" if hopeless else "retried"
        log.warning(f"consumer.{outcome}", queue=self.subscription.queue, error=headers["x-reason"], attempts=attempts)
        crash_point("consumer.before_send_on")
        try:
            self._send_on(message, headers, None if hopeless else RETRY_SECONDS[min(attempts, len(RETRY_SECONDS)) - 1])
        except Exception:  # noqa: BLE001 (case 4: whatever failed, the broker keeps the message)
            self.queue_consumer.requeue_message(message)
            return
        crash_point("consumer.sent_on")
        metrics.HANDLED.labels(self.subscription.service, self.subscription.queue, outcome).inc()
        self.queue_consumer.ack_message(message)

    def _send_on(self, message: Any, headers: dict[str, Any], wait: int | None) -> None:
        service = self.subscription.service
        exchange = Exchange(retry_name(service, wait), type="fanout") if wait else Exchange("")
        with Connection(
            self.container.config["AMQP_URI"], connect_timeout=5, transport_options={"confirm_publish": True}
        ) as connection:
            Producer(connection.channel(), auto_declare=False).publish(
                message.body,
                exchange=exchange,
                routing_key=self.subscription.queue if wait else parked_name(service),
                headers=headers,
                delivery_mode=2,
                mandatory=True,
                content_type=message.content_type,
                content_encoding=message.content_encoding,
                message_id=message.properties.get("message_id"),
                type=message.properties.get("type"),
                correlation_id=message.properties.get("correlation_id"),
            )


def _kept(headers: dict[str, Any]) -> dict[str, Any]:
    """Headers without those that would route a copy elsewhere or grow with each round."""
    return {name: value for name, value in headers.items() if name not in ("CC", "BCC", "x-death", "x-delivery-count")}


def consume(subscription: Subscription) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Mark a service method as the handler of a subscription's events."""
    mark: Callable[[Callable[..., Any]], Callable[..., Any]] = EventConsumer.decorator(subscription)
    return mark
