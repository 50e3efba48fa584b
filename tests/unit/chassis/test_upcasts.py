"""Older versions of an event are lifted, step by step, to the one a consumer declares; newer ones are unreadable."""

import json
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import EXCLUDE, Schema, fields

from chassis.broker.topology import EVENTS, Subscription
from chassis.contract.envelope import EventType, UnreadableEventError, read
from chassis.contract.schema import Choice, Part, RecordSchema, Text, Whole, many, maybe
from chassis.contract.upcast import LiftError, Upcast, complete, lift

STEM = "gtm.trees.tree.planted"


def name_in_two(data: dict[str, Any]) -> dict[str, Any]:
    """v1 → v2: `name` became `latin` and `common`; this step alters what it is given, as a careless one may."""
    latin, _, common = data.pop("name").partition(",")
    data["changed"] = [
        word for name in data["changed"] for word in (("latin", "common") if name == "name" else (name,))
    ]
    return {**data, "latin": latin, "common": common.strip() or None}


def height_in_centimetres(data: dict[str, Any]) -> dict[str, Any]:
    """v2 → v3: metres became centimetres."""
    return {**data, "height": data["height"] * 100}


TO_2, TO_3 = Upcast(1, name_in_two), Upcast(2, height_in_centimetres)


class BranchSchema(Part):
    length = Whole(0, 1000, required=True)
    state = Choice("green", "dry", load_default="green")


class TreeSchema(RecordSchema):
    latin = Text(100, required=True)
    common = maybe(Text, 100)
    height = Whole(0, 10_000, required=True)
    branches = many(BranchSchema)


PLANTED = EventType(f"{STEM}.v3", TreeSchema, "A tree was planted.", (TO_2, TO_3))
FELLED = EventType("gtm.trees.tree.felled.v1", TreeSchema, "A tree fell.")


def tree(**fields: Any) -> dict[str, Any]:
    instant = "2026-02-03T09:00:00.000Z"
    born = {"created_at": instant, "created_by": "a-1", "updated_at": instant, "updated_by": "a-1"}
    id = "01946f2a-0000-7000-8000-000000000001"
    return {"id": id, "origin": "central", "version": 1, "visibility": "gtm", **born, **fields}


def message(type: str, **data: Any) -> bytes:
    envelope = {
        "specversion": "1.0",
        "id": "01946f2a-0000-7000-8000-000000000002",
        "source": "/nodes/central/trees",
        "type": type,
        "subject": "01946f2a-0000-7000-8000-000000000001",
        "time": "2026-02-03T09:00:00.000Z",
        "datacontenttype": "application/json",
        "origin": "central",
        "recordversion": 1,
        "incarnation": 1,
        "visibility": "gtm",
        "actor": "a-1",
        "correlationid": "c-1",
        "data": tree(**data),
    }
    return json.dumps(envelope).encode()


@pytest.mark.parametrize(
    ("version", "sent"),
    [
        ("v1", {"name": "Faidherbia albida, gao", "height": 2, "changed": ["name"]}),
        ("v2", {"latin": "Faidherbia albida", "common": "gao", "height": 2, "changed": ["latin", "common"]}),
        ("v3", {"latin": "Faidherbia albida", "common": "gao", "height": 200, "changed": ["latin", "common"]}),
    ],
)
def test_each_version_is_read_as_the_one_that_the_consumer_declares(version: str, sent: dict[str, Any]) -> None:
    event = read(message(f"{STEM}.{version}", **sent), [FELLED, PLANTED])
    assert event.type == f"{STEM}.v3"
    assert (event.data["latin"], event.data["common"], event.data["height"]) == ("Faidherbia albida", "gao", 200)
    assert event.data["changed"] == ["latin", "common"]


@pytest.mark.parametrize(
    ("type", "reason"),
    [
        (f"{STEM}.v4", f"'{STEM}.v4' cannot be lifted to {STEM}.v3"),
        (f"{STEM}.v9999", "cannot be lifted"),
        ("gtm.trees.tree.felled.v2", "cannot be lifted"),
        (f"{STEM}.v0", "unknown type"),
        (f"{STEM}.v01", "unknown type"),
        (f"{STEM}.v-1", "unknown type"),
        (f"{STEM}.v٣", "unknown type"),
        (f"{STEM}.v3\n", "unknown type"),
        (f"{STEM}.v{'9' * 5000}", "unknown type"),
        (STEM, "unknown type"),
        ("\ud800", "unknown type"),
        ("gtm.trees.tree.watered.v1", "unknown type"),
        ("org.example.tree.planted.v1", "unknown type"),
    ],
)
def test_newer_versions_and_unknown_types_are_unreadable(type: str, reason: str) -> None:
    with pytest.raises(UnreadableEventError, match=reason):
        read(message(type, latin="Faidherbia albida", height=2, changed=[]), [FELLED, PLANTED])


