"""From a stored record to the copies of other services, over the real broker and store.

Numbers in brackets are the cases of chassis/events/consumer.py.
"""

import json
from typing import Any

import pytest
from kombu import Connection

from chassis.broker.topology import EVENTS
from chassis.contract.envelope import CONTENT_TYPE
from chassis.kernel.errors import ConflictError, StaleError
from tests.integration.node import Node
from tests.integration.parked import parked_count

ON_INSTITUTION = "meetings.on_institution"


@pytest.fixture(scope="module", autouse=True)
def running(node: Node) -> None:
    """The actors publish, the meetings keep copies."""
    node.run("actors", "meetings")


def make(node: Node, name: str, **fields: Any) -> dict[str, Any]:
    return dict(node.call("actors", "create_institution", {"name": name, **fields}))


def copy_of(node: Node, id: str) -> dict[str, Any] | None:
    return node.database("meetings")["replica_institution"].find_one({"_id": id})


def publish(node: Node, body: bytes, key: str, **properties: Any) -> None:
    with Connection(node.amqp_uri) as connection:
        properties = {"content_type": CONTENT_TYPE, "content_encoding": "utf-8", "delivery_mode": 2} | properties
        connection.Producer(auto_declare=False).publish(body, exchange=EVENTS, routing_key=key, **properties)


def parked(node: Node) -> int:
    return parked_count(node, "meetings")


def event_of(node: Node, id: str) -> dict[str, Any]:
    (event,) = node.events("actors", subject=id)
    return event


def test_an_event_has_the_shape_of_the_contract(node: Node) -> None:
    made = make(node, "Institution de la forme", acronym="IDF")
    event = event_of(node, made["id"])
    assert event["specversion"] == "1.0"
    assert event["type"] == "gtm.actors.institution.created.v1"
    assert event["source"] == "/nodes/central/actors"
    assert event["subject"] == made["id"]
    assert event["origin"] == "central"
    assert event["recordversion"] == 1
    assert event["visibility"] == "public"
    assert event["actor"] == "tester"
    assert event["dataschema"].endswith("/api/v1/schemas/gtm.actors.institution.created.v1")
    assert "name" in event["data"].pop("changed")
    assert event["data"] == made


def test_the_copy_equals_the_record(node: Node, eventually: Any) -> None:
    made = make(node, "Institution copiée", aliases=["Copie"])
    copy = eventually(lambda: copy_of(node, made["id"]))
    assert {name: copy[name] for name in made if name != "id"} == {n: v for n, v in made.items() if n != "id"}


def test_each_version_has_one_event_and_the_copy_follows(node: Node, eventually: Any) -> None:
    made = make(node, "Institution changée")
    for version, note in enumerate(("un", "deux", "trois"), start=1):
        node.call("actors", "change_institution", {"id": made["id"], "version": version, "changes": {"note": note}})
    eventually(lambda: (copy_of(node, made["id"]) or {}).get("recordversion") == 4)
    assert [event["recordversion"] for event in node.events("actors", subject=made["id"])] == [1, 2, 3, 4]
    assert copy_of(node, made["id"])["note"] == "trois"  # type: ignore[index]


def test_a_change_that_changes_nothing_has_no_event(node: Node) -> None:
    made = make(node, "Institution inchangée", note="la même")
    same = node.call("actors", "change_institution", {"id": made["id"], "changes": {"note": "la même"}})
    assert same["version"] == 1
    assert len(node.events("actors", subject=made["id"])) == 1


def test_a_refused_record_leaves_no_event(node: Node) -> None:
    make(node, "Institution unique")
    before = node.events("actors", type="gtm.actors.institution.created.v1")
    with pytest.raises(ConflictError) as refused:
        make(node, "INSTITUTION  Unique")
    assert refused.value.code == "institution-name-taken"
    assert node.events("actors", type="gtm.actors.institution.created.v1") == before


def test_a_stale_version_changes_nothing(node: Node) -> None:
    made = make(node, "Institution disputée")
    change = {"id": made["id"], "version": 1, "changes": {"note": "premier"}}
    node.call("actors", "change_institution", change)
    with pytest.raises(StaleError):
        node.call("actors", "change_institution", change | {"changes": {"note": "second"}})
    assert node.call("actors", "get_institution", {"id": made["id"]})["note"] == "premier"


def test_the_same_event_again_is_applied_once(node: Node, eventually: Any) -> None:
    made = make(node, "Institution répétée")
    event = event_of(node, made["id"])
    eventually(lambda: copy_of(node, made["id"]))
    node.database("meetings")["replica_institution"].update_one({"_id": made["id"]}, {"$set": {"note": "témoin"}})
    for _ in range(3):
        publish(node, json.dumps(event).encode(), "central.public.actors.institution.created", message_id=event["id"])
    other = make(node, "Institution d'après")
    eventually(lambda: copy_of(node, other["id"]))
    assert copy_of(node, made["id"])["note"] == "témoin"  # type: ignore[index]


def test_an_older_version_that_comes_late_is_ignored(node: Node, eventually: Any) -> None:
    made = make(node, "Institution retardée")
    old = event_of(node, made["id"])
    node.call("actors", "change_institution", {"id": made["id"], "changes": {"note": "nouvelle"}})
    eventually(lambda: (copy_of(node, made["id"]) or {}).get("recordversion") == 2)
    late = old | {"id": "01890000-0000-7000-8000-000000000001"}
    publish(node, json.dumps(late).encode(), "central.public.actors.institution.created")
    other = make(node, "Institution d'après le retard")
    eventually(lambda: copy_of(node, other["id"]))
    assert copy_of(node, made["id"])["note"] == "nouvelle"  # type: ignore[index]


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"\xff\xfe not json", "bytes"),
        (b'{"specversion": "1.0"}', "no type"),
        (
            b'{"specversion":"1.0","id":"x","source":"/nodes/central/actors","type":"gtm.actors.institution.created.v9"}',
            "v9",
        ),
        (b"[" * 100_000, "deep"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_what_cannot_be_read_is_parked_and_the_next_is_handled(
    node: Node, eventually: Any, body: bytes, why: str
) -> None:
    """(1), (3)"""
    before = parked(node)
    publish(node, body, "central.public.actors.institution.created")
    other = make(node, f"Institution après {why}")
    eventually(lambda: copy_of(node, other["id"]))
    eventually(lambda: parked(node) == before + 1, within=15)


def test_an_event_in_the_name_of_another_node_is_parked(node: Node, eventually: Any) -> None:
    """(3)"""
    made = make(node, "Institution contrefaite")
    before = parked(node)
    forged = event_of(node, made["id"]) | {"id": "01890000-0000-7000-8000-000000000002", "origin": "agadez"}
    publish(node, json.dumps(forged).encode(), "central.public.actors.institution.created")
    eventually(lambda: parked(node) == before + 1, within=15)
