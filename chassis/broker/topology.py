"""Exchanges and queues as values, and how they are declared (events.md, "Routing").

Every process of a node declares the queues of *all* its services before it publishes anything, so that an event
never leaves before the queue that wants it exists, whichever service starts first.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from kombu import Connection, Exchange, Queue

from chassis.contract.envelope import EventType
from chassis.contract.exchange import NOUNS, messages_of
from chassis.contract.files import file_messages

RETRY_SECONDS = (1, 10, 60, 600, 3600)
"""Delays before an event is tried again; the last one is repeated for a day."""
ATTEMPTS = len(RETRY_SECONDS) - 1 + 24

UNROUTED = "gtm.unrouted"
EVENTS = Exchange("gtm.events", type="topic", durable=True, arguments={"alternate-exchange": UNROUTED})
INBOUND = Exchange("gtm.inbound", type="topic", durable=True, arguments={"alternate-exchange": UNROUTED})

# At-least-once dead-lettering needs a quorum queue that refuses rather than drops (RabbitMQ's guide on it).
_SAFE = {"x-queue-type": "quorum", "x-dead-letter-strategy": "at-least-once", "x-overflow": "reject-publish"}


@dataclass(frozen=True)
class Subscription:
    """What one queue of a consumer takes: `<consumer>.on_<noun>` or `<consumer>.on_<noun>_<participle>`.

    `hears` says whose events come here: this node's own, those of other nodes, or both. A service's own nouns as other
    nodes have them come to `<service>.inbound`. What a node says to this one alone comes to `<service>.files`.
    """

    queue: str
    events: tuple[EventType, ...]
    hears: Literal["own", "others", "all", "direct"] = "own"
    ordered: bool = False
    """Whether versions of a record are handled in their order, and wait while an earlier one does (events/turns.py).

    For new queues only: one that exists cannot be made so.
    """
    seconds: int | None = None
    """How long a message may wait here before it is dropped; None, for all but pulses: for ever."""

    @cached_property
    def publishers(self) -> tuple[str, ...]:
        """The services whose events come here."""
        return tuple(sorted({event.words[0] for event in self.events}))

    @cached_property
    def readable(self) -> tuple[EventType, ...]:
        """Every type that its consumer reads: its events, and what nodes exchange beside them."""
        if self.hears == "direct":
            return file_messages(self.service)
        exchanged = [one for publisher in self.publishers for one in messages_of(publisher)]
        taken = {"all": ("records",), "others": NOUNS}.get(self.hears, ())
        return (*self.events, *(one for one in exchanged if one.words[1] in taken))

    @property
    def service(self) -> str:
        """The consumer: first word of the queue's name."""
        return self.queue.partition(".")[0]

    def takes(self, type: str) -> bool:
        """Whether its consumer reads events of the type of that name, lifted if need be."""
        return any(event.steps_from(type) is not None for event in self.events)

    def reads_from(self, publisher: str) -> bool:
        """Whether events of that service of this node come here."""
        return self.hears in ("own", "all") and any(event.words[0] == publisher for event in self.events)

    def bindings(self) -> list[tuple[Exchange, list[str]]]:
        """What its queue is bound to, with which keys: any origin, any visibility."""
        if self.hears == "direct":
            return [(INBOUND, [f"*.*.{'.'.join(one.words[:3])}.*" for one in self.readable])]
        acts = sorted({".".join(("*", "*", *event.words[:3])) for event in self.events})
        if self.hears == "others":
            # Whatever a newer release calls its acts: unknown ones are parked, where an operator sees them.
            nouns = sorted({f"*.*.{event.words[0]}.{event.words[1]}.#" for event in self.events})
            return [(INBOUND, nouns + [f"*.*.{service}.{noun}.#" for service in self.publishers for noun in NOUNS])]
        if self.hears == "all":
            parcels = [f"*.*.{service}.records.sent.#" for service in self.publishers]
            return [(EVENTS, acts), (INBOUND, acts + parcels)]
        return [(EVENTS, acts)]


def retry_name(service: str, seconds: int) -> str:
    """The exchange and queue in which a failed event waits; its routing key is the queue to come back to."""
    return f"{service}.retry.{seconds}"


def parked_name(service: str) -> str:
    """The end of the line of a service: what could not be handled, kept until an operator decides."""
    return f"{service}.parked"


def consumer_queue(subscription: Subscription) -> Queue:
    """The queue of a subscription, as kombu declares and consumes it."""
    if subscription.seconds is not None:
        # What is late is of no use, and no failure to be looked at: nothing is dead-lettered.
        lasting = {"x-queue-type": "quorum", "x-message-ttl": subscription.seconds * 1000}
        return Queue(subscription.queue, durable=True, queue_arguments=lasting)
    return Queue(
        subscription.queue,
        durable=True,
        queue_arguments={
            **_SAFE,
            "x-dead-letter-exchange": "",
            "x-dead-letter-routing-key": parked_name(subscription.service),
            # Not the retry counter: catches only handlers that kill their process.
            "x-delivery-limit": 50,
            **({"x-single-active-consumer": True} if subscription.ordered else {}),
        },
    )


def declare(amqp_uri: str, subscriptions: Iterable[Subscription]) -> None:
    """Declare everything a node needs; the same call twice changes nothing."""
    with Connection(amqp_uri, connect_timeout=5) as connection:
        declare_on(connection.channel(), subscriptions)


def declare_on(channel: Any, subscriptions: Iterable[Subscription]) -> None:
    """The same on a channel that is open: done again at each reconnection, a broker may come back empty."""
    wanted = list(subscriptions)
    _declare_exchanges(channel)
    for service in sorted({subscription.service for subscription in wanted}):
        _declare_ends(channel, service)
    for subscription in wanted:
        queue = consumer_queue(subscription)(channel)
        queue.declare()
        for exchange, keys in subscription.bindings():
            for key in keys:
                queue.bind_to(exchange, routing_key=key)


def _declare_exchanges(channel: Any) -> None:
    unrouted = Exchange(UNROUTED, type="fanout", durable=True)
    # Copies only, the original is in its service's log: so this one queue may forget the oldest.
    Queue(
        UNROUTED,
        unrouted,
        durable=True,
        queue_arguments={"x-queue-type": "quorum", "x-max-length": 1000, "x-overflow": "drop-head"},
    )(channel).declare()
    for exchange in (EVENTS, INBOUND):
        exchange(channel).declare()


def _declare_ends(channel: Any, service: str) -> None:
    Queue(parked_name(service), durable=True, queue_arguments={"x-queue-type": "quorum"})(channel).declare()
    for seconds in RETRY_SECONDS:
        name = retry_name(service, seconds)
        # Without a dead-letter routing key the message keeps its own: the queue it comes from.
        Queue(
            name,
            Exchange(name, type="fanout", durable=True),
            durable=True,
            queue_arguments={**_SAFE, "x-message-ttl": seconds * 1000, "x-dead-letter-exchange": ""},
        )(channel).declare()
