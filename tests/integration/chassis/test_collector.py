"""What lies in `<service>.parked` comes into the service's store, whole and once, however it got there."""

import json
import struct
import sys
from datetime import datetime
from hashlib import sha256
from typing import Any

import pytest
from amqp import Message
from kombu import Connection

from chassis.broker.topology import EVENTS
from chassis.contract.envelope import CONTENT_TYPE
from chassis.kernel.ids import new_id
from tests.faults.flood import RawMessage
from tests.integration.node import Node

KEY, QUEUE, PARKED = "central.public.actors.institution.created", "meetings.on_institution", "meetings.parked"
LIES: dict[str, Any] = {
    "x-origin-queue": "meetings.on_group",
    "x-parked-id": "lying-lying",
    "x-reason": "a lie",
    "x-replay": "lies",
}
LIES |= {"x-origin-routing-key": "agadez.public.actors.institution.created", "CC": ["nowhere"]}


@pytest.fixture(scope="module", autouse=True)
def running(node: Node) -> None:
    """Actors publish; the meetings service comes when a test has prepared its queues."""
    node.run("actors")


def publish(node: Node, *messages: Message, exchange: str = "", key: str = PARKED) -> None:
    """As they are, confirmed."""
    options = {"confirm_publish": True}
    with Connection(node.amqp_uri, transport_options=options) as connection:
        for message in messages:
            connection.channel().basic_publish(message, exchange=exchange, routing_key=key, mandatory=True, timeout=10)


def kept(node: Node) -> list[dict[str, Any]]:
    return list(node.database("meetings")["parked"].find().sort("parked_at"))


def waiting(node: Node, queue: str) -> int:
    with Connection(node.amqp_uri) as connection:
        return int(connection.channel().queue_declare(queue, passive=True).message_count)


def kill_its_readers(node: Node, queue: str) -> None:
    """What a message does whose handler ends the process: it is given back until the broker gives it up."""
    with Connection(node.amqp_uri) as connection:
        channel = connection.channel()
        while (message := channel.basic_get(queue, no_ack=False)) is not None:
            channel.basic_reject(message.delivery_tag, requeue=True)


def start(node: Node) -> None:
    if "meetings" not in node.processes:
        node.run("meetings")


def clear(node: Node) -> None:
    for one in kept(node):
        node.call("meetings", "drop_parked", {"id": one["_id"], "reason": "essai"})


def test_what_the_broker_gave_up_is_kept_and_can_be_replayed(node: Node, eventually: Any) -> None:
    """With what the broker says of it, not with what its sender wrote; two that differ in nothing are counted."""
    eventually(lambda: waiting(node, QUEUE) >= 40)  # the starter directory, which nobody reads yet
    with Connection(node.amqp_uri) as connection:
        connection.channel().queue_purge(QUEUE)
    made = node.call("actors", "create_institution", {"name": "Celle qui tue"})
    eventually(lambda: waiting(node, QUEUE) == 1)
    kill_its_readers(node, QUEUE)
    (event,) = node.events("actors", subject=made["id"])
    lying = Message(json.dumps(event).encode(), content_type=CONTENT_TYPE, application_headers=LIES, type="lies")
    publish(node, lying, lying, exchange=EVENTS.name, key=KEY)
    kill_its_readers(node, QUEUE)
    eventually(lambda: waiting(node, PARKED) == 3, within=30)
    start(node)
    eventually(lambda: sum(one["copies"] for one in kept(node)) == 3)
    for one in kept(node):
        assert (one["queue"], one["routing_key"], one["attempts"]) == (QUEUE, KEY, None)
        assert "process died" in one["reason"]
        assert one["_id"] != LIES["x-parked-id"]
        assert datetime.fromisoformat(one["last_failed"]).tzinfo is not None
    copies = node.database("meetings")["replica_institution"]
    assert copies.find_one({"_id": made["id"]}) is None
    many = len(kept(node))
    assert node.call("meetings", "replay_parked", {})["replayed"] == many
    eventually(lambda: copies.find_one({"_id": made["id"]}))
    eventually(lambda: waiting(node, QUEUE) == 0)
    assert kept(node) == []


