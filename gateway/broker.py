"""One AMQP connection of the gateway, from its opening to its loss, speaking nameko's wire protocol.

Used by the link's thread alone (gateway/link.py): nothing here may be called from another thread.
"""

import contextlib
import os
import select
from collections.abc import Callable
from typing import Any, Final

import amqp
from amqp import spec
from amqp.exceptions import AMQPError, NotFound
from kombu.utils.url import parse_url

EXCHANGE: Final = "nameko-rpc"
CONNECT_WITHIN: Final = 2.0  # seconds; a broker on the same machine answers in milliseconds
WRITE_WITHIN: Final = 5.0  # seconds the broker may refuse to take bytes before the connection counts as lost
HEARTBEAT: Final = 20  # seconds; a vanished broker is noticed within two of these
LOST: Final = (OSError, AMQPError)


class BrokerSession:
    """One connection from its opening to its loss. Used by the link's thread alone."""

    def __init__(
        self,
        parameters: dict[str, Any],
        on_reply: Callable[[amqp.Message], None],
        on_return: Callable[..., None],
        on_blocked: Callable[[bool], None],
    ) -> None:
        self._connection = amqp.Connection(
            **parameters,
            connect_timeout=CONNECT_WITHIN,
            heartbeat=HEARTBEAT,
            on_blocked=lambda _reason: on_blocked(True),
            on_unblocked=lambda: on_blocked(False),
            client_properties={"connection_name": f"gateway rpc {os.getpid()}"},
        )
        try:
            self._connection.connect()
            self._connection.sock.settimeout(WRITE_WITHIN)
            self._channel = self._open_channel()
            self._probes: amqp.Channel | None = None
            self._channel.events["basic_return"].add(on_return)
            self._have_exchange()
            self.reply_to = f"gateway-{os.getpid()}-{os.urandom(8).hex()}"
            queue = self._channel.queue_declare(f"rpc.reply-{self.reply_to}", exclusive=True, auto_delete=True).queue
            self._channel.queue_bind(queue, EXCHANGE, self.reply_to)
            self._channel.basic_consume(queue, no_ack=True, callback=on_reply)
        except LOST:
            self.close()
            raise

    def fileno(self) -> int:
        """The connection's file descriptor, to poll."""
        return int(self._connection.sock.fileno())

    def send(self, key: str, body: bytes, headers: dict[str, Any], correlation_id: str, expires: float) -> None:
        """Publish a call: transient, mandatory, gone from the queue after `expires` seconds."""
        message = amqp.Message(
            body,
            content_type="application/json",
            content_encoding="utf-8",
            reply_to=self.reply_to,
            correlation_id=correlation_id,
            expiration=str(max(1, int(expires * 1000))),
            delivery_mode=1,
            application_headers=headers,
        )
        # Not basic_publish: that one may also read from the socket and sets the socket's timeout.
        self._channel.send_method(spec.Basic.Publish, "Bssbb", (0, EXCHANGE, key, True, False), message)

    def read(self) -> None:
        """Take in every frame that has arrived."""
        sock = self._connection.sock
        while True:
            self._connection.blocking_read()
            if not (getattr(sock, "pending", int)() or select.select([sock], [], [], 0)[0]):
                return

    def consumers(self, service: str) -> int | None:
        """How many consumers the service's queue has; None if there is no such queue."""
        if self._probes is None:
            self._probes = self._open_channel()
        try:
            return int(self._probes.queue_declare(f"rpc-{service}", passive=True).consumer_count)
        except NotFound:
            self._probes = None  # the broker closes a channel that asked for what is not there
            return None

    def empty(self, service: str) -> None:
        """Take out of the service's queue what nobody has taken."""
        if self._probes is not None:  # `consumers` found the queue a moment ago
            self._probes.queue_purge(f"rpc-{service}")

    def tick(self) -> None:
        """Send a heartbeat when due. Raises: ConnectionForced, when the broker's own stay away."""
        self._connection.heartbeat_tick()

    def close(self) -> None:
        """Drop the connection without waiting for the broker's consent."""
        with contextlib.suppress(*LOST):
            self._connection.collect()

    def _have_exchange(self) -> None:
        try:
            self._open_channel().exchange_declare(EXCHANGE, "topic", passive=True)
        except NotFound:  # a broker that nobody has prepared: who may do everything there
            self._channel.exchange_declare(EXCHANGE, "topic", durable=True, auto_delete=False)

    def _open_channel(self) -> amqp.Channel:
        channel = self._connection.channel()
        channel.auto_decode = False  # bodies stay bytes; the caller's thread parses them
        return channel


def connection_parameters(amqp_uri: str) -> dict[str, Any]:
    """What amqp.Connection needs, from amqp://user:password@host:port/vhost or amqps://…"""
    parts = parse_url(amqp_uri)
    secure = parts["transport"] == "amqps"
    host = parts["hostname"] or "127.0.0.1"
    return {
        "host": f"{host}:{parts['port'] or (5671 if secure else 5672)}",
        "userid": parts["userid"] or "guest",
        "password": parts["password"] or "guest",
        "virtual_host": parts["virtual_host"] or "/",
        "ssl": {"server_hostname": host} if secure else False,
    }
