"""From the bytes of a message to the event in it, or the events of a parcel, every check made.

The only way in: what is not believed here reaches no handler (chassis/events/consumer.py parks it).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import orjson
from bson import encode

from chassis.broker import agreement, travel
from chassis.broker.frames import UNREADABLE
from chassis.broker.topology import Subscription
from chassis.contract.bodies import decoded
from chassis.contract.envelope import Event, UnreadableEventError, declared, read
from chassis.contract.parcel import unpacked
from chassis.process.logs import get_logger
from chassis.process.settings import Settings

LARGEST_BODY = 4 * 1024 * 1024  # bytes; a record with its texts is far below
DEEPEST = 50  # objects and lists in each other; MongoDB keeps 100, and the log puts an envelope into a row
log = get_logger()


@dataclass(frozen=True)
class Parcel:
    """Events of a parcel that this queue keeps: each to be put into the queue as if it had come alone."""

    id: str
    events: tuple[tuple[str, bytes], ...]
    """(routing key, body)"""


def opened(
    body: bytes | str, message: Any, subscription: Subscription, here: Settings, life: Callable[[], int]
) -> Event | Parcel:
    """What a message brings; `life`: gives the incarnation that this node writes in.

    Raises: UnreadableEventError, for whatever reason.
    """
    raw = body.encode() if isinstance(body, str) else bytes(body)
    raw = decoded(raw, message.content_encoding, LARGEST_BODY)
    if UNREADABLE in (message.headers or {}):
        raise UnreadableEventError(f"properties: {message.headers[UNREADABLE]}")
    try:
        return _opened(raw, message, subscription, here, life)
    except UnreadableEventError:
        raise
    except Exception as error:
        # An error here would end the container, at each redelivery again.
        raise UnreadableEventError(f"reading failed: {type(error).__name__}: {error}") from error


def _opened(
    raw: bytes, message: Any, subscription: Subscription, here: Settings, life: Callable[[], int]
) -> Event | Parcel:
    event = read(raw, subscription.readable)
    agreement.check(event, travel.routing_key(message))
    exchange, user_id = travel.sender(message)
    agreement.check_sender(event, exchange, user_id, here.node, here.hub, subscription.service)
    if event.origin != here.node:
        _require_keepable(raw)
    noun = event.type.split(".")[2]
    if noun == "records":
        return Parcel(event.id, tuple(_inside(event, subscription, here, life)))
    if subscription.hears != "direct" and noun not in ("digest", "repair"):
        event = replace(event, data=declared(event, subscription.events))
    way = travel.believed(message)
    return replace(event, replay=way.get(travel.REPLAY), in_parcel=travel.PARCEL in way)


def _require_keepable(raw: bytes) -> None:
    """Raises: UnreadableEventError, ValueError… when the log could not keep it as it is, undeclared fields and all.

    Else the store would refuse it again and again, as if it were away.
    """
    level: list[Any] = [orjson.loads(raw)]
    encode(level[0])
    for _ in range(DEEPEST):
        level = [inner for one in level for inner in (one.values() if isinstance(one, dict) else one) if _nests(inner)]
        if not level:
            return
    raise UnreadableEventError(f"nested more than {DEEPEST} deep")


def _nests(value: Any) -> bool:
    return isinstance(value, dict | list)


def _inside(
    parcel: Event, subscription: Subscription, here: Settings, life: Callable[[], int]
) -> list[tuple[str, bytes]]:
    if parcel.data.get("to") not in (None, here.node):
        return []
    found = []
    for body in unpacked(parcel.data):
        try:
            event = read(body, subscription.events)
        except UnreadableEventError as error:
            # Of another noun than this queue keeps; or of a newer release: then the next comparison differs again.
            if subscription.hears == "others":
                log.warning("parcel.unreadable", sender=parcel.origin, error=str(error)[:200])
            continue
        service, noun, participle = event.type.split(".")[1:4]
        key = f"{event.origin}.{event.visibility}.{service}.{noun}.{participle}"
        agreement.check(event, key)
        agreement.check_passed_on(event, parcel.origin, here.node, here.hub, life())
        found.append((key, body))
    return found
