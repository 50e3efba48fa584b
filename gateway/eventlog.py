"""The node's log of CloudEvents, oldest first: one page merged from the logs that the services keep.

Each service gives its next events after the same event id; ids are UUIDv7, whose text sorts by time, so the smallest of
all are the next page. If one service does not answer there is no page at all: a hole would never be noticed.
"""

import base64
import binascii
from collections.abc import Iterable, Mapping
from heapq import merge
from itertools import islice
from typing import Any, Final

from chassis.kernel.errors import InvalidError
from chassis.kernel.ids import is_id
from gateway.rpc import CallContext, RpcClient, ServiceFault

_PREFIX: Final = b"e1:"  # which kind of cursor, and of which age


def page(
    rpc: RpcClient, services: Iterable[str], query: Mapping[str, Any], context: CallContext, within: float
) -> dict[str, Any]:
    """{items, next_cursor}. Raises: UnavailableError naming the service away; InvalidError unreadable-cursor."""
    payload = {**query, "cursor": after(query["cursor"])}
    answers = rpc.call_side_by_side([f"{name}.list_events" for name in services], payload, context, within)
    logs = [_log(target, answer) for target, answer in answers.items()]
    size = query["page_size"]
    found = list(islice(merge(*(log["items"] for log in logs), key=_id), size + 1))
    more = len(found) > size or any(log["next_cursor"] for log in logs)
    items = found[:size]
    return {"items": items, "next_cursor": cursor(items[-1]["id"]) if more and items else None}


def cursor(event_id: str) -> str:
    """An opaque, URL-safe mark of how far the reader is."""
    return base64.urlsafe_b64encode(_PREFIX + event_id.encode()).decode().rstrip("=")


def after(given: str | None) -> str | None:
    """The event id in a cursor. Raises: InvalidError unreadable-cursor."""
    if not given:
        return None
    try:
        raw = base64.b64decode(given.encode("ascii") + b"=" * (-len(given) % 4), b"-_", validate=True)
        event_id = raw.removeprefix(_PREFIX).decode("ascii")
    except (UnicodeError, binascii.Error) as error:
        raise InvalidError("unreadable-cursor", "cursor") from error
    if not raw.startswith(_PREFIX) or not is_id(event_id):
        raise InvalidError("unreadable-cursor", "cursor")
    return event_id


def _log(target: str, answer: Any) -> dict[str, Any]:
    if isinstance(answer, Exception):
        raise answer
    if not isinstance(answer, dict) or not isinstance(answer.get("items"), list):
        raise ServiceFault(target, "no-page")
    return answer


def _id(envelope: Mapping[str, Any]) -> str:
    return str(envelope["id"])
