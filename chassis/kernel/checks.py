"""Checks that handlers of several services share: what a record points at must exist."""

from collections.abc import Callable, Iterable
from typing import Any

from chassis.kernel.errors import FieldError, InvalidError


def refuse(errors: list[FieldError]) -> None:
    """Refuse if there is any error, telling all of them. Raises: InvalidError invalid-request."""
    if errors:
        raise InvalidError("invalid-request", errors[0]["field"], {}, errors)


def unknown(find: Callable[[str], Any], named: Iterable[tuple[str, str | None]], code: str) -> list[FieldError]:
    """One error for each (field, id) that `find` gives nothing for. Cost: one look a distinct id."""
    known: dict[str, bool] = {}
    errors: list[FieldError] = []
    for field, id in named:
        if id is None:
            continue
        if id not in known:
            known[id] = find(id) is not None
        if not known[id]:
            errors.append({"field": field, "code": code, "params": {"id": id}})
    return errors
