"""The body of a message and what its properties say of it: deflated where it may cross a thin link.

A shovel passes on what it takes, so who publishes deflates. `content_encoding` is `deflate` as HTTP means it (zlib,
RFC 1950), else `utf-8`. Whoever reads gives a limit: a few bytes may unfold to any number.
"""

import zlib
from typing import Any

from chassis.contract.envelope import CONTENT_TYPE, UnreadableEventError, write
from chassis.kernel.record import FEDERATED

PLAIN, DEFLATED = "utf-8", "deflate"
SMALL = 400  # bytes; below, little is gained
LEVEL = 6  # 9 gains a byte in a thousand


def message(envelope: dict[str, Any]) -> tuple[bytes, dict[str, str]]:
    """What is published for an envelope: the body, and the properties that tell of it."""
    body, encoding = encoded(write(envelope), envelope["visibility"])
    return body, {
        "content_type": CONTENT_TYPE,
        "content_encoding": encoding,
        "message_id": envelope["id"],
        "type": envelope["type"],
        "correlation_id": envelope["correlationid"],
    }


def encoded(body: bytes, visibility: str) -> tuple[bytes, str]:
    """The body as it is sent, and its `content_encoding`. What stays on the node stays as it is."""
    if visibility in FEDERATED and len(body) > SMALL:
        deflated = zlib.compress(body, LEVEL)
        if len(deflated) < len(body):
            return deflated, DEFLATED
    return body, PLAIN


def decoded(body: bytes, encoding: Any, most: int) -> bytes:
    """The body as it was written, of so many bytes at most, whatever was sent. Raises: UnreadableEventError."""
    if encoding == DEFLATED:
        inflating = zlib.decompressobj()
        try:
            body = inflating.decompress(body, most + 1)
        except zlib.error as error:
            raise UnreadableEventError(f"cannot be inflated: {error}") from error
        if len(body) <= most and (not inflating.eof or inflating.unused_data):
            raise UnreadableEventError("cannot be inflated: cut short, or followed by something")
    if len(body) > most:
        raise UnreadableEventError(f"{len(body)} bytes, more than {most}")
    return body