def test_no_property_or_header_is_too_strange_to_be_kept(node: Node, eventually: Any) -> None:
    start(node)
    beyond_the_calendar: Any = RawMessage(b"raw")
    beyond_the_calendar.entry = b"\x01hT" + struct.pack(">Q", 2**63)
    strange: list[Message] = [beyond_the_calendar, Message(b"no text", content_type=b"\xff\xfe\xfa")]
    headers: dict[str, Any] = {"$set": {"a.b": [None, 2**63 - 1, b"\xff"]}, "x-death": "none", "x-attempts": "many"}
    strange.append(Message(b"\xff\x00{", content_encoding="rot13", content_type="é" * 100, application_headers=headers))
    strange.append(Message(b"", application_headers={"x-death": [7], "x-parked-id": "../../x", "x-reason": 3}))
    strange.append(Message(b"", application_headers={"x-death": [{"routing-keys": 1, "exchange": 2, "time": 3}]}))
    for number, message in enumerate(strange, start=1):
        publish(node, message)
        found = eventually(lambda number=number: kept(node) if len(kept(node)) == number else None)
        assert found[-1]["body"] == message.body
    process = node.processes["meetings"]
    assert process.poll() is None
    for one in node.call("meetings", "list_parked", {})["items"]:
        assert node.call("meetings", "get_parked", {"id": one["id"]})["bytes"] == one["bytes"]
    clear(node)


def test_a_body_larger_than_a_document_is_kept_whole(node: Node, eventually: Any) -> None:
    """And sent back whole: the consumer says how many bytes it was given."""
    start(node)
    body = bytes(range(256)) * (20 * 4096)
    headers = {"x-parked-id": new_id(), "x-origin-queue": QUEUE, "x-reason": "large"}
    publish(node, Message(body, application_headers=headers))
    (one,) = eventually(lambda: kept(node), within=60)
    pieces = list(node.database("meetings")["parked_pieces"].find().sort("number"))
    assert (one["bytes"], one["sha256"], len(pieces)) == (len(body), sha256(body).hexdigest(), 20)
    assert b"".join(piece["bytes"] for piece in pieces) == body
    assert "body_base64" in node.call("meetings", "get_parked", {"id": one["_id"]})
    node.call("meetings", "replay_parked", {"id": one["_id"]})
    again = eventually(lambda: [found for found in kept(node) if found["_id"] != one["_id"]], within=60)
    assert again[0]["reason"] == f"UnreadableEventError: {len(body)} bytes, more than {4 * 1024 * 1024}"
    assert again[0]["sha256"] == one["sha256"]
    owners = node.database("meetings")["parked_pieces"].distinct("of")
    assert owners == [again[0]["_id"]]
    clear(node)
    # Dropped is kept too.
    assert node.database("meetings")["parked_pieces"].count_documents({"of": again[0]["_id"]}) == 20


def test_several_processes_collect_and_none_doubles(node: Node, eventually: Any) -> None:
    """Also when the same message was parked twice: its id tells (chassis/events/consumer.py, case 5)."""
    start(node)
    own = node.environment(GTM_OPS_PORT="0")
    node.spawn("meetings again", [sys.executable, "-m", "chassis.runner", "meetings"], own)
    eventually(lambda: node.queue(PARKED).get("consumers") == 2, within=40)
    ids = [new_id() for _ in range(100)]
    noted = {"x-origin-queue": QUEUE, "x-reason": "many"}
    publish(node, *(Message(id, application_headers={**noted, "x-parked-id": id}) for id in [*ids, *ids]))
    publish(node, *(Message(f"without {number}", application_headers=noted) for number in range(50)))
    publish(node, *(Message("the same", application_headers=noted) for _ in range(10)))
    publish(node, Message("another", application_headers={**noted, "x-parked-id": ids[0]}))
    eventually(lambda: sum(one["copies"] for one in kept(node)) == 100 + 50 + 10 + 1, within=60)
    eventually(lambda: waiting(node, PARKED) == 0)
    node.stop("meetings again")
    assert {one["_id"] for one in kept(node)} > set(ids)
    assert len(kept(node)) == 100 + 50 + 1 + 1
    answer = node.call("meetings", "list_parked", {"page_size": 1000})
    assert [one["copies"] for one in answer["items"] if one["copies"] > 1] == [10]
    clear(node)
    publish(node, Message(ids[1], application_headers={**noted, "x-parked-id": ids[1]}))  # dropped already
    publish(node, Message("the last", application_headers={**noted, "x-parked-id": new_id()}))
    eventually(lambda: [one for one in kept(node) if one["body"] == b"the last"])
    assert len(kept(node)) == 1
    clear(node)
