"""What a message carries of its way through retries and parking, in headers of our own.

Only what a service of this node put into the queue by its name (from the ladder, by a replay) is believed: any other
sender could write the same headers to vouch for a forged origin, or to be applied twice.
"""

import traceback
from typing import Any

from amqp.serialization import dumps

from chassis.broker.topology import AGAIN
from chassis.kernel.clock import now, rfc3339
from chassis.kernel.ids import new_id
from chassis.process.logs import without_values

ORIGIN_KEY, REPLAY, PARCEL = "x-origin-routing-key", "x-replay", "x-parcel"
LARGEST_HEADERS = 32 * 1024  # bytes; all headers must fit into one frame, with what is added
_NOT_KEPT = ("CC", "BCC", "x-death", "x-delivery-count")  # would route a copy elsewhere, or grow with each round
_TEXTS = (ORIGIN_KEY, REPLAY, PARCEL, "x-first-failed", "x-parked-id", "tp")


def believed(message: Any) -> dict[str, Any]:
    """Our own headers of a message, as far as they are to be believed: texts, and `x-attempts` a whole number."""
    headers = message.headers or {}
    exchange = message.delivery_info.get("exchange")
    if exchange and not exchange.endswith(AGAIN):
        return {}
    found = {name: headers[name] for name in _TEXTS if isinstance(headers.get(name), str) and len(headers[name]) < 256}
    attempts = headers.get("x-attempts")
    if isinstance(attempts, int) and not isinstance(attempts, bool) and 0 < attempts < 10_000:
        found["x-attempts"] = attempts
    return found


def routing_key(message: Any) -> str:
    """The key that it was first published under."""
    return str(believed(message).get(ORIGIN_KEY) or message.delivery_info["routing_key"])


def sender(message: Any) -> tuple[str, str | None]:
    """The exchange that it was published to, and the broker account that published it, where the broker vouches."""
    return str(message.delivery_info.get("exchange") or ""), message.properties.get("user_id")


def after_failure(message: Any, queue: str, error: BaseException, attempts: int) -> dict[str, Any]:
    """The headers to send it on with: what it came with, and what became of it."""
    failed = rfc3339(now())
    trace = "".join(traceback.format_exception(error))[-4000:] if error.__traceback__ else ""
    return {
        **_foreign(message.headers or {}),
        "x-parked-id": new_id(),
        "x-first-failed": failed,
        ORIGIN_KEY: _plain(message.delivery_info["routing_key"], 255),
        **believed(message),
        "x-attempts": attempts,
        "x-reason": _plain(without_values(f"{type(error).__name__}: {error}"), 500),
        "x-traceback": _plain(without_values(trace), 4000),
        "x-last-failed": failed,
        "x-origin-queue": queue,
    }


def _foreign(headers: dict[Any, Any]) -> dict[Any, Any]:
    """Headers of others, unless they are too much or cannot be written again."""
    kept = {name: value for name, value in headers.items() if name not in _NOT_KEPT}
    try:
        small = len(dumps("F", [kept])) <= LARGEST_HEADERS
    except Exception:  # noqa: BLE001 (whatever was read of a sender's bytes)
        small = False
    return kept if small else {}


def _plain(text: str, most: int) -> str:
    """Text that any frame can carry."""
    return text[:most].encode("utf-8", "backslashreplace").decode()
