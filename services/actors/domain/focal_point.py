"""Focal points: persons who speak for an institution. Personal data: always internal to the node."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from chassis.kernel.erasure import Erased
from chassis.kernel.errors import ConflictError
from chassis.kernel.record import Record

VISIBILITY = "internal"

COORDINATION, SHARING, DIRECTORY = PURPOSES = ("coordination", "sharing", "directory")
"""What for: members who sign in on this node find the person; members on other nodes do; a public directory does."""

WAYS = ("written", "form", "oral", "self")
"""How consent was given; `self`: by the person, with their own account."""


@dataclass(frozen=True, kw_only=True)
class Consent:
    """What a person consented to: when it was noted, how it was given, who noted it; and taken back, if it was."""

    purpose: str
    how: str
    noted_at: datetime
    noted_by: str
    withdrawn_at: datetime | None = None
    withdrawn_by: str | None = None


@dataclass(frozen=True, kw_only=True)
class FocalPoint(Record):
    """A person and how to reach them. `consent` is the one to be listed publicly; `consents` are all, with the past."""

    institution_id: str
    name: str
    email: str
    phone: str | None = None
    function: str | None = None
    language: str = "fr"
    consent: bool = False
    status: str = "active"
    consents: tuple[Consent, ...] = ()
    ended_at: datetime | None = None
    erased: Erased | None = None


def consents_to(consents: Sequence[Consent], purpose: str) -> bool:
    """Whether consent to it stands."""
    return any(one.purpose == purpose and one.withdrawn_at is None for one in consents)


def given(consents: Sequence[Consent], purpose: str, how: str, at: datetime, by: str) -> tuple[Consent, ...]:
    """With this consent; the same where it stands already."""
    if consents_to(consents, purpose):
        return tuple(consents)
    return (*consents, Consent(purpose=purpose, how=how, noted_at=at, noted_by=by))


def taken_back(consents: Sequence[Consent], purpose: str, at: datetime, by: str) -> tuple[Consent, ...]:
    """With none to this purpose; that there was one stays known."""
    return tuple(
        replace(one, withdrawn_at=at, withdrawn_by=by) if one.purpose == purpose and one.withdrawn_at is None else one
        for one in consents
    )


def following(before: FocalPoint, changes: dict[str, Any], at: datetime, by: str) -> dict[str, Any]:
    """What else changes with these changes: the consent behind `consent`, and since when somebody is none any more."""
    found: dict[str, Any] = {}
    if (listed := changes.get("consent")) is not None and listed != before.consent:
        change = given(before.consents, DIRECTORY, "form", at, by)
        found["consents"] = change if listed else taken_back(before.consents, DIRECTORY, at, by)
    if (status := changes.get("status")) is not None and status != before.status:
        found["ended_at"] = at if status == "ended" else None
    return found


def check_there(focal_point: FocalPoint) -> None:
    """Of whom nothing is known any more, nothing can be changed. Raises: ConflictError focal-point-erased."""
    if focal_point.erased is not None:
        raise ConflictError("focal-point-erased", None, {"id": focal_point.id})
