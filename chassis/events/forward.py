"""Sends failed messages on, to the retry ladder or the end of the line, each confirmed. One connection a process."""

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from eventlet.semaphore import Semaphore
from kombu import Connection, Exchange, Producer
from nameko.extensions import SharedExtension

from chassis.broker.topology import again, parked_name, retry_name
from chassis.contract.envelope import CONTENT_TYPE

CONFIRM_SECONDS = 10.0


@dataclass(frozen=True)
class Unpacked:
    """An event that came in a parcel, as a message of its own."""

    body: bytes
    content_type: str = CONTENT_TYPE
    content_encoding: str = "utf-8"
    properties: Mapping[str, str] = field(default_factory=dict)


class Forwarder(SharedExtension):
    """A flood of bad messages must not open a connection for each of them."""

    def __init__(self) -> None:
        self._connection: Any = None
        self._producer: Any = None
        self._turn = Semaphore(1)
        super().__init__()

    def retry(self, message: Any, headers: dict[Any, Any], queue: str, service: str, seconds: int) -> None:
        """Back to `queue` after that time. Raises when the broker did not confirm."""
        self._send(message, headers, Exchange(retry_name(service, seconds), type="fanout"), queue)

    def park(self, message: Any, headers: dict[Any, Any], service: str) -> None:
        """To the service's end of the line. Raises when the broker did not confirm."""
        self._send(message, headers, again(service), parked_name(service))

    def put(self, body: bytes, headers: dict[Any, Any], queue: str) -> None:
        """An event of a parcel, into `queue` as if it had come alone. Raises when the broker did not confirm."""
        self._send(Unpacked(body), headers, again(queue.partition(".")[0]), queue)

    def stop(self) -> None:
        """Runs after the last worker ended."""
        self._close()

    def _send(self, message: Any, headers: dict[Any, Any], exchange: Exchange, key: str) -> None:
        with self._turn:
            fresh = self._producer is None
            try:
                self._publish(message, headers, exchange, key)
            except Exception:
                self._close()
                if fresh:
                    raise
                # The connection may have ended while it was idle.
                self._publish(message, headers, exchange, key)

    def _publish(self, message: Any, headers: dict[Any, Any], exchange: Exchange, key: str) -> None:
        properties = message.properties
        self._open().publish(
            bytes(message.body.encode() if isinstance(message.body, str) else message.body),
            exchange=exchange,
            routing_key=key,
            headers=headers,
            delivery_mode=2,
            mandatory=True,
            confirm_timeout=CONFIRM_SECONDS,
            content_type=message.content_type,
            content_encoding=message.content_encoding,
            **{name: properties[name] for name in ("message_id", "type", "correlation_id") if properties.get(name)},
        )

    def _open(self) -> Any:
        if self._producer is None:
            uri, options = self.container.config["AMQP_URI"], {"confirm_publish": True}
            self._connection = Connection(uri, connect_timeout=5, transport_options=options)
            self._producer = Producer(self._connection.channel(), auto_declare=False)
        return self._producer

    def _close(self) -> None:
        connection, self._connection, self._producer = self._connection, None, None
        if connection is not None:
            with contextlib.suppress(Exception):
                connection.collect(socket_timeout=1)
