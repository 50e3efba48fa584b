"""Use cases of interventions."""

from typing import Any

from chassis.kernel.checks import refuse
from chassis.kernel.errors import FieldError
from services.actors.contract import events
from services.actors.domain.intervention import Intervention
from services.actors.domain.ports import Work
from services.actors.handlers.checks import unknown_institutions, unknown_references

CODED = ("themes", "activity_types", "target_groups", "axes", "pnm_programmes", "stages")


def create_intervention(work: Work, *, visibility: str, **fields: Any) -> Intervention:
    """Record who does what, where. Raises: InvalidError with every unknown institution or code at once."""
    _check(work, fields)
    intervention = work.new(Intervention, visibility, **fields)
    work.save(intervention, events.INTERVENTION_CREATED)
    return intervention


def change_intervention(work: Work, *, id: str, version: int | None, changes: dict[str, Any]) -> Intervention:
    """Other values for some fields. Raises: NotFoundError, StaleError, InvalidError."""
    intervention = work.interventions.own(id, version)
    _check(work, {"start": intervention.start, "end": intervention.end, **changes})
    changed = work.revise(intervention, **changes)
    work.save(changed, events.INTERVENTION_CHANGED)
    return changed


def _check(work: Work, fields: dict[str, Any]) -> None:
    named: list[tuple[str, str | None]] = [("lead_institution_id", fields.get("lead_institution_id"))]
    named += [(f"partner_ids.{place}", id) for place, id in enumerate(fields.get("partner_ids") or [])]
    named += [
        (f"donors.{place}.institution_id", donor["institution_id"])
        for place, donor in enumerate(fields.get("donors") or [])
    ]
    errors: list[FieldError] = unknown_institutions(work, named)
    for name in CODED:
        errors += unknown_references(name, name, fields.get(name) or ())
    if fields.get("start") and fields.get("end") and fields["end"] < fields["start"]:
        errors.append({"field": "end", "code": "ends-before-start", "params": {"start": fields["start"]}})
    refuse(errors)
