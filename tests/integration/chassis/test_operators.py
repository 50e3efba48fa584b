"""What an operator sees and does: parked messages, lag, replays. Numbers as in chassis/events/consumer.py."""

import json
from typing import Any

import pytest
from kombu import Connection

from chassis.broker.topology import EVENTS
from chassis.contract.envelope import CONTENT_TYPE
from chassis.kernel.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
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
    for _ in range(30):  # looking takes nothing away, and looks after each other see the same
        assert [one["id"] for one in parked(node)] == [summary["id"]]
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
    told = node.database("meetings")["replayed"].find_one({"_id": first["id"]})
    assert told is not None
    assert (told["by"], told["queue"], told["reason"]) == ("tester", "meetings.on_institution", first["reason"])


def test_what_is_parked_is_read_page_by_page_and_chosen_from(node: Node, eventually: Any) -> None:
    bodies = [json.dumps({"number": number}).encode() for number in range(7)]
    for body in bodies:
        publish(node, body)
    publish(node, b"\xff of another kind (1+1)")
    eventually(lambda: len(parked(node)) == 8)
    found: list[dict[str, Any]] = []
    page: dict[str, Any] = {"next_cursor": None}
    while page["next_cursor"] or not found:
        page = node.call("meetings", "list_parked", {"page_size": 3, "cursor": page["next_cursor"]})
        assert (page["total"], len(page["items"]) <= 3) == (8, True)
        found += page["items"]
    assert found == parked(node)
    assert [one["parked_at"] for one in found] == sorted(one["parked_at"] for one in found)
    for filters, count in (
        ({"queue": "meetings.on_institution"}, 8),
        ({"queue": "meetings.on_group"}, 0),
        ({"reason": "NOT A CLOUDEVENT"}, 8),
        ({"reason": "not.a"}, 0),
        ({"type": "gtm.nothing"}, 0),
        ({"id": found[4]["id"]}, 1),
    ):
        assert node.call("meetings", "list_parked", filters)["total"] == count, filters
    with pytest.raises(InvalidError):
        node.call("meetings", "list_parked", {"cursor": "nothing of ours"})


def test_all_that_fits_is_tried_again_page_by_page_each_once(node: Node, eventually: Any) -> None:
    """What fails again is parked behind what is being replayed: the run ends, and nothing went round twice."""
    before = {one["id"] for one in parked(node)}
    assert node.call("meetings", "replay_parked", {"queue": "meetings.on_group"})["replayed"] == 0
    asked: dict[str, Any] = {"page_size": 3, "queue": "meetings.on_institution", "reason": "cloudevent"}
    replayed, pages = 0, 0
    while True:
        answer = node.call("meetings", "replay_parked", asked)
        replayed, pages = replayed + answer["replayed"], pages + 1
        assert answer["skipped"] == 0
        if answer["next_cursor"] is None:
            break
        asked |= {"cursor": answer["next_cursor"], "until": answer["until"]}
    assert (replayed, pages) == (8, 3)
    after = eventually(lambda: parked(node) if len(parked(node)) == 8 else None)
    assert before.isdisjoint(one["id"] for one in after)
    history = node.database("meetings")["replayed"]
    assert history.count_documents({"_id": {"$in": list(before)}}) == 8
    for one in after:
        node.call("meetings", "drop_parked", {"id": one["id"], "reason": "essai"})


def test_what_has_no_queue_to_go_back_to_stays(node: Node, eventually: Any) -> None:
    with Connection(node.amqp_uri) as connection:
        for headers in ({}, {"x-origin-queue": "meetings.on_nothing", "x-parked-id": "a-queue-that-was"}):
            connection.Producer(auto_declare=False).publish(b"?", routing_key="meetings.parked", headers=headers)
    ids = [one["id"] for one in eventually(lambda: parked(node) if len(parked(node)) == 2 else None)]
    codes = set()
    for id in ids:
        with pytest.raises(ConflictError) as refused:
            node.call("meetings", "replay_parked", {"id": id})
        codes.add(refused.value.code)
    assert codes == {"parked-without-queue", "parked-queue-gone"}
    answer = node.call("meetings", "replay_parked", {})
    assert (answer["replayed"], answer["skipped"], answer["next_cursor"]) == (0, 2, None)
    assert {one["id"] for one in parked(node)} == set(ids)
    for id in ids:
        node.call("meetings", "drop_parked", {"id": id, "reason": "essai"})


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
    assert lag["parked"] == 0


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
