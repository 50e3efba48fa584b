"""Use cases of the directory of institutions."""

from typing import Any

from chassis.kernel.checks import refuse
from chassis.kernel.errors import ConflictError
from chassis.kernel.text import fold
from services.actors.contract import events
from services.actors.domain.institution import Institution
from services.actors.domain.merge import resolve
from services.actors.domain.ports import Work
from services.actors.handlers.checks import unknown_institutions, unknown_references


def create_institution(work: Work, *, visibility: str, also_elsewhere: bool = False, **fields: Any) -> Institution:
    """Enter an institution into the directory; `also_elsewhere`: even if another node has one of that name.

    Raises: ConflictError institution-name-taken, exists-elsewhere.
    """
    if not also_elsewhere:
        _require_new_everywhere(work, fields["name"])
    _check(work, fields)
    institution = work.new(Institution, visibility, **fields)
    work.save(institution, events.INSTITUTION_CREATED)
    return institution


def change_institution(work: Work, *, id: str, version: int | None, changes: dict[str, Any]) -> Institution:
    """Other values for some fields. Raises: NotFoundError, StaleError, ConflictError."""
    institution = work.institutions.own(id, version)
    _check(work, changes)
    changed = work.revise(institution, **changes)
    work.save(changed, events.INSTITUTION_CHANGED)
    return changed


def propose_institution(work: Work, *, name: str, acronym: str | None, seen_in: str) -> Institution | None:
    """Note an institution that a text names and nobody knows yet; None where it is known by then."""
    if work.institutions.find_known_as(fold(name)) or (acronym and work.institutions.find_known_as(fold(acronym))):
        return None
    institution = work.new(
        Institution, "gtm", name=name, acronym=acronym, status="proposed", note=f"Vue dans : {seen_in}"[:5000]
    )
    work.save(institution, events.INSTITUTION_PROPOSED)
    return institution


def _require_new_everywhere(work: Work, name: str) -> None:
    """The directory is one for all nodes; of our own the store itself refuses a second, and says so."""
    known = work.institutions.find_named(fold(name))
    if known is not None and known.origin != work.node:
        stands = work.institutions.find(resolve(known.id, work.merges.ways())) or known
        raise ConflictError("exists-elsewhere", "name", {"name": name, "origin": stands.origin, "id": stands.id})


def _check(work: Work, fields: dict[str, Any]) -> None:
    refuse(
        unknown_institutions(work, [("parent_id", fields.get("parent_id"))])
        + unknown_references("themes", "themes", fields.get("themes") or ())
        + unknown_references("regions", "regions", fields.get("regions") or ())
    )
