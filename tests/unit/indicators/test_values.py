"""What a figure may be, by the kind of its indicator; where it may be of."""

from decimal import ROUND_DOWN, ROUND_HALF_EVEN, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.kernel.errors import FieldError
from services.indicators.domain.areas import area_faults
from services.indicators.domain.values import measure_faults, value_faults

WHOLE = st.integers(0, 10**9)


def codes(faults: list[FieldError]) -> list[tuple[str, str]]:
    return [(one["field"], one["code"]) for one in faults]


@pytest.mark.parametrize(
    ("kind", "good", "bad", "code"),
    [
        ("count", ["0", "12", "12.0", "999999999999999"], ["-1", "1.5", "0.000001"], "not-a-count"),
        ("percentage", ["0", "100", "100.0", "33.333333"], ["-0.1", "100.000001"], "not-a-percentage"),
        ("yes_no", ["0", "1", "1.0"], ["2", "-1", "0.5"], "not-yes-or-no"),
        ("index", ["-3.5", "0", "1250.50"], [], ""),
    ],
)
def test_a_value_fits_its_kind(kind, good, bad, code):
    assert [value_faults(kind, value) for value in good] == [[]] * len(good)
    assert [codes(value_faults(kind, value)) for value in bad] == [[("value", code)]] * len(bad)


@given(WHOLE, st.integers(1, 10**9), st.integers(0, 6), st.sampled_from([ROUND_DOWN, ROUND_HALF_EVEN]))
def test_a_share_agrees_with_its_parts_however_it_was_rounded(part, rest, digits, rounding):
    share = (Decimal(100) * part / (part + rest)).quantize(Decimal(1).scaleb(-digits), rounding)
    assert measure_faults("percentage", format(share, "f"), str(part), str(part + rest)) == []


@given(WHOLE, st.integers(1, 10**9), st.integers(2, 90))
def test_a_share_that_its_parts_deny_is_refused(part, rest, off):
    wrong = (Decimal(100) * part / (part + rest) + off) % 100
    faults = measure_faults("percentage", f"{wrong:.3f}", str(part), str(part + rest))
    assert codes(faults) == [("value", "value-contradicts-ratio")]


@pytest.mark.parametrize(
    ("kind", "value", "numerator", "denominator", "expected"),
    [
        ("percentage", "40", None, None, []),
        ("percentage", None, "2", "5", []),
        ("percentage", "40", "2", "5", []),
        ("percentage", "41", "2", "5", [("value", "value-contradicts-ratio")]),
        ("percentage", "40.01", "2", "5", [("value", "value-contradicts-ratio")]),
        ("percentage", "66", "2", "3", []),
        ("percentage", "67", "2", "3", []),
        ("percentage", "65", "2", "3", [("value", "value-contradicts-ratio")]),
        ("percentage", None, "0", "5", []),
        ("percentage", None, "5", "5", []),
        ("percentage", None, None, None, [("value", "value-missing")]),
        ("percentage", None, "2", None, [("denominator", "ratio-incomplete")]),
        ("percentage", "40", None, "5", [("numerator", "ratio-incomplete")]),
        ("percentage", "140", "2", None, [("value", "not-a-percentage"), ("denominator", "ratio-incomplete")]),
        ("percentage", None, "2", "0", [("denominator", "denominator-not-positive")]),
        ("percentage", None, "6", "5", [("numerator", "numerator-out-of-range")]),
        ("percentage", None, "-1", "5", [("numerator", "numerator-out-of-range")]),
        ("percentage", "200", "2", "5", [("value", "not-a-percentage")]),
        ("count", None, None, None, [("value", "value-missing")]),
        ("count", "3", "2", "5", [("numerator", "only-for-percentages"), ("denominator", "only-for-percentages")]),
        ("index", None, "2", None, [("numerator", "only-for-percentages")]),
    ],
)
def test_a_measure_is_a_value_or_for_a_percentage_its_two_parts(kind, value, numerator, denominator, expected):
    assert codes(measure_faults(kind, value, numerator, denominator)) == expected


@pytest.mark.parametrize("area", ["NE", "NE001", "NE008", "NE001001", "NE008099"])
def test_the_country_its_regions_and_departments_are_areas(area):
    assert area_faults(area) == []


@pytest.mark.parametrize("area", ["", "ne001", "NE1", "NE009", "NE000", "NE009001", "NE00100", "NE001001001", "TD001"])
def test_anything_else_is_none(area):
    assert codes(area_faults(area)) == [("area", "not-an-area")]
