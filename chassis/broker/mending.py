"""Queues that the broker should have: how much is in them; those that are missing are declared anew, and it is told.

RabbitMQ has been seen to forget a queue (docs/decisions/0031), and people delete some. What such a queue held, and what
came for it until it was there again, is in the senders' logs: `./gtm replay`.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

from chassis.broker.topology import Looking, QueuesMissingError, Subscription, declare_on
from chassis.process import metrics
from chassis.process.logs import get_logger

MISSING: set[str] = set()
"""Queues of others that were not there when last looked for: the relay waits for them (chassis/storage/relay.py)."""
log = get_logger()


class Depth(NamedTuple):
    """What a queue holds, ready to be taken, and how many take from it."""

    messages: int
    consumers: int


def looked_at(connection: Any, queues: Iterable[str]) -> dict[str, Depth]:
    """Depths of those queues that there are."""
    looking = Looking(connection)
    told = {queue: looking.finds_queue(queue) for queue in queues}
    looking.close()
    return {
        queue: Depth(int(one.message_count), int(one.consumer_count)) for queue, one in told.items() if one is not None
    }


def declare_missing(
    connection: Any, subscriptions: Iterable[Subscription], queues: Iterable[str], own: str | None = None
) -> dict[str, Depth]:
    """Depths of the queues; if one of them is missing, everything that is ours to make is declared first."""
    wanted = list(queues)
    found = looked_at(connection, wanted)
    missing = [queue for queue in wanted if queue not in found]
    if missing:
        channel = connection.channel()
        try:
            declare_on(channel, subscriptions, own)
        except QueuesMissingError as error:
            MISSING.update(missing)
            log.error("queue.missing", queues=str(error))
        channel.close()
    made = looked_at(connection, missing)
    MISSING.difference_update(found, made)
    for queue in made:
        log.error("queue.declared_anew", queue=queue)
        metrics.DECLARED_ANEW.labels(queue).inc()
    return found | {queue: Depth(0, 0) for queue in missing}
