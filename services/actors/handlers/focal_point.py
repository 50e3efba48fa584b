"""Use cases of focal points."""

from typing import Any

from chassis.kernel.checks import refuse
from services.actors.contract import events
from services.actors.domain.focal_point import VISIBILITY, FocalPoint
from services.actors.domain.ports import Work
from services.actors.handlers.checks import unknown_institutions


def create_focal_point(work: Work, **fields: Any) -> FocalPoint:
    """Note who speaks for an institution. Raises: InvalidError; ConflictError focal-point-exists."""
    refuse(unknown_institutions(work, [("institution_id", fields["institution_id"])]))
    focal_point = work.new(FocalPoint, VISIBILITY, **fields)
    work.save(focal_point, events.FOCAL_POINT_CREATED)
    return focal_point


def change_focal_point(work: Work, *, id: str, version: int | None, changes: dict[str, Any]) -> FocalPoint:
    """Other values for some fields. Raises: NotFoundError, StaleError, ConflictError."""
    focal_point = work.focal_points.own(id, version)
    refuse(unknown_institutions(work, [("institution_id", changes.get("institution_id"))]))
    changed = work.revise(focal_point, **changes)
    work.save(changed, events.FOCAL_POINT_CHANGED)
    return changed
