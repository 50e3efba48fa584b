"""What could not be handled, as an operator sees it: list, show, replay, drop.

Parked messages lie in the quorum queue `<service>.parked`. Looking takes them off unacknowledged and gives them back by
closing the channel; one leaves for good only after its replay was confirmed by the broker, or after its text was
written, with the operator's reason, to the service's `dropped` collection.
"""

import base64
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import orjson
from kombu import Connection, Exchange, Producer

from chassis.kernel.errors import ConflictError, NotFoundError
from chassis.topology import parked_name

MOST = 1000  # messages looked through in one go
SHOWN = 1024 * 1024  # bytes of a body that is shown as JSON; of a larger one the beginning will do
_DEFAULT = Exchange("")
_OWN_HEADERS = ("x-attempts", "x-reason", "x-traceback", "x-first-failed", "x-last-failed", "x-parked-id")


@dataclass(frozen=True)
class Parked:
    """A parked message that is held open; ack it to let it go."""

    id: str
    message: Any

    @property
    def headers(self) -> dict[str, Any]:
        """Its headers, with what the consumer noted."""
        return dict(self.message.headers or {})

    @property
    def body(self) -> bytes:
        """Its body as it came."""
        body = self.message.body
        return body.encode() if isinstance(body, str) else bytes(body)

    @property
    def queue(self) -> str | None:
        """The consumer queue that it failed in."""
        named = self.headers.get("x-origin-queue")
        deaths = self.headers.get("x-death") or []
        return named or next((death.get("queue") for death in deaths if death.get("queue")), None)

    def summary(self) -> dict[str, Any]:
        """What a list shows: where it failed, why, how often, since when."""
        headers = self.headers
        return {
            "id": self.id,
            "queue": self.queue,
            "type": self.message.properties.get("type"),
            "event_id": self.message.properties.get("message_id"),
            "routing_key": headers.get("x-origin-routing-key"),
            "reason": headers.get("x-reason") or "delivered too often without an answer (the handler's process died)",
            "attempts": headers.get("x-attempts"),
            "first_failed": headers.get("x-first-failed"),
            "last_failed": headers.get("x-last-failed"),
            "bytes": len(self.body),
        }

    def whole(self) -> dict[str, Any]:
        """The summary, the traceback and the body: as JSON where it is JSON, else in base64."""
        shown = self.summary() | {"traceback": self.headers.get("x-traceback")}
        if len(self.body) <= SHOWN:
            with suppress(ValueError):
                return shown | {"body": orjson.loads(self.body)}
        return shown | {"body_base64": base64.b64encode(self.body[:65536]).decode()}


class ParkingLot:
    """The parked queue of one service."""

    def __init__(self, amqp_uri: str, service: str) -> None:
        self._uri, self._queue = amqp_uri, parked_name(service)

    def listed(self, most: int = 100) -> list[dict[str, Any]]:
        """Summaries, oldest first."""
        with self._open(most) as held:
            return [parked.summary() for parked in held]

    def show(self, id: str) -> dict[str, Any]:
        """One message whole. Raises: NotFoundError parked-not-found."""
        with self._open() as held:
            return _one(held, id).whole()

    def replay(self, id: str | None) -> int:
        """Send one back to the queue where it failed, to be tried from the start, or all whose queue is known.

        Returns how many. Raises: NotFoundError parked-not-found; ConflictError parked-without-queue.
        """
        with self._open() as held:
            chosen = (parked for parked in held if parked.queue) if id is None else [_one(held, id)]
            return sum(self._send_back(parked) for parked in chosen)

    def drop(self, id: str, keep: Any) -> dict[str, Any]:
        """Let one go for good, after `keep(document)` has written it down."""
        with self._open() as held:
            parked = _one(held, id)
            keep({"_id": parked.id, "headers": orjson.dumps(parked.headers, default=str).decode(), "body": parked.body})
            parked.message.ack()
            return parked.summary()

    def _send_back(self, parked: Parked) -> int:
        if parked.queue is None:
            raise ConflictError("parked-without-queue", None, {"id": parked.id})
        headers = {name: value for name, value in parked.headers.items() if name not in (*_OWN_HEADERS, "x-death")}
        message = parked.message
        Producer(self._confirming, auto_declare=False).publish(
            parked.body,
            exchange=_DEFAULT,
            routing_key=parked.queue,
            headers=headers,
            delivery_mode=2,
            mandatory=True,
            content_type=message.content_type,
            content_encoding=message.content_encoding,
            message_id=message.properties.get("message_id"),
            type=message.properties.get("type"),
            correlation_id=message.properties.get("correlation_id"),
        )
        message.ack()
        return 1

    @contextmanager
    def _open(self, most: int = MOST) -> Iterator[Iterator[Parked]]:
        """Take messages off unacknowledged, one by one; whatever was not acked is given back at the end."""
        options = {"confirm_publish": True}
        with Connection(self._uri, connect_timeout=5, transport_options=options) as connection:
            channel = connection.channel()
            self._confirming = connection.channel()
            # As many as there are now: what is replayed and fails again comes to the end of this queue.
            there = channel.queue_declare(self._queue, passive=True).message_count
            taken = (channel.basic_get(self._queue, no_ack=False) for _ in range(min(most, there)))
            made = (channel.message_to_python(message) for message in taken if message is not None)
            yield (Parked(_id_of(one), one) for one in made)


def _id_of(message: Any) -> str:
    named = (message.headers or {}).get("x-parked-id")
    body = message.body
    return str(named or sha256(body.encode() if isinstance(body, str) else bytes(body)).hexdigest()[:32])


def _one(held: Iterator[Parked], id: str) -> Parked:
    found = next((parked for parked in held if parked.id == id), None)
    if found is None:
        raise NotFoundError("parked-not-found", None, {"id": id})
    return found
