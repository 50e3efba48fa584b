"""Checks that several handlers share: what a record points at must exist."""

from collections.abc import Iterable

from chassis.kernel.checks import unknown
from chassis.kernel.errors import FieldError
from services.actors.domain.ports import Work
from services.actors.domain.reference import unknown_codes


def unknown_institutions(work: Work, named: Iterable[tuple[str, str | None]]) -> list[FieldError]:
    """One error for each (field, id) whose institution does not exist."""
    return unknown(work.institutions.find, named, "institution-not-found")


def unknown_references(name: str, field: str, given: Iterable[str]) -> list[FieldError]:
    """One error for each code that the reference list does not have."""
    return [
        {"field": field, "code": "unknown-code", "params": {"value": code, "list": name}}
        for code in unknown_codes(name, list(given))
    ]
