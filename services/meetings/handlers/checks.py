"""Checks that several handlers share: what a record points at must be known here."""

from collections.abc import Iterable
from typing import Any

from chassis.kernel.checks import refuse, unknown
from chassis.kernel.errors import FieldError, ForbiddenError
from chassis.kernel.record import Record
from services.meetings.domain.ports import Work


def speaking_for(work: Work, named: str | None) -> str | None:
    """The institution that the caller speaks for: a focal point its own; the secretariat the one it names, or none.

    Raises: ForbiddenError own-institution-only.
    """
    own = work.caller.only_for
    if own is not None and named not in (None, own):
        raise ForbiddenError("own-institution-only", "institution_id")
    return own or named


def unknown_institutions(work: Work, named: Iterable[tuple[str, str | None]]) -> list[FieldError]:
    """One error for each (field, id) of an institution that this service has not heard of."""
    return unknown(work.known_institutions.find, named, "institution-not-found")


def group_of(work: Work, group_id: str | None) -> dict[str, Any] | None:
    """The copy of the group. Raises: InvalidError when the id is of no known group."""
    if group_id is None:
        return None
    group = work.known_groups.find(group_id)
    if group is None:
        refuse([{"field": "group_id", "code": "group-not-found", "params": {"id": group_id}}])
    return group


def require_tellable(group: dict[str, Any] | None, visibility: str, field: str) -> None:
    """A record holds the names of its groups: it goes no further than an internal one. Raises: InvalidError."""
    if group is not None and group.get("visibility") == "internal" and visibility != "internal":
        refuse([{"field": field, "code": "group-internal", "params": {"id": group["_id"]}}])


def hours_in_order(fields: dict[str, Any]) -> list[FieldError]:
    """A meeting does not end before it starts."""
    start, end = fields.get("start"), fields.get("end")
    if start and end and end < start:
        return [{"field": "end", "code": "ends-before-start", "params": {"start": start}}]
    return []


def reach_of(record: Record) -> str:
    """What is said of a record goes as far as it does, and never into the public pages by itself."""
    return "internal" if record.visibility == "internal" else "gtm"


def reason_given(needed: bool, reason: str | None, field: str = "reason") -> None:
    """Whoever declines says why. Raises: InvalidError reason-needed."""
    if needed and not reason:
        refuse([{"field": field, "code": "reason-needed", "params": {}}])
