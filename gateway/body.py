"""The JSON body of a request, read strictly: what two readers might take for different things is refused.

Refused with 400: bytes that are not UTF-8, wrong JSON (line and column told), a key given twice, NaN and Infinity,
numbers beyond 64 bits, halves of surrogate pairs, nesting deeper than DEPTH. With 415: another content type. With 413:
more than the limit. With 422: no object, and the key by which kombu's JSON reader recognises typed values.
"""

import json
import math
from typing import Any, Final

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge

from gateway import context
from gateway.problems import Problem

DEPTH: Final = 32  # no contract nests deeper than six
LARGEST: Final = 2**63 - 1
# kombu turns {"__type__": …, "__value__": …} into other values while a service receives it, and chokes on unknown ones.
MAGIC_KEY: Final = "__type__"


def json_object(*, optional: bool = False) -> dict[str, Any]:
    """The request's body. optional: an empty body counts as {}. Raises: Problem."""
    raw = read_at_most(context.settings().json_limit)
    if not raw.strip():
        if optional:
            return {}
        raise Problem(400, "empty-body")
    if request.mimetype != "application/json":
        raise Problem(
            415, "wrong-content-type", {"given": request.mimetype or "—", "wanted": "application/json"},
            headers={"Accept": "application/json"},
        )  # fmt: skip
    value = parse(raw)
    if not isinstance(value, dict):
        raise Problem(422, "not-an-object", field="")
    return value


def read_at_most(limit: int) -> bytes:
    """The body. Raises: RequestEntityTooLarge, also when no length was announced (werkzeug would cut it off there)."""
    request.max_content_length = limit + 1
    raw = request.get_data(cache=False)
    if len(raw) > limit:
        raise RequestEntityTooLarge
    return raw


def parse(raw: bytes) -> Any:
    """The JSON value in the bytes. Raises: Problem."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Problem(400, "not-utf-8", {"line": raw[: error.start].count(b"\n") + 1}) from error
    try:
        value = json.loads(
            text,
            object_pairs_hook=_object,
            parse_constant=_constant,
            parse_int=_whole,
            parse_float=_decimal,
        )
    except json.JSONDecodeError as error:
        raise Problem(400, "wrong-json", {"line": error.lineno, "column": error.colno}) from error
    except RecursionError as error:
        raise Problem(400, "nested-too-deep", {"max": DEPTH}) from error
    _check(value)
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise Problem(400, "key-given-twice", {"key": _printable(twice)}, field=_printable(twice))
    if MAGIC_KEY in found:
        raise Problem(422, "unknown-field", {"field": MAGIC_KEY}, field=MAGIC_KEY)
    return found


def _constant(name: str) -> Any:
    raise Problem(400, "not-a-json-number", {"given": name})


def _whole(digits: str) -> int:
    # Compared by length first: turning thousands of digits into a number takes quadratic time.
    if len(digits) > 20 or abs(int(digits)) > LARGEST:
        raise Problem(400, "number-too-large", {"given": digits[:20]})
    return int(digits)


def _decimal(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise Problem(400, "number-too-large", {"given": digits[:20]})
    return value


def _check(value: Any) -> None:
    """Refuse too deep nesting and texts that cannot be written as UTF-8."""
    waiting: list[tuple[Any, int]] = [(value, 1)]
    while waiting:
        one, depth = waiting.pop()
        if isinstance(one, str):
            _writable(one)
        elif isinstance(one, dict | list):
            if depth > DEPTH:
                raise Problem(400, "nested-too-deep", {"max": DEPTH})
            if isinstance(one, dict):
                waiting += [(key, depth) for key in one]
                waiting += [(inner, depth + 1) for inner in one.values()]
            else:
                waiting += [(inner, depth + 1) for inner in one]


def _writable(text: str) -> None:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise Problem(400, "half-a-character") from error


def _printable(text: str) -> str:
    return text[:60].encode("utf-8", "replace").decode("utf-8")
