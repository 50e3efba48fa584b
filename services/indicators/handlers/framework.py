"""Use cases of frameworks."""

from typing import Any

from chassis.kernel.checks import refuse
from services.indicators.contract import events
from services.indicators.domain.faults import fault
from services.indicators.domain.framework import Framework, framework_faults, has_node
from services.indicators.domain.ports import Work


def create_framework(work: Work, *, visibility: str, **fields: Any) -> Framework:
    """Enter a plan. Raises: InvalidError with every fault of the tree; ConflictError framework-code-taken."""
    framework = work.new(Framework, visibility, **fields)
    refuse(framework_faults(framework))
    work.save(framework, events.FRAMEWORK_CREATED)
    return framework


def change_framework(work: Work, *, id: str, version: int | None, changes: dict[str, Any]) -> Framework:
    """Other values for some fields. Raises: NotFoundError, StaleError, InvalidError, ConflictError."""
    framework = work.revise(work.frameworks.own(id, version), **changes)
    errors = framework_faults(framework)
    if "nodes" in changes:
        used = sorted(work.indicators.nodes_in_use(id))
        errors += [
            fault("nodes", "framework-node-in-use", value=code) for code in used if not has_node(framework, code)
        ]
    refuse(errors)
    work.save(framework, events.FRAMEWORK_CHANGED)
    return framework
