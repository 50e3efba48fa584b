"""Processes die and the store goes away while parked messages are collected, or replayed: none is lost, none doubled.

The numbers are those of chassis/parking/collector.py and chassis/parking/lot.py.
"""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from amqp import Message
from kombu import Connection

from chassis.kernel.errors import PlatformError
from chassis.kernel.ids import new_id
from chassis.parking.message import PIECE
from tests.faults.own import start_own
from tests.integration.eventually import eventually
from tests.integration.node import Node

pytestmark = [pytest.mark.slow]
READER = "tests.faults.ledger"
SERVICES = f"actors {READER}"
QUEUE, PARKED = "ledger.on_institution", "ledger.parked"
UNREADABLE = {"x-origin-queue": QUEUE, "x-reason": "UnreadableEventError: a test", "x-attempts": 1}


def park(node: Node, body: bytes, **headers: Any) -> None:
    with Connection(node.amqp_uri, transport_options={"confirm_publish": True}) as connection:
        message = Message(body, application_headers=UNREADABLE | headers, delivery_mode=2)
        connection.channel().basic_publish(message, routing_key=PARKED, mandatory=True, timeout=10)


def kept(node: Node) -> list[dict[str, Any]]:
    return list(node.database("ledger")["parked"].find())


def waiting(node: Node) -> int:
    with Connection(node.amqp_uri) as connection:
        return int(connection.channel().queue_declare(PARKED, passive=True).message_count)


def died(node: Node) -> bool:
    return node.processes[READER].poll() == -9


def run(node: Node, crash_at: str = "") -> None:
    node.processes.pop(READER, None)
    node.run(READER, GTM_SERVICES=SERVICES, GTM_CRASH_AT=crash_at)


@pytest.mark.parametrize("given", [True, False], ids=["with an id", "without"])
@pytest.mark.parametrize("point", ["collector.taken", "collector.pieces", "collector.stored"])
def test_killed_while_collecting(make_node: Callable[..., Node], point: str, given: bool) -> None:
    """(1, 2) The second of three messages is at the fault, and larger than a document."""
    node = make_node()
    run(node, f"{point}:{1 if point == 'collector.pieces' else 2}")
    bodies = [b"first", b"second" * (PIECE // 3), b"third"]
    for body in bodies:
        park(node, body, **({"x-parked-id": new_id()} if given else {}))
    eventually(lambda: died(node))
    run(node)
    eventually(lambda: len(kept(node)) == 3 and waiting(node) == 0)
    node.stop(READER)  # whatever it still held would be back in the queue
    assert waiting(node) == 0
    assert sorted(one["bytes"] for one in kept(node)) == sorted(len(body) for body in bodies)
    assert [one["copies"] for one in kept(node)] == [1, 1, 1]
    pieces = list(node.database("ledger")["parked_pieces"].find().sort("number"))
    assert b"".join(piece["bytes"] for piece in pieces) == bodies[1]


@pytest.mark.parametrize("point", ["parking.sent_back", "parking.noted"])
def test_killed_while_replaying(make_node: Callable[..., Node], point: str) -> None:
    """(1, 2) It is listed still; replayed once more it is gone, and came to its queue at least once."""
    node = make_node()
    run(node, point)
    park(node, b"unreadable", **{"x-parked-id": "the-first-one"})
    eventually(lambda: kept(node))
    with contextlib.suppress(TimeoutError, OSError, PlatformError):
        node.call("ledger", "replay_parked", {"id": "the-first-one"}, within=5)
    eventually(lambda: died(node))
    run(node)
    # Nobody had the answer, so the broker gave the call to the new process: then the message is gone already.
    with contextlib.suppress(PlatformError):
        node.call("ledger", "replay_parked", {"id": "the-first-one"})
    eventually(lambda: kept(node) and all(one["_id"] != "the-first-one" for one in kept(node)))
    assert node.database("ledger")["replayed"].count_documents({"_id": "the-first-one"}) == 1
    assert {one["body"] for one in kept(node)} == {b"unreadable"}


@pytest.fixture
def own_node(tmp_path: Path) -> Iterator[tuple[Node, Any]]:
    """On a store that can be killed alone."""
    broker, store, surroundings = start_own(tmp_path)
    node = Node(surroundings, tmp_path)
    try:
        yield node, store
    finally:
        node.close()
        broker.close()
        store.close()


def test_while_the_store_is_away_messages_wait_without_a_spin(own_node: tuple[Node, Any]) -> None:
    """(3) Those that come then, and those that had been taken."""
    node, store = own_node
    run(node)
    park(node, b"before")
    eventually(lambda: len(kept(node)) == 1)
    store.kill()
    for number in range(10):
        park(node, f"meanwhile {number}".encode())
    eventually(lambda: node.log(READER).count("collector.held") >= 6)
    process = node.processes[READER]
    store.start()
    eventually(lambda: len(kept(node)) == 11)
    assert process.poll() is None
    assert waiting(node) == 0
    assert [one["copies"] for one in kept(node)] == [1] * 11
    # It holds four at a time, and the pauses grow: some dozens of attempts in half a minute, not thousands.
    assert node.log(READER).count("collector.held") < 200
