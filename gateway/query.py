"""The query of a request: which names are allowed, page_size and cursor, and filters in the type that the contract has.

The service decides what a value means and refuses wrong ones; here only the form is put right, since everything in a
query is text: "3" for a whole number, "true" for a yes-no. What does not look like it stays text, and is refused there.
"""

import re
from collections.abc import Collection
from typing import Any, Final

from flask import request
from marshmallow import Schema, fields

from chassis.contract.fields import Instant
from chassis.kernel.errors import FieldError, InvalidError

PAGE_SIZE: Final = 50
MOST: Final = 200  # items a page; a page of the longest records stays below a megabyte
PAGING: Final = ("page_size", "cursor")
_WHOLE: Final = re.compile(r"-?\d{1,15}", re.ASCII)


def page_query(filters: Schema | None) -> dict[str, Any]:
    """{page_size, cursor, …filters} of a list. Raises: InvalidError, naming every wrong parameter."""
    known = filter_fields(filters)
    check_names({*PAGING, *known})
    payload: dict[str, Any] = {"page_size": _page_size(), "cursor": request.args.get("cursor") or None}
    for name, field in known.items():
        if name in request.args:
            payload[name] = _typed(field, request.args.getlist(name))
    return payload


def check_names(allowed: Collection[str], repeatable: Collection[str] = ()) -> None:
    """Refuse parameters that nobody knows, and ones given twice. Raises: InvalidError unknown-parameter."""
    errors: list[FieldError] = []
    for name, values in request.args.lists():
        if name not in allowed:
            params = {"name": name[:60], "known": ", ".join(sorted(allowed))}
            errors.append({"field": name[:60], "code": "unknown-parameter", "params": params})
        elif len(values) > 1 and name not in repeatable:
            errors.append({"field": name, "code": "repeated-parameter", "params": {"name": name}})
    if errors:
        raise InvalidError(errors[0]["code"], errors[0]["field"], errors[0]["params"], errors)


def filter_fields(filters: Schema | None) -> dict[str, fields.Field[Any]]:
    """The filters that a contract declares, by the name they have in the query."""
    if filters is None:
        return {}
    return {field.data_key or name: field for name, field in filters.load_fields.items() if name not in PAGING}


def _page_size() -> int:
    given = request.args.get("page_size")
    if given is None:
        return PAGE_SIZE
    if not _WHOLE.fullmatch(given) or not 1 <= int(given) <= MOST:
        params = {"min": 1, "max": MOST, "given": given[:20]}
        raise InvalidError("out-of-range", "page_size", params)
    return int(given)


def _typed(field: fields.Field[Any], values: list[str]) -> Any:
    if isinstance(field, fields.List):
        return [_typed(field.inner, [part]) for value in values for part in value.split(",") if part]
    value = values[0]
    if isinstance(field, fields.Boolean):
        return {"true": True, "1": True, "false": False, "0": False}.get(value, value)
    if isinstance(field, fields.Integer) and _WHOLE.fullmatch(value):
        return int(value)
    return plus(value) if isinstance(field, Instant) else value


def plus(instant: str) -> str:
    """An instant as it was meant: a "+" in an address becomes a space."""
    return instant.replace(" ", "+")
