"""A link that brings what was said in any order, and more than once: what waits for it is dealt anew."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from kombu import Connection, Exchange, Queue

from tests.integration.eventually import eventually
from tests.system.federation.nodes import HUB, PATIENCE, Three, Whole

DEALT = "essai.dealt"


@contextmanager
def held_up(three: Three, region: str) -> Iterator[None]:
    """While this lasts, what goes to and from a region waits in its two queues."""
    node = three.nodes[region]
    node.stop("federation")  # it would make the transports anew
    for name in (f"to-{HUB}", f"from-{HUB}"):
        node.surroundings.manage("DELETE", f"parameters/shovel/{node.vhost}/{name}")
    for at, queue in ((node, f"outbound.{HUB}"), (three.centre, f"peer.{region}")):
        eventually(lambda n=at, q=queue: not n.queue(q).get("consumers"), PATIENCE, 0.5)  # type: ignore[misc]
    try:
        yield
    finally:
        node.start_federation()


def deal_anew(node: Whole, queue: str, order: str) -> int:
    """Put what waits in a queue into another order, each message twice; how many there were.

    `order`: "reversed", or the seed of a shuffle. Signs of life are left out: they would be too old.
    """
    with Connection(node.amqp_uri, transport_options={"confirm_publish": True}) as connection:
        channel = connection.default_channel
        taken: list[Any] = []
        while (message := channel.basic_get(queue)) is not None:
            taken.append(message)
        events = [one for one in taken if "expiration" not in one.properties]
        dealt = [*events, *events]
        if order == "reversed":
            dealt.reverse()
        else:
            random.Random(order).shuffle(dealt)
        way = Exchange(DEALT, type="topic")(channel)
        way.declare()
        Queue(queue)(channel).bind_to(way, routing_key="#")
        for one in dealt:
            properties = {**one.properties, "user_id": connection.userid}
            headers = properties.pop("application_headers", {})
            connection.Producer(auto_declare=False).publish(
                one.body, exchange=DEALT, routing_key=one.delivery_info["routing_key"], headers=headers, **properties
            )
        for one in taken:
            channel.basic_ack(one.delivery_tag)
        way.delete()
        return len(events)
