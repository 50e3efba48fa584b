"""Use cases of indicators."""

from typing import Any

from chassis.kernel.checks import refuse
from chassis.kernel.errors import FieldError
from services.indicators.contract import events
from services.indicators.domain.faults import fault
from services.indicators.domain.framework import Framework
from services.indicators.domain.indicator import Indicator, indicator_faults, settled_faults
from services.indicators.domain.ports import Work
from services.indicators.handlers.checks import unknown_institutions


def create_indicator(work: Work, *, visibility: str, **fields: Any) -> Indicator:
    """Define an indicator. Raises: InvalidError with every fault; ConflictError indicator-code-taken."""
    indicator = work.new(Indicator, visibility, **fields)
    refuse(_faults(work, indicator))
    work.save(indicator, events.INDICATOR_CREATED)
    return indicator


def change_indicator(work: Work, *, id: str, version: int | None, changes: dict[str, Any]) -> Indicator:
    """Other values for some fields. Raises: NotFoundError, StaleError, InvalidError, ConflictError."""
    before = work.indicators.own(id, version)
    indicator = work.revise(before, **changes)
    settled = settled_faults(before, indicator)
    if settled and not work.observations.any_of(id):
        settled = []
    refuse(settled + _faults(work, indicator))
    work.save(indicator, events.INDICATOR_CHANGED)
    return indicator


def _faults(work: Work, indicator: Indicator) -> list[FieldError]:
    framework: Framework | None = None
    faults: list[FieldError] = []
    if indicator.framework_id is not None:
        framework = work.frameworks.find(indicator.framework_id)
        if framework is None:
            faults.append(fault("framework_id", "framework-not-found", id=indicator.framework_id))
    faults += indicator_faults(indicator, framework)
    responsible = ("responsible_institution_id", indicator.responsible_institution_id)
    return faults + unknown_institutions(work, [responsible])
