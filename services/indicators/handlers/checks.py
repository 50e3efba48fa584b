"""Checks that several handlers share: what a record points at must exist."""

from collections.abc import Iterable

from chassis.kernel.errors import FieldError, InvalidError
from services.indicators.domain.faults import fault
from services.indicators.domain.ports import Work


def refuse(errors: list[FieldError]) -> None:
    """Refuse if there is any error, telling all of them. Raises: InvalidError invalid-request."""
    if errors:
        raise InvalidError("invalid-request", errors[0]["field"], {}, errors)


def unknown_institutions(work: Work, named: Iterable[tuple[str, str | None]]) -> list[FieldError]:
    """One error for each (field, id) whose institution is not known. Cost: two seconds for each that never comes."""
    return [
        fault(field, "institution-not-found", id=id)
        for field, id in named
        if id is not None and work.known_institutions.find(id) is None
    ]
