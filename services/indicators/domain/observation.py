"""Observations (*données*): submitted → verified → published, or returned with a reason; a changed one starts again."""

from dataclasses import dataclass, field
from typing import Any

from chassis.kernel.errors import ConflictError, FieldError, InvalidError
from chassis.kernel.record import Record
from chassis.kernel.text import fold
from services.indicators.domain import periods
from services.indicators.domain.areas import COUNTRY, area_faults
from services.indicators.domain.faults import fault
from services.indicators.domain.indicator import Indicator
from services.indicators.domain.values import measure_faults

STATUSES = ("submitted", "verified", "published", "returned")
MOVES = {
    "verify": (("submitted",), "verified"),
    "publish": (("verified",), "published"),
    "return": (("submitted", "verified"), "returned"),
}
"""Act → (statuses it may start from, status it leads to)."""
VISIBILITIES = ("internal", "gtm")
"""How far an observation travels before it is published: a figure that nobody verified is never public."""


@dataclass(frozen=True, kw_only=True)
class Observation(Record):
    """A figure for one indicator, period, area and set of categories, from one institution or source."""

    indicator_id: str
    period: str
    area: str = COUNTRY
    categories: dict[str, str] = field(default_factory=dict)
    value: str | None = None
    numerator: str | None = None
    denominator: str | None = None
    source: str | None = None
    institution_id: str | None = None
    status: str = "submitted"
    reason: str | None = None


def next_status(status: str, act: str) -> str:
    """The status that the act leads to from the one in effect (verification.py). Raises: ConflictError."""
    starts, leads_to = MOVES[act]
    if status not in starts:
        params = {"status": status, "allowed": ", ".join(starts)}
        raise ConflictError("observation-status", "status", params)
    return leads_to


def submitted_anew(observation: Observation) -> dict[str, Any]:
    """What follows from a change of an observation: it starts again, and is not public until it is published again."""
    visibility = observation.visibility if observation.visibility in VISIBILITIES else "gtm"
    return {"status": "submitted", "reason": None, "visibility": visibility}


def same_figure(observation: Observation) -> str:
    """What only one observation may have: text made of indicator, period, area, categories and who gave it."""
    categories = ",".join(f"{name}={code}" for name, code in sorted(observation.categories.items()))
    giver = observation.institution_id or f"source:{fold(observation.source or '')}"
    return "|".join((observation.indicator_id, observation.period, observation.area, categories, giver))


def observation_faults(observation: Observation, indicator: Indicator) -> list[FieldError]:
    """What an observation says must fit its indicator: frequency, dimensions, kind of value."""
    return [
        *_period_faults(observation.period, indicator.frequency),
        *area_faults(observation.area),
        *(
            fault(f"categories.{name}", "unknown-dimension", value=name, known=", ".join(indicator.disaggregation))
            for name in observation.categories
            if name not in indicator.disaggregation
        ),
        *measure_faults(indicator.kind, observation.value, observation.numerator, observation.denominator),
    ]


def _period_faults(text: str, frequency: str) -> list[FieldError]:
    try:
        period = periods.parse(text)
    except InvalidError as error:
        return [fault("period", error.code, **error.params)]
    if period.frequency != frequency:
        return [fault("period", "period-frequency", value=text, example=periods.EXAMPLES[frequency])]
    return []
