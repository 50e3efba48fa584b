"""A framework is a tree; whatever breaks it is told at once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.kernel.errors import ConflictError, InvalidError, NotFoundError, StaleError
from chassis.kernel.ids import new_id
from services.indicators.contract import commands
from services.indicators.domain.shipped import shipped_frameworks
from services.indicators.handlers import framework as handlers
from services.indicators.handlers.starter import load_frameworks
from tests.unit.indicators.builders import a_framework, an_indicator, change, faults
from tests.unit.indicators.fakes import FakeWork, World


@pytest.fixture
def world():
    return World()


@pytest.mark.parametrize("role", ["statistician", "secretariat", "admin"])
def test_a_framework_is_entered_and_told_of(world, role):
    body = {"code": "PLAN", "name": "Plan", "starts": 2022, "ends": 2022}
    made = world.perform(handlers.create_framework, commands.CreateFrameworkSchema(), body, role)
    assert (made.version, made.visibility, made.created_by, made.nodes) == (1, "public", role, ())
    assert world.told() == ["framework.created"]
    assert world.events[0]["data"]["code"] == "PLAN"


def test_every_fault_of_a_tree_is_told_at_once(world):
    nodes = [
        {"code": "A"},
        {"code": "A"},
        {"code": "B", "parent": "nowhere"},
        {"code": "C", "parent": "D"},
        {"code": "D", "parent": "C"},
        {"code": "E", "parent": "E"},
        {"code": "F", "parent": "C"},
    ]
    with pytest.raises(InvalidError) as refused:
        a_framework(world, starts=2026, ends=2022, nodes=nodes)
    assert faults(refused) == {
        ("ends", "ends-before-start"),
        ("nodes.1.code", "code-twice"),
        ("nodes.2.parent", "parent-not-found"),
        ("nodes.3.parent", "parent-cycle"),
        ("nodes.4.parent", "parent-cycle"),
        ("nodes.5.parent", "parent-cycle"),
    }
    assert world.events == []


@given(st.lists(st.integers(0, 50), max_size=40))
def test_any_tree_is_sound_and_closing_it_into_a_ring_is_not(above):
    world = World()
    nodes = [{"code": "0"}]
    nodes += [{"code": str(place + 1), "parent": str(up % (place + 1))} for place, up in enumerate(above)]
    a_framework(world, nodes=nodes)
    leaf = nodes[-1]["code"]
    with pytest.raises(InvalidError) as refused:
        a_framework(world, code="RING", nodes=[{"code": "0", "parent": leaf}, *nodes[1:]])
    assert {code for _, code in faults(refused)} == {"parent-cycle"}


def test_a_code_is_taken_whatever_its_case(world):
    a_framework(world, code="Plan-1")
    with pytest.raises(ConflictError, match="framework-code-taken"):
        a_framework(world, code="PLAN-1")


def test_a_change_is_a_version_and_an_event_and_a_change_of_nothing_is_none(world):
    made = a_framework(world)
    changed = change(world, "framework", made.id, version=1, name="Autre nom")
    assert (changed.version, changed.name) == (2, "Autre nom")
    assert change(world, "framework", made.id, name="Autre nom").version == 2
    assert world.told() == ["framework.created", "framework.changed"]
    assert world.events[-1]["data"]["changed"] == ["name"]


def test_a_change_is_checked_as_a_whole(world):
    made = a_framework(world)
    with pytest.raises(InvalidError) as refused:
        change(world, "framework", made.id, ends=2021)
    assert faults(refused) == {("ends", "ends-before-start")}


def test_a_change_of_what_is_gone_or_moved_on_is_refused(world):
    made = a_framework(world)
    with pytest.raises(NotFoundError, match="framework-not-found"):
        change(world, "framework", new_id(), name="x")
    with pytest.raises(StaleError, match="stale-version"):
        change(world, "framework", made.id, version=2, name="x")


def test_a_line_that_indicators_stand_at_stays(world):
    made = a_framework(world)
    an_indicator(world, framework_id=made.id, node_code="A1.1")
    with pytest.raises(InvalidError) as refused:
        change(world, "framework", made.id, nodes=[{"code": "A1"}])
    assert faults(refused) == {("nodes", "framework-node-in-use")}
    assert change(world, "framework", made.id, nodes=[{"code": "A1.1"}]).version == 2


def test_a_node_of_a_change_needs_its_code_as_one_of_a_new_framework_does(world):
    made = a_framework(world)
    with pytest.raises(InvalidError) as refused:
        change(world, "framework", made.id, nodes=[{"parent": "A1"}])
    assert faults(refused) == {("nodes.0.code", "required")}


def test_what_ships_is_entered_once_and_left_alone_afterwards(world):
    def load() -> int:
        return load_frameworks(FakeWork(world, ("admin",)))

    assert load() == len(shipped_frameworks()) == 2
    first = next(iter(world.frameworks.rows.values()))
    change(world, "framework", first.id, name="Nom d'ici")
    assert load() == 0
    assert world.frameworks.rows[first.id].name == "Nom d'ici"
    assert {one.visibility for one in world.frameworks.rows.values()} == {"public"}
