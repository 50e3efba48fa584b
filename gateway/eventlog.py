"""The node's log of CloudEvents: one page merged from the logs that the services keep.

Each service gives its next events after the place where the reader is, in the order in which they became readable
(chassis/storage/positions.py): within a service nothing ever appears before what was told. Between services the smaller
id, so the earlier one, comes first. A cursor holds the reader's place in every log. If one service does not answer
there is no page at all: a hole would never be noticed.
"""

import base64
import binascii
from collections.abc import Iterable, Mapping
from heapq import merge
from itertools import islice
from typing import Any, Final

import orjson

from chassis.kernel.errors import InvalidError
from gateway.rpc import CallContext, RpcClient, ServiceFault

_PREFIX: Final = b"e2:"  # which kind of cursor, and of which age
_LAST: Final = 2**53
Places = dict[str, int]


def page(
    rpc: RpcClient, services: Iterable[str], query: Mapping[str, Any], context: CallContext, within: float
) -> dict[str, Any]:
    """{items, next_cursor, follow}; `follow` is where to go on later, also from the end.

    Raises: UnavailableError naming the service away; InvalidError unreadable-cursor.
    """
    places = after(query["cursor"])
    targets = {f"{name}.list_events": name for name in services}
    own = {target: {"cursor": str(places[name])} for target, name in targets.items() if name in places}
    answers = rpc.call_side_by_side(targets, {**query, "cursor": None}, context, within, own)
    logs = {targets[target]: _log(target, answer) for target, answer in answers.items()}
    found = list(islice(merge(*(_told(name, log) for name, log in logs.items()), key=_id), query["page_size"]))
    read = {name: sum(one[0] == name for one in found) for name in logs}
    more = any(log["next_cursor"] or len(log["items"]) > read[name] for name, log in logs.items())
    places |= {name: place for name, place, _ in found}
    follow = cursor(places)
    return {"items": [one[2] for one in found], "next_cursor": follow if more else None, "follow": follow}


def cursor(places: Places) -> str:
    """An opaque, URL-safe mark of how far the reader is."""
    raw = orjson.dumps(places, option=orjson.OPT_SORT_KEYS)
    return base64.urlsafe_b64encode(_PREFIX + raw).decode().rstrip("=")


def after(given: str | None) -> Places:
    """The places in a cursor, none without one. Raises: InvalidError unreadable-cursor."""
    if not given:
        return {}
    try:
        raw = base64.b64decode(given.encode("ascii") + b"=" * (-len(given) % 4), b"-_", validate=True)
        places = orjson.loads(raw.removeprefix(_PREFIX))
    except (ValueError, binascii.Error) as error:
        raise InvalidError("unreadable-cursor", "cursor") from error
    if not raw.startswith(_PREFIX) or not isinstance(places, dict) or not all(map(_is_place, places.values())):
        raise InvalidError("unreadable-cursor", "cursor")
    return places


def _is_place(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _LAST


def _log(target: str, answer: Any) -> dict[str, Any]:
    if isinstance(answer, Exception):
        raise answer
    if not isinstance(answer, dict) or not isinstance(answer.get("items"), list):
        raise ServiceFault(target, "no-page")
    if not isinstance(answer.get("places"), list) or len(answer["places"]) != len(answer["items"]):
        raise ServiceFault(target, "no-places")
    return answer


def _told(name: str, log: Mapping[str, Any]) -> list[tuple[str, int, Any]]:
    return [(name, place, item) for place, item in zip(log["places"], log["items"], strict=True)]


def _id(told: tuple[str, int, Any]) -> str:
    return str(told[2]["id"])
