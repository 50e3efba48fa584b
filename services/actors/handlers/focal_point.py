"""Use cases of focal points."""

from typing import Any

from chassis.kernel.checks import refuse
from chassis.kernel.erasure import Erased
from chassis.kernel.errors import NotFoundError
from services.actors.contract import events
from services.actors.contract.records import FOCAL_POINT_BLANKS
from services.actors.domain import focal_point as rules
from services.actors.domain.focal_point import DIRECTORY, VISIBILITY, FocalPoint
from services.actors.domain.ports import Work
from services.actors.handlers.checks import unknown_institutions

KEEPERS = {"admin", "secretariat"}


def create_focal_point(work: Work, **fields: Any) -> FocalPoint:
    """Note who speaks for an institution. Raises: InvalidError; ConflictError focal-point-exists."""
    refuse(unknown_institutions(work, [("institution_id", fields["institution_id"])]))
    focal_point = work.new(FocalPoint, VISIBILITY, **{**fields, "consent": False, "status": "active"})
    told: dict[str, Any] = {name: fields[name] for name in ("consent", "status") if name in fields}
    more = rules.following(focal_point, told, work.now, work.caller.principal.account_id)
    focal_point = work.revise(focal_point, **told, **more)
    work.save(focal_point, events.FOCAL_POINT_CREATED)
    return focal_point


def change_focal_point(work: Work, *, id: str, version: int | None, changes: dict[str, Any]) -> FocalPoint:
    """Other values for some fields. Raises: NotFoundError, StaleError, ConflictError."""
    focal_point = _there(work, id, version)
    refuse(unknown_institutions(work, [("institution_id", changes.get("institution_id"))]))
    more = rules.following(focal_point, changes, work.now, work.caller.principal.account_id)
    return _changed(work, focal_point, **changes, **more)


def consent_focal_point(work: Work, *, id: str, version: int | None, purpose: str, how: str | None) -> FocalPoint:
    """Note what the person consents to; they may say it themselves. Raises: NotFoundError, ConflictError."""
    own = _own_alone(work, id)
    focal_point = _there(work, id, version)
    by, way = work.caller.principal.account_id, "self" if own else how or "form"
    consents = rules.given(focal_point.consents, purpose, way, work.now, by)
    return _changed(work, focal_point, consents=consents, **_listed(purpose, True))


def withdraw_consent_focal_point(work: Work, *, id: str, version: int | None, purpose: str) -> FocalPoint:
    """Note that the person takes a consent back; they may do it themselves. Raises: NotFoundError, ConflictError."""
    _own_alone(work, id)
    focal_point = _there(work, id, version)
    consents = rules.taken_back(focal_point.consents, purpose, work.now, work.caller.principal.account_id)
    return _changed(work, focal_point, consents=consents, **_listed(purpose, False))


def erase_focal_point(work: Work, *, id: str, version: int | None, reason: str) -> FocalPoint:
    """Empty what tells who it was, in every version and copy; the id stays. Once more: the same. Raises: NotFoundError.

    The unit of work does it wherever this service holds it; the event has the others do it.
    """
    focal_point = work.focal_points.own(id, version)
    if focal_point.erased is not None:
        return focal_point
    by = work.caller.principal.account_id
    erased = Erased(at=work.now, by=by, reason=reason, emptied=tuple(FOCAL_POINT_BLANKS))
    ended = focal_point.ended_at or work.now
    withdrawn = focal_point.consents
    for purpose in rules.PURPOSES:
        withdrawn = rules.taken_back(withdrawn, purpose, work.now, by)
    changed = work.revise(
        focal_point,
        **FOCAL_POINT_BLANKS,
        status="ended",
        consent=False,
        consents=withdrawn,
        ended_at=ended,
        erased=erased,
    )
    work.save(changed, events.FOCAL_POINT_REDACTED)
    return changed


def _there(work: Work, id: str, version: int | None) -> FocalPoint:
    focal_point = work.focal_points.own(id, version)
    rules.check_there(focal_point)
    return focal_point


def _own_alone(work: Work, id: str) -> bool:
    """Whether the person speaks for themselves; others than the secretariat may not. Raises: NotFoundError."""
    principal = work.caller.principal
    if principal.focal_point_id != id and not principal.roles & KEEPERS:
        raise NotFoundError("focal-point-not-found", None, {"id": id})
    return principal.focal_point_id == id


def _listed(purpose: str, yes: bool) -> dict[str, Any]:
    return {"consent": yes} if purpose == DIRECTORY else {}


def _changed(work: Work, focal_point: FocalPoint, **changes: Any) -> FocalPoint:
    changed = work.revise(focal_point, **changes)
    work.save(changed, events.FOCAL_POINT_CHANGED)
    return changed
