"""What an operator sees and does: parked messages, lag, replays. The numbers are those of chassis/consumer.py."""

import json
from typing import Any

import pytest
from kombu import Connection

from chassis.envelope import CONTENT_TYPE
from chassis.kernel.errors import ForbiddenError, NotFoundError
from chassis.topology import EVENTS
from tests.integration.node import Node

KEY = "central.public.actors.institution.created"


@pytest.fixture(scope="module", autouse=True)
def running(node: Node, eventually: Any) -> None:
    """Actors publish, meetings consume."""
    node.run("actors", "meetings")
    eventually(lambda: node.database("meetings")["replica_institution"].count_documents({}) >= 40, within=20)


def publish(node: Node, body: bytes) -> None:
    with Connection(node.amqp_uri) as connection:
        connection.Producer(auto_declare=False).publish(
            body, exchange=EVENTS, routing_key=KEY, content_type=CONTENT_TYPE, content_encoding="utf-8", delivery_mode=2
        )


def parked(node: Node) -> list[dict[str, Any]]:
    return list(node.call("meetings", "list_parked", {})["items"])


def test_a_parked_message_is_listed_shown_and_dropped_with_a_reason(node: Node, eventually: Any) -> None:
    publish(node, b"nobody can read this")
    (summary,) = eventually(lambda: parked(node))
    assert summary["queue"] == "meetings.on_institution"
    assert "not a CloudEvent" in summary["reason"]
    assert summary["attempts"] == 1
    whole = node.call("meetings", "get_parked", {"id": summary["id"]})
    assert whole["body_base64"] == "bm9ib2R5IGNhbiByZWFkIHRoaXM="
    assert [one["id"] for one in parked(node)] == [summary["id"]]  # looking takes nothing away
    node.call("meetings", "drop_parked", {"id": summary["id"], "reason": "essai d'exploitation"})
    assert parked(node) == []
    kept = node.database("meetings")["dropped"].find_one({"_id": summary["id"]})
    assert kept is not None
    assert (kept["body"], kept["reason"], kept["by"]) == (b"nobody can read this", "essai d'exploitation", "tester")


def test_a_parked_message_is_tried_again(node: Node, eventually: Any) -> None:
    """Parked for want of a schema field, it is parked again: the replay really goes through the consumer."""
    made = node.call("actors", "create_institution", {"name": "Institution à rejouer"})
    (event,) = node.events("actors", subject=made["id"])
    broken = event | {"id": "01890000-0000-7000-8000-00000000000a", "data": {"name": 3}}
    publish(node, json.dumps(broken).encode())
    (first,) = eventually(lambda: parked(node))
    assert node.call("meetings", "replay_parked", {"id": first["id"]}) == {"replayed": 1}
    again = eventually(lambda: [one for one in parked(node) if one["id"] != first["id"]])
    assert again[0]["attempts"] == 1
    node.call("meetings", "drop_parked", {"id": again[0]["id"], "reason": "essai"})


def test_operators_calls_are_for_the_admin(node: Node) -> None:
    for method in ("list_parked", "lag", "replay_parked"):
        with pytest.raises(ForbiddenError):
            node.call("meetings", method, {}, roles=("secretariat",))
    with pytest.raises(NotFoundError):
        node.call("meetings", "get_parked", {"id": "nothing"})


def test_lag_counts_what_waits(node: Node) -> None:
    lag = node.call("meetings", "lag", {})
    assert lag["outbox"]["waiting"] == 0
    assert lag["queues"]["meetings.on_institution"] == 0
    assert "meetings.parked" in lag["queues"]


def test_copies_are_rebuilt_from_the_log(node: Node, eventually: Any) -> None:
    node.call("actors", "create_institution", {"name": "Institution reconstruite", "acronym": "IRC"})
    copies = node.database("meetings")["replica_institution"]
    eventually(lambda: copies.find_one({"acronym": "IRC"}))
    before = {one["_id"]: one for one in copies.find()}
    assert node.call("meetings", "forget_copies", {"noun": "institution"})["forgotten"] == len(before)
    cursor, run, sent = None, None, 0
    while True:
        page = {"queue": "meetings.on_institution", "page_size": 20, "cursor": cursor, "run": run}
        answer = node.call("actors", "resend_events", page)
        cursor, run, sent = answer["next_cursor"], answer["run"], sent + answer["sent"]
        if cursor is None:
            break
    assert sent >= len(before)
    eventually(lambda: {one["_id"]: one for one in copies.find()} == before, within=20)
