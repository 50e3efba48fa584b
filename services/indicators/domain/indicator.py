"""Indicators: what is measured, how, for which line of a plan, and what is aimed at."""

from collections.abc import Sequence
from dataclasses import dataclass

from chassis.kernel.errors import FieldError
from chassis.kernel.record import Record
from services.indicators.domain.areas import area_faults
from services.indicators.domain.faults import fault, within
from services.indicators.domain.framework import Framework, has_node
from services.indicators.domain.values import value_faults

LEVELS = ("impact", "outcome", "output", "activity")
DIRECTIONS = ("up", "down")
OVER_TIME = ("sum", "last", "mean", "max")
OVER_SPACE = ("sum", "mean", "ratio")
SETTLED = ("kind", "frequency")
"""What cannot change any more once there are observations: they were checked by it."""


@dataclass(frozen=True, kw_only=True)
class Baseline:
    """Where it stood before the plan."""

    year: int
    value: str


@dataclass(frozen=True, kw_only=True)
class Target:
    """Where it should stand in a year; for one area, or without one for the whole country."""

    year: int
    value: str
    area: str | None = None


@dataclass(frozen=True, kw_only=True)
class Indicator(Record):
    """A measure with its definition. Values are decimal text; codes of `disaggregation` name the dimensions."""

    code: str
    name: str
    unit: str
    kind: str
    frequency: str
    labels: dict[str, str] | None = None
    definition: str | None = None
    framework_id: str | None = None
    node_code: str | None = None
    level: str = "output"
    direction: str = "up"
    disaggregation: tuple[str, ...] = ()
    baseline: Baseline | None = None
    targets: tuple[Target, ...] = ()
    responsible_institution_id: str | None = None
    source: str | None = None
    gcm_objectives: tuple[int, ...] = ()
    sdg: tuple[str, ...] = ()
    over_time: str = "sum"
    over_space: str = "sum"


def indicator_faults(indicator: Indicator, framework: Framework | None) -> list[FieldError]:
    """What the indicator says must fit its kind, itself and its framework (None: it has none, or an unknown one)."""
    faults = _place_faults(indicator, framework)
    if indicator.baseline is not None:
        faults += within("baseline", value_faults(indicator.kind, indicator.baseline.value))
    if indicator.over_space == "ratio" and indicator.kind != "percentage":
        faults.append(fault("over_space", "only-for-percentages", kind=indicator.kind))
    return faults + _target_faults(indicator.kind, indicator.targets, framework)


def settled_faults(before: Indicator, after: Indicator) -> list[FieldError]:
    """What an indicator with observations may no longer change: its kind, its frequency, dimensions in use."""
    faults = [
        fault(name, "indicator-has-observations") for name in SETTLED if getattr(before, name) != getattr(after, name)
    ]
    if set(before.disaggregation) - set(after.disaggregation):
        faults.append(fault("disaggregation", "indicator-has-observations"))
    return faults


def _place_faults(indicator: Indicator, framework: Framework | None) -> list[FieldError]:
    if indicator.node_code is None:
        return []
    if indicator.framework_id is None:
        return [fault("framework_id", "framework-needed", node=indicator.node_code)]
    if framework is not None and not has_node(framework, indicator.node_code):
        return [fault("node_code", "framework-node-not-found", value=indicator.node_code, framework=framework.code)]
    return []


def _target_faults(kind: str, targets: Sequence[Target], framework: Framework | None) -> list[FieldError]:
    faults: list[FieldError] = []
    seen: set[tuple[int, str | None]] = set()
    for place, target in enumerate(targets):
        own = value_faults(kind, target.value)
        if target.area is not None:
            own += area_faults(target.area)
        if framework is not None and not framework.starts <= target.year <= framework.ends:
            own.append(fault("year", "year-out-of-range", year=target.year, min=framework.starts, max=framework.ends))
        if (target.year, target.area) in seen:
            own.append(fault("year", "target-twice", year=target.year))
        seen.add((target.year, target.area))
        faults += within(f"targets.{place}", own)
    return faults
