"""A queue that is gone from the broker (docs/decisions/0031, 0034) is there again soon, and events come through."""

import re
import signal
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from amqp import Message
from kombu import Connection

from tests.integration.node import Node

QUEUE = "meetings.on_institution"
A_LOOK = 40  # seconds: the monitor looks every ten, on a busy machine a little later


@pytest.fixture(scope="module", autouse=True)
def running(node: Node, eventually: Any) -> Iterator[None]:
    node.run("actors", "meetings")
    eventually(lambda: copies(node).count_documents({}) >= 40)
    yield


def copies(node: Node) -> Any:
    return node.database("meetings")["replica_institution"]


def delete(node: Node, queue: str) -> None:
    node.surroundings.manage("DELETE", f"queues/{node.vhost}/{queue}")


def comes_through(node: Node, name: str, eventually: Any) -> None:
    made = node.call("actors", "create_institution", {"name": name})
    eventually(lambda: copies(node).find_one({"_id": made["id"]}))


def told(node: Node, process: str, queue: str) -> float:
    """How often a process has found the queue missing, by its own count."""
    with urllib.request.urlopen(f"http://127.0.0.1:{node.ports[process]}/metrics", timeout=10) as answer:
        found = re.search(rf'^gtm_queues_declared_anew_total{{queue="{queue}"}} (\S+)$', answer.read().decode(), re.M)
    return float(found[1]) if found else 0.0


def test_its_consumers_resume(node: Node, eventually: Any) -> None:
    """The broker cancels them. Both: the one of the queue, and those beside it on the same connection."""
    pid = node.processes["meetings"].pid
    delete(node, QUEUE)
    eventually(lambda: told(node, "meetings", QUEUE) + told(node, "actors", QUEUE) >= 1, within=A_LOOK)
    eventually(lambda: node.is_ready("meetings"))
    comes_through(node, "Après la file disparue", eventually)
    group = {"acronym": "GAF", "name": "Groupe après la file", "kind": "gtm", "level": "central"}
    id = node.call("actors", "create_group", group)["id"]
    eventually(lambda: node.database("meetings")["replica_group"].find_one({"_id": id}))
    assert f'"queue": "{QUEUE}"' in "".join(
        line for line in (node.log("meetings") + node.log("actors")).splitlines() if "queue.declared_anew" in line
    ).replace('":"', '": "')
    assert node.processes["meetings"].poll() is None
    assert node.processes["meetings"].pid == pid


def test_what_is_parked_is_collected_from_the_new_queue(node: Node, eventually: Any) -> None:
    delete(node, "meetings.parked")
    eventually(lambda: node.queue("meetings.parked").get("consumers") == 1, within=A_LOOK)
    with Connection(node.amqp_uri, transport_options={"confirm_publish": True}) as connection:
        connection.channel().basic_publish(Message("parked"), routing_key="meetings.parked", mandatory=True)
    eventually(lambda: node.call("meetings", "list_parked", {})["total"] == 1)


def test_a_rung_of_the_ladder_that_nobody_reads_is_seen_to_be_missing(node: Node, eventually: Any) -> None:
    delete(node, "meetings.retry.60")
    eventually(lambda: node.queue("meetings.retry.60"), within=A_LOOK)
    eventually(lambda: told(node, "meetings", "meetings.retry.60") == 1)


def test_who_publishes_waits_while_the_consumer_is_down(node: Node, eventually: Any) -> None:
    """The queue is not its own to make: what it would publish now would not get there."""
    node.stop("meetings", by=signal.SIGKILL)
    delete(node, QUEUE)
    eventually(lambda: "queue.missing" in node.log("actors"), within=A_LOOK)
    made = node.call("actors", "create_institution", {"name": "Pendant l'absence"})
    node.run("meetings")
    eventually(lambda: copies(node).find_one({"_id": made["id"]}))
