"""A parked message as its service's store keeps it: read of what the broker gave, and made a message of again.

{_id, sha256 (of the body), bytes, copies, queue, routing_key, type, event_id, reason, attempts, traceback,
first_failed, last_failed, parked_at, properties (texts), headers (JSON, for people), table (what is sent again)} and
`body`, or `pieces`: in how many documents of the collection `parked_pieces` a large one lies.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import orjson
from amqp.serialization import dumps, loads

from chassis.broker.topology import again
from chassis.broker.travel import ORIGIN_KEY, REPLAY
from chassis.kernel.clock import rfc3339

Document = dict[str, Any]
PIECE = 1024 * 1024  # bytes; a message may have 128 MB and more, and documents of 8 MB have jammed the embedded store
KILLED = "delivered too often without an answer (the handler's process died)"
_NOTED = ("x-attempts", "x-reason", "x-traceback", "x-first-failed", "x-last-failed", "x-parked-id", "x-origin-queue")
_BROKERS = ("x-death", "x-delivery-count", "CC", "BCC")  # would route a copy elsewhere, or grow with each round
_NOT_SENT = re.compile(rf"(?:{'|'.join((*_NOTED, *_BROKERS))}|x-(?:first|last)-death-.*)")
_ID = re.compile(r"[0-9A-Za-z-]{8,64}")
_KEPT_PROPERTIES = ("content_type", "content_encoding", "message_id", "type", "correlation_id")


@dataclass(frozen=True)
class Parked:
    """One message of a parked queue: its document without the body, the body, and how it is told from others.

    `given`: the id that a consumer of ours gave it when it failed first, if one did. `digest`: the same for each
    delivery of the same message, and for messages that do not differ in anything.
    """

    document: Document
    body: bytes
    given: str | None
    digest: str

    @property
    def pieces(self) -> list[bytes]:
        """The body, cut; empty when it fits into the document."""
        if len(self.body) <= PIECE:
            return []
        return [self.body[at : at + PIECE] for at in range(0, len(self.body), PIECE)]


def read(message: Any, at: datetime) -> Parked:
    """Whatever lies in a parked queue; never raises for what a sender wrote."""
    body = message.body
    body = body.encode("utf-8", "surrogateescape") if isinstance(body, str) else bytes(body)
    headers = {str(name): value for name, value in (message.headers or {}).items()}
    properties = {
        name: _text(value, 255) for name, value in message.properties.items() if name != "application_headers"
    }
    death = _death(headers)
    ours = _ours(death)
    noted = headers if ours else {}
    given = noted.get("x-parked-id")
    given = given if isinstance(given, str) and _ID.fullmatch(given) else None
    document = {
        "sha256": sha256(body).hexdigest(),
        "bytes": len(body),
        "copies": 1,
        "type": properties.get("type"),
        "event_id": properties.get("message_id"),
        "properties": properties,
        "headers": _shown(headers),
        "parked_at": at,
        **(_killed(death, noted) if death else _failed(noted)),
    }
    document["table"] = _table(headers, document["routing_key"], ours)
    return Parked(document, body, given, _digest(headers, properties, body))


def _failed(noted: Mapping[str, Any]) -> Document:
    """What the consumer noted that gave it up."""
    attempts = noted.get("x-attempts")
    return {
        "queue": _text(noted.get("x-origin-queue"), 255),
        "routing_key": _text(noted.get(ORIGIN_KEY), 255),
        "reason": _text(noted.get("x-reason"), 500) or "nothing tells why",
        "attempts": attempts if isinstance(attempts, int) and 0 <= attempts < 10_000 else None,
        "traceback": _text(noted.get("x-traceback"), 4000),
        "first_failed": _text(noted.get("x-first-failed"), 40),
        "last_failed": _text(noted.get("x-last-failed"), 40),
    }


def _killed(death: Mapping[str, Any], noted: Mapping[str, Any]) -> Document:
    """What the broker noted, which gave it up; with what a consumer had noted at failures before."""
    keys, when = death.get("routing-keys"), death.get("time")
    first = _text(keys[0], 255) if isinstance(keys, list) and keys else None
    died = rfc3339(when if when.tzinfo else when.replace(tzinfo=UTC)) if isinstance(when, datetime) else None
    before = _failed(noted)
    return before | {
        "queue": _text(death.get("queue"), 255),
        "routing_key": before["routing_key"] or first,
        "reason": KILLED,
        "first_failed": before["first_failed"] or died,
        "last_failed": died,
    }


def _death(headers: Mapping[str, Any]) -> dict[str, Any]:
    """The broker's note of the last queue that gave the message up; a consumer of ours takes such notes off."""
    deaths = headers.get("x-death")
    last = deaths[0] if isinstance(deaths, list) and deaths else None
    return last if isinstance(last, dict) else {}


