"""Use cases of groups and their members."""

from typing import Any

from chassis.kernel.checks import refuse
from chassis.kernel.errors import FieldError
from services.actors.contract import events
from services.actors.domain.group import Group, wrong_quorum
from services.actors.domain.ports import Work
from services.actors.handlers.checks import unknown_institutions, unknown_references


def create_group(work: Work, *, visibility: str, **fields: Any) -> Group:
    """Set up a group. Raises: InvalidError; ConflictError group-name-taken."""
    _check(work, fields)
    group = work.new(Group, visibility, **fields)
    refuse(wrong_quorum(group.quorum))
    work.save(group, events.GROUP_CREATED)
    return group


def change_group(work: Work, *, id: str, version: int | None, changes: dict[str, Any]) -> Group:
    """Other values for some fields, the members' list as a whole. Raises: NotFoundError, StaleError."""
    group = work.groups.own(id, version)
    _check(work, changes)
    changed = work.revise(group, **changes)
    refuse(wrong_quorum(changed.quorum))
    work.save(changed, events.GROUP_CHANGED)
    return changed


def _check(work: Work, fields: dict[str, Any]) -> None:
    members = fields.get("members") or []
    named = [(f"members.{place}.institution_id", member["institution_id"]) for place, member in enumerate(members)]
    errors = unknown_institutions(work, [("secretariat_id", fields.get("secretariat_id")), *named])
    errors += unknown_references("regions", "region", [fields["region"]] if fields.get("region") else [])
    refuse(errors + _backwards(members))


def _backwards(members: list[dict[str, Any]]) -> list[FieldError]:
    return [
        {"field": f"members.{place}.until", "code": "ends-before-start", "params": {}}
        for place, member in enumerate(members)
        if member.get("since") and member.get("until") and member["until"] < member["since"]
    ]