def test_a_version_older_than_the_first_step_is_unreadable() -> None:
    from_two_on = EventType(f"{STEM}.v3", TreeSchema, "A tree was planted.", (TO_3,))
    body = message(f"{STEM}.v1", name="gao", height=2, changed=[])
    with pytest.raises(UnreadableEventError, match="cannot be lifted"):
        read(body, [from_two_on])


@pytest.mark.parametrize("height", [None, "2", [2], {}, {"metres": 2}])
def test_data_that_are_not_of_the_version_they_claim_are_unreadable(height: Any) -> None:
    for data in ({"name": "gao", "height": height}, {"height": 2}, {"name": 7, "height": 2}):
        with pytest.raises(UnreadableEventError):
            read(message(f"{STEM}.v1", **data, changed=[]), [PLANTED])


def test_of_two_known_versions_the_nearest_reads() -> None:
    second = EventType(f"{STEM}.v2", TreeSchema, "A tree was planted.", (TO_2,))
    body = message(f"{STEM}.v1", name="gao", height=2, changed=[])
    assert read(body, [PLANTED, second]).type == second.name
    assert read(body, [second, PLANTED]).type == second.name


@pytest.mark.parametrize(
    ("name", "upcasts"),
    [
        (f"{STEM}.v2", (TO_3,)),
        (f"{STEM}.v3", (TO_2,)),
        (f"{STEM}.v3", (TO_3, TO_2)),
        (f"{STEM}.v1", (Upcast(0, dict),)),
        (f"{STEM}.v0", ()),
        (f"{STEM}", ()),
        ("trees.tree.planted.v1", ()),
        ("gtm.trees.Tree.planted.v1", ()),
    ],
)
def test_a_type_whose_steps_do_not_lead_to_it_cannot_be_declared(name: str, upcasts: tuple[Upcast, ...]) -> None:
    with pytest.raises(ValueError, match="steps do not lead there"):
        EventType(name, TreeSchema, "Wrong.", upcasts)


def test_bindings_carry_no_version_so_that_a_queue_takes_all_of_them() -> None:
    queue = Subscription("forest.on_tree", (PLANTED,))
    assert queue.bindings() == [(EVENTS, ["*.*.trees.tree.planted"])]
    assert [queue.takes(f"{STEM}.v{version}") for version in range(5)] == [False, True, True, True, False]


TREES = st.fixed_dictionaries(
    {"name": st.text(max_size=20), "height": st.integers(0, 100), "changed": st.lists(st.sampled_from(["name", "id"]))},
    optional={"of_a_later_year": st.dictionaries(st.text(max_size=3), st.integers() | st.none())},
)


@given(TREES)
def test_lifting_over_two_versions_is_lifting_twice(data: dict[str, Any]) -> None:
    assert lift(data, (TO_2, TO_3)) == lift(lift(data, (TO_2,)), (TO_3,))
    assert lift(data, ()) == data


@given(TREES)
def test_lifting_leaves_what_it_was_given_as_it_was(data: dict[str, Any]) -> None:
    before = deepcopy(data)
    lift(data, (TO_2, TO_3))
    assert data == before


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["name", "height", "x"]), inner),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(["name", "height", "changed", "x"]), JSON))
def test_whatever_the_data_are_they_are_lifted_or_refused(data: dict[str, Any]) -> None:
    try:
        lifted = lift(data, (TO_2, TO_3))
    except LiftError:
        return
    assert isinstance(lifted, dict)


def test_fields_that_came_since_are_as_if_they_had_been_left_out() -> None:
    body = message(f"{STEM}.v3", latin="Acacia nilotica", height=1, branches=[{"length": 3}], changed=[], strange=1)
    data = read(body, [PLANTED]).data
    assert data["common"] is None
    assert data["branches"] == [{"length": 3, "state": "green"}]
    assert data["strange"] == 1
    assert read(message(f"{STEM}.v3", latin="Acacia nilotica", height=1), [PLANTED]).data["branches"] == []


def test_two_events_never_share_what_was_filled_in() -> None:
    one: dict[str, Any] = {}
    other: dict[str, Any] = {}
    for data in (one, other):
        complete(data, TreeSchema())
    one["branches"].append("x")
    assert other["branches"] == []


@given(JSON)
def test_completing_bears_any_json(data: Any) -> None:
    class Deep(Schema):
        class Meta:
            unknown = EXCLUDE

        name = fields.Nested(BranchSchema)
        x = many(BranchSchema)

    complete(data, Deep())
