"""An indicator fits its framework, its kind and the directory; whatever does not is told at once."""

import pytest

from chassis.kernel.errors import ConflictError, InvalidError
from chassis.kernel.ids import new_id
from tests.unit.indicators.builders import a_framework, an_indicator, an_observation, change, faults
from tests.unit.indicators.fakes import World

TARGET = {"year": 2024, "value": "10"}


@pytest.fixture
def world():
    return World()


def test_an_indicator_is_defined_and_told_of(world):
    framework = a_framework(world)
    institution = new_id()
    world.known_institutions.rows[institution] = {"name": "INS"}
    made = an_indicator(
        world,
        framework_id=framework.id,
        node_code="A1.1",
        baseline={"year": 2021, "value": 8000},
        targets=[TARGET, {**TARGET, "area": "NE001"}],
        responsible_institution_id=institution,
        gcm_objectives=[3],
        sdg=["10.7", "17", "16.b", "10.7.2"],
    )
    assert (made.visibility, made.baseline.value, made.targets[1].area) == ("public", "8000", "NE001")
    assert world.told() == ["framework.created", "indicator.created"]


def test_every_fault_is_told_at_once(world):
    framework = a_framework(world)
    with pytest.raises(InvalidError) as refused:
        an_indicator(
            world,
            framework_id=framework.id,
            node_code="Z9",
            kind="percentage",
            baseline={"year": 2021, "value": "101"},
            targets=[{**TARGET, "year": 2030}, TARGET, TARGET, {"year": 2025, "value": "120", "area": "Agadez"}],
            responsible_institution_id=new_id(),
        )
    assert faults(refused) == {
        ("node_code", "framework-node-not-found"),
        ("baseline.value", "not-a-percentage"),
        ("targets.0.year", "year-out-of-range"),
        ("targets.2.year", "target-twice"),
        ("targets.3.value", "not-a-percentage"),
        ("targets.3.area", "not-an-area"),
        ("responsible_institution_id", "institution-not-found"),
    }


def test_a_line_needs_its_framework_and_the_framework_must_exist(world):
    with pytest.raises(InvalidError) as refused:
        an_indicator(world, node_code="A1")
    assert faults(refused) == {("framework_id", "framework-needed")}
    with pytest.raises(InvalidError) as refused:
        an_indicator(world, framework_id=new_id(), node_code="A1")
    assert faults(refused) == {("framework_id", "framework-not-found")}


def test_a_ratio_of_sums_needs_a_percentage(world):
    with pytest.raises(InvalidError) as refused:
        an_indicator(world, over_space="ratio")
    assert faults(refused) == {("over_space", "only-for-percentages")}


@pytest.mark.parametrize(
    ("name", "value", "field", "code"),
    [
        ("kind", "rate", "kind", "not-a-choice"),
        ("frequency", "week", "frequency", "not-a-choice"),
        ("gcm_objectives", [24], "gcm_objectives.0", "out-of-range"),
        ("sdg", ["18.1"], "sdg.0", "not-an-sdg"),
        ("disaggregation", ["Âge"], "disaggregation.0", "not-a-dimension"),
        ("disaggregation", ["a.b"], "disaggregation.0", "not-a-dimension"),
        ("baseline", {"year": 21, "value": "1"}, "baseline.year", "out-of-range"),
        ("baseline", {"value": "1,5"}, "baseline.value", "not-a-number"),
        ("version", 3, "version", "server-owned-field"),
        ("unit", "", "unit", "too-short"),
    ],
)
def test_a_wrong_field_is_named(world, name, value, field, code):
    with pytest.raises(InvalidError) as refused:
        an_indicator(world, **{name: value})
    assert (field, code) in faults(refused)


def test_a_code_is_taken_once(world):
    an_indicator(world, code="A1-1")
    with pytest.raises(ConflictError, match="indicator-code-taken"):
        an_indicator(world, code="a1-1")


def test_kind_frequency_and_dimensions_are_settled_by_the_first_observation(world):
    made = an_indicator(world)
    made = change(world, "indicator", made.id, kind="index", disaggregation=["sex", "age_group"])
    an_observation(world, indicator_id=made.id)
    with pytest.raises(InvalidError) as refused:
        change(world, "indicator", made.id, kind="count", frequency="year", disaggregation=["sex"])
    assert faults(refused) == {
        ("kind", "indicator-has-observations"),
        ("frequency", "indicator-has-observations"),
        ("disaggregation", "indicator-has-observations"),
    }
    changed = change(world, "indicator", made.id, name="Autre", disaggregation=["age_group", "sex", "region"])
    assert changed.version == 3
    assert world.told()[-1] == "indicator.changed"


def test_a_change_is_checked_as_a_whole(world):
    framework = a_framework(world)
    made = an_indicator(world, targets=[{"year": 2030, "value": "1"}])
    with pytest.raises(InvalidError) as refused:
        change(world, "indicator", made.id, framework_id=framework.id)
    assert faults(refused) == {("targets.0.year", "year-out-of-range")}
