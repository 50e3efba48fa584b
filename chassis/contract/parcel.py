"""Parcels: whole events sent again, many in one message, compressed; a page of them fits a thin link.

What is inside was checked when it was first sent, and is again, as if it came alone (chassis/events/incoming.py).
"""

import base64
import binascii
import zlib
from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from chassis.contract.envelope import UnreadableEventError

MOST_EVENTS = 200
MOST_BYTES = 512 * 1024  # of events in a parcel, before they are deflated; one event alone may be larger
LARGEST = 5 * 1024 * 1024  # bytes that a parcel may come to: the largest event that is taken, and room


def packed(envelopes: Iterable[dict[str, Any]], to: str | None) -> Iterator[dict[str, Any]]:
    """The data of as many parcels as it takes, in the order of the events."""
    waiting: list[bytes] = []
    size = 0
    for envelope in envelopes:
        body = orjson.dumps(envelope)
        if waiting and (len(waiting) >= MOST_EVENTS or size + len(body) > MOST_BYTES):
            yield _parcel(waiting, to)
            waiting, size = [], 0
        waiting.append(body)
        size += len(body)
    if waiting:
        yield _parcel(waiting, to)


def unpacked(data: dict[str, Any]) -> list[bytes]:
    """The events of a parcel, each as the bytes of a message. Raises: UnreadableEventError."""
    try:
        content = base64.b64decode(data["events"], validate=True)
    except (binascii.Error, ValueError) as error:
        raise UnreadableEventError(f"a parcel that cannot be opened: {error}") from error
    events = inflated(content)
    if len(events) != data["count"]:  # which its schema bounds: each costs time before others have their turn
        raise UnreadableEventError(f"a parcel of {len(events)} events that says {data['count']}")
    return [orjson.dumps(event) for event in events]


def deflated(bodies: Iterable[bytes]) -> bytes:
    """Events as one deflated JSON array."""
    return zlib.compress(b"[" + b",".join(bodies) + b"]", 6)


def inflated(content: bytes) -> list[dict[str, Any]]:
    """The events of such an array. Raises: UnreadableEventError."""
    try:
        inflating = zlib.decompressobj()
        text = inflating.decompress(content, LARGEST)
        if inflating.unconsumed_tail or not inflating.eof:
            raise UnreadableEventError(f"a parcel of more than {LARGEST} bytes, or cut short")
        events = orjson.loads(text)
    except (zlib.error, ValueError) as error:
        raise UnreadableEventError(f"a parcel that cannot be opened: {error}") from error
    if not isinstance(events, list) or not all(isinstance(event, dict) for event in events):
        raise UnreadableEventError("a parcel without a list of events")
    return events


def _parcel(bodies: list[bytes], to: str | None) -> dict[str, Any]:
    events = base64.b64encode(deflated(bodies)).decode()
    return {"to": to, "encoding": "deflate-base64", "count": len(bodies), "events": events}
