"""Who leads a meeting (*bureau de séance*): the chair and by what right, the deputy, the rapporteurs."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from chassis.kernel.errors import FieldError

ROLES = ("chair", "deputy", "rapporteur")
GROUNDS = ("chair", "vice", "other")
"""By what right somebody chairs: the institution chairs the group, or is its vice-chair; or neither."""
MOST = 10
_GROUNDS_BY_ROLE = {"chair": "chair", "vice_chair": "vice"}


@dataclass(frozen=True, kw_only=True)
class Officer:
    """An institution in a role at one meeting, and who held it; `ground` is said of the chair alone."""

    role: str
    institution_id: str
    name: str | None = None
    function: str | None = None
    ground: str | None = None


def with_grounds(officers: Sequence[Officer], roles: Mapping[str, Collection[str]]) -> tuple[Officer, ...]:
    """The officers, the chair with its ground by the roles that institutions have on the group that day."""
    return tuple(
        replace(one, ground=ground(roles.get(one.institution_id, ())) if one.role == "chair" else None)
        for one in officers
    )


def ground(roles: Collection[str]) -> str:
    """By what right an institution with these roles on the group chairs."""
    return next((found for role, found in _GROUNDS_BY_ROLE.items() if role in roles), "other")


def wrong(officers: Sequence[Officer]) -> list[FieldError]:
    """A meeting has one chair; nobody is named twice in a role."""
    errors: list[FieldError] = []
    for place, one in enumerate(officers):
        before = officers[:place]
        if one.role == "chair" and any(other.role == "chair" for other in before):
            errors.append({"field": f"officers.{place}.role", "code": "one-chair", "params": {}})
        elif any((one.role, one.institution_id, one.name) == (o.role, o.institution_id, o.name) for o in before):
            errors.append({"field": f"officers.{place}", "code": "given-twice", "params": {"id": one.institution_id}})
    return errors
