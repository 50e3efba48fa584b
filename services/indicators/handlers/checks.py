"""Checks that several handlers share: what a record points at must be known here."""

from collections.abc import Iterable

from chassis.kernel.checks import unknown
from chassis.kernel.errors import FieldError
from services.indicators.domain.ports import Work


def unknown_institutions(work: Work, named: Iterable[tuple[str, str | None]]) -> list[FieldError]:
    """One error for each (field, id) whose institution is not known. Cost: two seconds for each that never comes."""
    return unknown(work.known_institutions.find, named, "institution-not-found")
