"""Exchanges and queues as values, and how they are declared (events.md, "Routing").

Every process of a node declares the queues of *all* its services before it publishes anything, so that an event
never leaves before the queue that wants it exists, whichever service starts first.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from amqp.exceptions import NotFound
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
RPC = Exchange("nameko-rpc", type="topic", durable=True)
AGAIN = ".again"
"""The end of the name of a service's own exchange: what it puts into a queue by its name (`again`)."""

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


def again(service: str) -> Exchange:
    """By which a service puts messages into a queue by its name: its own ones, and those that hear its events.

    Not the default exchange: who may write to that may write into any queue, in anybody's name.
    """
    return Exchange(f"{service}{AGAIN}", type="topic", durable=True)


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
            "x-dead-letter-exchange": again(subscription.service).name,
            "x-dead-letter-routing-key": parked_name(subscription.service),
            # Not the retry counter: catches only handlers that kill their process.
            "x-delivery-limit": 50,
            **({"x-single-active-consumer": True} if subscription.ordered else {}),
        },
    )


@dataclass(frozen=True)
class Bound:
    """A queue, whose it is, and what leads into it: exchanges with keys."""

    service: str | None
    queue: Queue
    ways: tuple[tuple[Exchange, str], ...]


def exchanges_of(subscriptions: Iterable[Subscription]) -> list[Exchange]:
    """Every exchange that a node with these subscriptions needs; one that others name comes before them."""
    wanted = list(subscriptions)
    consumers = sorted({one.service for one in wanted})
    speaking = sorted({*consumers, *(publisher for one in wanted for publisher in one.publishers)})
    ladders = [_rung(service, seconds) for service in consumers for seconds in RETRY_SECONDS]
    return [Exchange(UNROUTED, type="fanout", durable=True), EVENTS, INBOUND, RPC, *map(again, speaking), *ladders]


def queues_of(subscriptions: Iterable[Subscription]) -> list[Bound]:
    """Every queue that a node with these subscriptions needs."""
    wanted = list(subscriptions)
    found = [_unrouted()]
    for service in sorted({one.service for one in wanted}):
        found += _ends(service)
    return found + [_consumed(one) for one in wanted]


def _unrouted() -> Bound:
    # Copies only, the original is in its service's log: so this one queue may forget the oldest.
    most = {"x-queue-type": "quorum", "x-max-length": 1000, "x-overflow": "drop-head"}
    way = Exchange(UNROUTED, type="fanout", durable=True)
    return Bound(None, Queue(UNROUTED, durable=True, queue_arguments=most), ((way, ""),))


def _rung(service: str, seconds: int) -> Exchange:
    return Exchange(retry_name(service, seconds), type="fanout", durable=True)


def _ends(service: str) -> list[Bound]:
    parked = Queue(parked_name(service), durable=True, queue_arguments={"x-queue-type": "quorum"})
    found = [Bound(service, parked, ((again(service), parked.name),))]
    for seconds in RETRY_SECONDS:
        # Without a dead-letter routing key the message keeps its own: the queue it comes from.
        lasting = {**_SAFE, "x-message-ttl": seconds * 1000, "x-dead-letter-exchange": again(service).name}
        queue = Queue(retry_name(service, seconds), durable=True, queue_arguments=lasting)
        found.append(Bound(service, queue, ((_rung(service, seconds), ""),)))
    return found


def _consumed(subscription: Subscription) -> Bound:
    ways = [(exchange, key) for exchange, keys in subscription.bindings() for key in keys]
    speaking = {subscription.service, *filter(subscription.reads_from, subscription.publishers)}
    ways += [(again(service), subscription.queue) for service in sorted(speaking)]
    return Bound(subscription.service, consumer_queue(subscription), tuple(ways))


class QueuesMissingError(ConnectionError):
    """Queues of other services are not there, and not ours to make: what is published now would not reach them."""


def declare(amqp_uri: str, subscriptions: Iterable[Subscription], own: str | None = None) -> None:
    """Declare everything a node needs; the same call twice changes nothing. Raises: QueuesMissingError."""
    with Connection(amqp_uri, connect_timeout=5) as connection:
        declare_on(connection.channel(), subscriptions, own)


def declare_on(channel: Any, subscriptions: Iterable[Subscription], own: str | None = None) -> None:
    """The same on a channel that is open: done again at each reconnection, a broker may come back empty.

    What is there is left as it is. Under the broker account of one service (`own`) its own queues alone are made and
    bound; the others' are looked for. Raises: QueuesMissingError, when they are not there.
    """
    wanted = list(subscriptions)
    alone = own is not None and is_narrow(channel.connection, own)
    looking = Looking(channel.connection)
    for exchange in exchanges_of(wanted):
        if not looking.finds_exchange(exchange.name):
            exchange(channel).declare()
    missing = []
    for bound in queues_of(wanted):
        there = looking.finds_queue(bound.queue.name) is not None
        if alone and bound.service != own:
            missing += [] if there else [bound.queue.name]
            continue
        queue = bound.queue(channel)
        if not there:
            queue.declare()
        for way, key in bound.ways:
            queue.bind_to(way, routing_key=key)
    looking.close()
    if missing:
        raise QueuesMissingError(", ".join(missing))


def is_narrow(connection: Any, service: str) -> bool:
    """Whether a connection, as a channel has it, is under the account of one service (rights.py)."""
    return str(connection.client.userid).partition(".")[2] == service


class Looking:
    """Asks for what there is; the broker closes a channel that asked for what there is not."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._channel: Any = None

    def finds_queue(self, name: str) -> Any:
        """What the broker tells of a queue; None if there is none."""
        return self._ask("queue_declare", name)

    def finds_exchange(self, name: str) -> bool:
        """Whether there is an exchange of that name."""
        return self._ask("exchange_declare", name, "topic") is not None

    def close(self) -> None:
        """Give the channel back."""
        if self._channel is not None:
            self._channel.close()
            self._channel = None

    def _ask(self, method: str, *words: str) -> Any:
        self._channel = self._channel or self._connection.channel()
        try:
            return getattr(self._channel, method)(*words, passive=True) or True
        except NotFound:
            self._channel = None
            return None
