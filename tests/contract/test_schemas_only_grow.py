"""The schemas of events only grow: what was released is compared with what the code publishes now."""

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.contract.upcast import split
from services.registry import every_event
from tests.contract.growth import bare, violations
from tests.contract.release_schemas import RELEASED, present, release, released

EVENTS = every_event()
AGAIN = "run: python -m tests.contract.release_schemas"

BRANCH: dict[str, Any] = {
    "type": "object",
    "properties": {
        "length": {"type": "integer", "minimum": 0, "maximum": 100},
        "state": {"type": "string", "enum": ["green", "dry"], "default": "green"},
    },
    "required": ["length"],
}
TREE: dict[str, Any] = {
    "type": "object",
    "properties": {
        "latin": {"type": "string", "minLength": 1, "maxLength": 100},
        "common": {"type": ["string", "null"], "default": None, "maxLength": 100},
        "planted": {"type": "string", "format": "date"},
        "code": {"type": "string", "pattern": "^[a-z]+$"},
        "branches": {"type": "array", "maxItems": 50, "items": {"$ref": "#/$defs/Branch"}},
        "longest": {"default": None, "anyOf": [{"$ref": "#/$defs/Branch"}, {"type": "null"}]},
        "marks": {"type": "object", "maxProperties": 10, "additionalProperties": {"type": "string", "maxLength": 9}},
    },
    "required": ["latin", "planted"],
    "$defs": {"Branch": BRANCH},
}


@pytest.mark.parametrize("name", sorted(EVENTS))
def test_nothing_that_was_released_is_taken_away(name: str) -> None:
    before = released(name)
    assert before is not None, f"{name} is new: {AGAIN}"
    assert violations(before, present(EVENTS[name])) == []
    assert present(EVENTS[name]) == before, f"{name} grew: {AGAIN}"


def test_each_released_type_can_still_be_read() -> None:
    names = [path.stem for path in RELEASED.iterdir()]
    assert names
    unread = [name for name in names if all(event.steps_from(name) is None for event in EVENTS.values())]
    assert unread == []


def test_every_version_between_the_first_and_the_present_was_released() -> None:
    for name in EVENTS:
        stem, version = split(name)
        assert all(released(f"{stem}.v{earlier}") is not None for earlier in range(1, version))


def changed(change: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    """The example, changed."""
    schema = deepcopy(TREE)
    change(schema)
    return schema


def field(schema: dict[str, Any], name: str) -> dict[str, Any]:
    """The schema of a field of the tree."""
    found: dict[str, Any] = schema["properties"][name]
    return found


def branch(schema: dict[str, Any], name: str) -> dict[str, Any]:
    """The schema of a field of its branches."""
    return field(schema["$defs"]["Branch"], name)


TAKEN_AWAY: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "removed": (lambda s: s["properties"].pop("common"), "common: removed or renamed"),
    "renamed": (lambda s: s["properties"].update(name=s["properties"].pop("common")), "common: removed or renamed"),
    "removed inside": (
        lambda s: s["$defs"]["Branch"]["properties"].pop("state"),
        "branches[].state: removed or renamed",
    ),
    "type changed": (lambda s: field(s, "latin").update(type="integer"), "latin: type changed from string to integer"),
    "type narrowed": (
        lambda s: field(s, "common").update(type="string"),
        "common: type changed from null or string to string",
    ),
    "type widened": (
        lambda s: field(s, "latin").update(type=["string", "null"]),
        "latin: type changed from string to null or string",
    ),
    "object no longer null": (
        lambda s: s["properties"].update(longest={"default": None, "$ref": "#/$defs/Branch"}),
        "longest: type changed from null or object to object",
    ),
    "required now": (lambda s: s["required"].append("common"), "record: common became required"),
    "required and new": (
        lambda s: (s["properties"].update(age={"type": "integer"}), s["required"].append("age")),
        "record: age became required",
    ),
    "required inside": (
        lambda s: s["$defs"]["Branch"]["required"].append("state"),
        "branches[]: state became required",
    ),
    "no longer required": (lambda s: s["required"].remove("latin"), "record: latin is no longer always there"),
    "word removed": (
        lambda s: branch(s, "state").update(enum=["green"]),
        "branches[].state: 'dry' is no longer among the words",
    ),
    "list of words": (lambda s: field(s, "latin").update(enum=["Acacia"]), "latin: became a closed list of words"),
    "maxLength lower": (lambda s: field(s, "latin").update(maxLength=99), "latin: maxLength went from 100 to 99"),
    "maxLength new": (lambda s: field(s, "planted").update(maxLength=10), "planted: maxLength went from none to 10"),
    "minLength higher": (lambda s: field(s, "latin").update(minLength=2), "latin: minLength went from 1 to 2"),
    "maximum lower": (
        lambda s: branch(s, "length").update(maximum=99),
        "branches[].length: maximum went from 100 to 99",
    ),
    "minimum higher": (
        lambda s: branch(s, "length").update(minimum=1),
        "branches[].length: minimum went from 0 to 1",
    ),
    "maxItems lower": (lambda s: field(s, "branches").update(maxItems=49), "branches: maxItems went from 50 to 49"),
    "fewer properties": (lambda s: field(s, "marks").update(maxProperties=9), "marks: maxProperties went from 10 to 9"),
    "format": (lambda s: field(s, "planted").update(format="date-time"), "planted: format changed"),
    "pattern": (lambda s: field(s, "code").update(pattern="^[a-f]+$"), "code: pattern changed"),
    "pattern new": (lambda s: field(s, "latin").update(pattern="^A"), "latin: pattern changed"),
    "default": (lambda s: branch(s, "state").update(default="dry"), "branches[].state: default changed"),
    "closed": (lambda s: s.update(additionalProperties=False), "record: additionalProperties changed"),
    "values": (
        lambda s: field(s, "marks").update(additionalProperties={"type": "string", "maxLength": 8}),
        "marks.*: maxLength went from 9 to 8",
    ),
    "items": (lambda s: field(s, "branches").update(items={"type": "object"}), "branches[].length: removed or renamed"),
    "unknown keyword": (lambda s: field(s, "latin").update({"not": {"const": "x"}}), "latin: not changed"),
}


