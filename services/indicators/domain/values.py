"""What a figure may be, by the kind of its indicator. Figures are decimal text: nothing here is rounded in binary."""

from decimal import Decimal

from chassis.kernel.errors import FieldError
from services.indicators.domain.faults import fault

KINDS = ("count", "percentage", "index", "yes_no")
HUNDRED = Decimal(100)


def value_faults(kind: str, value: str, field: str = "value") -> list[FieldError]:
    """Count: whole, from 0. Percentage: 0 to 100. Yes/no: 1 or 0. Index: any decimal number."""
    number = Decimal(value)
    if kind == "count" and (number < 0 or number != number.to_integral_value()):
        return [fault(field, "not-a-count", value=value)]
    if kind == "percentage" and not 0 <= number <= HUNDRED:
        return [fault(field, "not-a-percentage", value=value)]
    if kind == "yes_no" and number not in (0, 1):
        return [fault(field, "not-yes-or-no", value=value)]
    return []


def measure_faults(kind: str, value: str | None, numerator: str | None, denominator: str | None) -> list[FieldError]:
    """A value; for a percentage also, or instead, the two numbers that it comes from."""
    ratio = (("numerator", numerator), ("denominator", denominator))
    given = [name for name, number in ratio if number is not None]
    faults = value_faults(kind, value) if value is not None else []
    if kind != "percentage":
        faults += [fault(name, "only-for-percentages", kind=kind) for name in given]
        return faults or ([] if value is not None else [fault("value", "value-missing")])
    if numerator is not None and denominator is not None:
        return faults + _ratio_faults(Decimal(numerator), Decimal(denominator), None if faults else value)
    if given:
        missing = next(name for name, number in ratio if number is None)
        return [*faults, fault(missing, "ratio-incomplete", given=given[0], missing=missing)]
    return faults or ([] if value is not None else [fault("value", "value-missing")])


def _ratio_faults(numerator: Decimal, denominator: Decimal, value: str | None) -> list[FieldError]:
    if denominator <= 0:
        return [fault("denominator", "denominator-not-positive", value=str(denominator))]
    if not 0 <= numerator <= denominator:
        return [fault("numerator", "numerator-out-of-range", value=str(numerator), max=str(denominator))]
    exact = HUNDRED * numerator / denominator
    if value is not None and abs(Decimal(value) - exact) >= _last_digit(value):
        return [fault("value", "value-contradicts-ratio", value=value, exact=f"{exact:.2f}")]
    return []


def _last_digit(value: str) -> Decimal:
    """What one step of the last written digit is worth: rounding up and cutting off both stay below it."""
    return Decimal(1).scaleb(int(Decimal(value).as_tuple().exponent))
