"""Publishes messages as a careless or hostile client would, below what kombu allows; counts what the broker took."""

import struct
from collections.abc import Iterable
from typing import Any

from amqp import Message
from amqp.exceptions import AMQPError
from kombu import Connection

from chassis.broker.topology import EVENTS
from tests.faults.fuzz import Bad

WINDOW = 100  # unconfirmed at most


class RawMessage(Message):
    """A message with one header entry given as bytes."""

    entry = b""

    def _serialize_properties(self) -> bytes:
        kind = b"\x10application/json"
        return struct.pack(">H", 0xB000) + kind + struct.pack(">I", len(self.entry)) + self.entry + b"\x02"


def flood(amqp_uri: str, messages: Iterable[Bad], exchange: str = EVENTS.name) -> list[Bad]:
    """Publish them; those that the broker took."""
    taken: list[Bad] = []
    with Connection(amqp_uri, connect_timeout=5) as connection:
        channel = connection.channel()
        channel.confirm_select()
        waiting = [0]

        def settle(tag: int, multiple: bool) -> None:
            waiting[0] = tag

        channel.events["basic_ack"].add(settle)
        sent = 0
        for bad in messages:
            if bad.raw_header:
                taken += [bad] if _alone(amqp_uri, bad, exchange) else []
                continue
            sent += 1
            channel._basic_publish(_plain(bad), exchange=exchange, routing_key=bad.key)
            taken.append(bad)
            while sent - waiting[0] > WINDOW:
                connection.drain_events(timeout=30)
        while waiting[0] < sent:
            connection.drain_events(timeout=30)
    return taken


def _plain(bad: Bad) -> Message:
    return Message(bad.body, application_headers=bad.headers, delivery_mode=2, **bad.properties)


def _alone(amqp_uri: str, bad: Bad, exchange: str) -> bool:
    """On a connection of its own, which the broker may end for it."""
    message: Any = RawMessage(bad.body)
    message.entry = bad.raw_header
    try:
        with Connection(amqp_uri, connect_timeout=5, transport_options={"confirm_publish": True}) as connection:
            connection.channel().basic_publish(message, exchange=exchange, routing_key=bad.key, timeout=10)
    except (AMQPError, OSError):
        return False
    return True