@pytest.mark.parametrize("case", TAKEN_AWAY)
def test_whatever_is_taken_away_is_told_with_its_place(case: str) -> None:
    change, told = TAKEN_AWAY[case]
    assert told in violations(TREE, changed(change))


GROWN: dict[str, Callable[[dict[str, Any]], object]] = {
    "nothing": lambda s: None,
    "new field": lambda s: s["properties"].update(age={"type": ["integer", "null"], "default": None}),
    "new field inside": lambda s: s["$defs"]["Branch"]["properties"].update(leaves={"type": "integer"}),
    "new word": lambda s: branch(s, "state")["enum"].append("fallen"),
    "no list of words": lambda s: branch(s, "state").pop("enum"),
    "more room": lambda s: field(s, "latin").update(maxLength=200, minLength=0),
    "no limit": lambda s: field(s, "latin").pop("maxLength"),
    "more items": lambda s: field(s, "branches").update(maxItems=100),
    "words for people": lambda s: (
        s.update(title="Tree", description="…"),
        field(s, "latin").update(examples=["Acacia"]),
    ),
    "written out": lambda s: field(s, "branches").update(items=deepcopy(s["$defs"]["Branch"])),
    "another way to say null": lambda s: s["properties"].update(
        longest={"default": None, **deepcopy(BRANCH), "type": ["object", "null"]}
    ),
    "another name inside": lambda s: (
        s["$defs"].update(Limb=s["$defs"].pop("Branch")),
        field(s, "branches").update(items={"$ref": "#/$defs/Limb"}),
        field(s, "longest").update(anyOf=[{"type": "null"}, {"$ref": "#/$defs/Limb"}]),
    ),
}


@pytest.mark.parametrize("case", GROWN)
def test_growth_is_no_violation(case: str) -> None:
    assert violations(TREE, changed(GROWN[case])) == []


def test_a_schema_that_holds_itself_can_be_compared() -> None:
    node = {"type": "object", "properties": {"next": {"$ref": "#/$defs/Node"}}}
    schema = {"$ref": "#/$defs/Node", "$defs": {"Node": node}}
    assert violations(schema, deepcopy(schema)) == []


@given(st.sets(st.sampled_from(sorted(GROWN.keys() - {"another name inside"}))))
def test_growth_upon_growth_is_growth(cases: set[str]) -> None:
    schema = deepcopy(TREE)
    for case in sorted(cases):
        before = deepcopy(schema)
        GROWN[case](schema)
        assert violations(before, schema) == []
    assert violations(TREE, schema) == []


def test_what_only_people_read_is_not_released() -> None:
    schema = {"title": "x", "properties": {"title": {"type": "string", "description": "x"}}, "description": "x"}
    assert bare(schema) == {"properties": {"title": {"type": "string"}}}


def test_releasing_writes_new_types_and_growth_and_says_which(tmp_path: Path) -> None:
    assert release({"a.v1": TREE, "b.v1": TREE}, tmp_path) == (["new: a.v1", "new: b.v1"], [])
    assert release({"a.v1": TREE, "b.v1": TREE}, tmp_path) == ([], [])
    grown = changed(GROWN["new field"])
    assert release({"a.v1": grown, "b.v1": TREE}, tmp_path) == (["grown: a.v1"], [])
    assert released("a.v1", tmp_path) == grown


def test_releasing_writes_nothing_at_all_when_anything_is_taken_away(tmp_path: Path) -> None:
    release({"a.v1": TREE, "b.v1": TREE}, tmp_path)
    shrunk, grown = changed(TAKEN_AWAY["removed"][0]), changed(GROWN["new field"])
    written, against = release({"a.v1": grown, "b.v1": shrunk, "c.v1": TREE}, tmp_path)
    assert (written, against) == ([], ["b.v1: common: removed or renamed"])
    assert released("a.v1", tmp_path) == TREE
    assert released("b.v1", tmp_path) == TREE
    assert released("c.v1", tmp_path) is None
