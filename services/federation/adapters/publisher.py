"""Pulses out: past the outbox, confirmed, under this node's own broker account, and gone when they are late."""

from typing import Any

from amqp.exceptions import AMQPError
from kombu import Connection
from kombu.exceptions import KombuError

from chassis.broker.agreement import node_of
from chassis.contract.bodies import message
from chassis.contract.envelope import routing_key
from chassis.kernel.errors import UnavailableError

SECONDS = 10.0


class PulsePublisher:
    """Opens a connection a pulse: one every half minute is not worth keeping one alive."""

    def __init__(self, amqp_uri: str, node: str) -> None:
        self._uri, self._node = amqp_uri, node

    def __call__(self, envelope: dict[str, Any], to: str, exchange: str, seconds: int) -> None:
        """Publish it, to be dropped by any queue where it waits longer than that. Raises: UnavailableError."""
        body, properties = message(envelope)
        try:
            with Connection(self._uri, connect_timeout=5, transport_options={"confirm_publish": True}) as connection:
                vouched = {"user_id": connection.userid} if node_of(connection.userid) == self._node else {}
                connection.Producer(auto_declare=False).publish(
                    body,
                    exchange=exchange,
                    routing_key=routing_key(envelope, to),
                    delivery_mode=2,
                    expiration=seconds,
                    timeout=SECONDS,
                    **properties,
                    **vouched,
                )
        except (OSError, AMQPError, KombuError) as error:
            raise UnavailableError("broker-unreachable") from error
