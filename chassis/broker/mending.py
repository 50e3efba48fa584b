"""Queues that the broker should have: how much is in them; those that are missing are declared anew, and it is told.

RabbitMQ has been seen to forget a queue (docs/decisions/0031), and people delete some. What such a queue held, and what
came for it until it was there again, is in the senders' logs: `./gtm replay`.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

from amqp.exceptions import NotFound

from chassis.broker.topology import Subscription, declare_on
from chassis.process import metrics
from chassis.process.logs import get_logger

log = get_logger()


class Depth(NamedTuple):
    """What a queue holds, ready to be taken, and how many take from it."""

    messages: int
    consumers: int


def looked_at(connection: Any, queues: Iterable[str]) -> dict[str, Depth]:
    """Depths of those queues that there are."""
    found, channel = {}, connection.channel()
    for queue in queues:
        try:
            told = channel.queue_declare(queue, passive=True)
        except NotFound:
            channel = connection.channel()  # the broker has closed the other one
        else:
            found[queue] = Depth(int(told.message_count), int(told.consumer_count))
    channel.close()
    return found


def declare_missing(connection: Any, subscriptions: Iterable[Subscription], queues: Iterable[str]) -> dict[str, Depth]:
    """Depths of the queues; if one of them is missing, everything is declared first."""
    wanted = list(queues)
    found = looked_at(connection, wanted)
    missing = [queue for queue in wanted if queue not in found]
    if missing:
        channel = connection.channel()
        declare_on(channel, subscriptions)
        channel.close()
    for queue in missing:
        log.error("queue.declared_anew", queue=queue)
        metrics.DECLARED_ANEW.labels(queue).inc()
    return found | {queue: Depth(0, 0) for queue in missing}
