"""Checks that several handlers share: what a record points at must exist."""

from collections.abc import Iterable

from chassis.kernel.errors import FieldError, InvalidError
from services.actors.domain.ports import Work
from services.actors.domain.reference import unknown_codes


def refuse(errors: list[FieldError]) -> None:
    """Refuse if there is any error, telling all of them. Raises: InvalidError invalid-request."""
    if errors:
        raise InvalidError("invalid-request", errors[0]["field"], {}, errors)


def unknown_institutions(work: Work, named: Iterable[tuple[str, str | None]]) -> list[FieldError]:
    """One error for each (field, id) whose institution does not exist. Cost: one look a distinct id."""
    known: dict[str, bool] = {}
    errors: list[FieldError] = []
    for field, id in named:
        if id is None:
            continue
        if id not in known:
            known[id] = work.institutions.find(id) is not None
        if not known[id]:
            errors.append({"field": field, "code": "institution-not-found", "params": {"id": id}})
    return errors


def unknown_references(name: str, field: str, given: Iterable[str]) -> list[FieldError]:
    """One error for each code that the reference list does not have."""
    return [
        {"field": field, "code": "unknown-code", "params": {"value": code, "list": name}}
        for code in unknown_codes(name, list(given))
    ]