def _ours(death: Mapping[str, Any]) -> bool:
    """Whether it was sent on by a consumer of ours, or dead-lettered on its way through the ladder."""
    exchange, service = str(death.get("exchange") or ""), str(death.get("queue") or "").partition(".")[0]
    return exchange in ("", again(service).name)


def _table(headers: Mapping[str, Any], key: str | None, ours: bool) -> bytes | None:
    """The headers to send it again with, as AMQP writes them; None if it cannot write what it read."""
    kept = {name: value for name, value in headers.items() if not _NOT_SENT.fullmatch(name)}
    if not ours:
        # Sent again it comes by our own exchange, where headers are believed: not those of any sender.
        kept = {name: value for name, value in kept.items() if name not in (ORIGIN_KEY, REPLAY, "tp")}
    if key:
        kept[ORIGIN_KEY] = key
    try:
        return bytes(dumps("F", [kept]))
    except Exception:  # noqa: BLE001 (whatever was read of a sender's bytes)
        return None


def headers_of(document: Mapping[str, Any]) -> dict[str, Any]:
    """The headers to send it again with; at least the key that it came under, which its origin is checked by."""
    if document.get("table"):
        values, _ = loads("F", bytes(document["table"]), 0)
        return dict(values[0])
    return {ORIGIN_KEY: document["routing_key"]} if document.get("routing_key") else {}


def properties_of(document: Mapping[str, Any]) -> dict[str, Any]:
    """The properties to send it again with."""
    known = document.get("properties") or {}
    return {name: known[name] for name in _KEPT_PROPERTIES if known.get(name)}


def summary(document: Mapping[str, Any]) -> Document:
    """What a list shows: where it failed, why, how often, since when."""
    names = ("queue", "type", "event_id", "routing_key", "reason", "attempts", "first_failed", "last_failed")
    shown = {name: document.get(name) for name in names}
    counts = {"bytes": document["bytes"], "copies": document["copies"]}
    return {"id": document["_id"], **shown, "parked_at": rfc3339(document["parked_at"]), **counts}


def _digest(headers: Mapping[str, Any], properties: Mapping[str, Any], body: bytes) -> str:
    stable = {name: value for name, value in headers.items() if name != "x-delivery-count"}
    told = f"{sorted(stable.items())!r}\n{sorted(properties.items())!r}\n"
    return sha256(told.encode("utf-8", "backslashreplace") + body).hexdigest()[:32]


def _shown(headers: Mapping[str, Any]) -> str:
    try:
        return orjson.dumps(dict(headers), default=str, option=orjson.OPT_NON_STR_KEYS).decode()
    except Exception:  # noqa: BLE001 (bytes that are no text, numbers beyond 64 bits)
        return _text(repr(headers), 100_000) or ""


def _text(value: Any, most: int) -> str | None:
    """A text that any store and any frame can carry; None for None and what is empty."""
    if value is None or value == "":
        return None
    return str(value)[:most].encode("utf-8", "backslashreplace").decode()[:most]
