"""What Prometheus reads of real processes moves with what happens: unsent, late, failing, parked, seen before."""

import re
import signal
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from kombu import Connection

from chassis.broker.rights import account
from chassis.broker.topology import EVENTS
from chassis.contract.envelope import CONTENT_TYPE, write
from tests.integration.node import Node

QUEUE = "meetings.on_institution"
KEY = "central.public.actors.institution.created"
A_LOOK = 30  # seconds: the monitor looks every ten, on a busy machine a little later


@pytest.fixture(scope="module", autouse=True)
def running(node: Node, eventually: Any) -> Iterator[None]:
    """Actors publish, meetings consume."""
    node.run("actors", "meetings")
    eventually(lambda: value(node, "meetings", "gtm_queue_messages", queue=QUEUE) == 0, within=A_LOOK)
    yield


def value(node: Node, process: str, metric: str, **labels: str) -> float | None:
    """The sum of a metric's samples with these labels at a process's /metrics; None where there is none."""
    with urllib.request.urlopen(f"http://127.0.0.1:{node.ports[process]}/metrics", timeout=60) as answer:
        text = answer.read().decode()
    found = [
        float(number)
        for told, number in re.findall(rf"^{metric}{{([^}}]*)}} (\S+)$", text, re.MULTILINE)
        if all(f'{name}="{wanted}"' in told for name, wanted in labels.items())
    ]
    return sum(found) if found else None


def publish(node: Node, body: bytes) -> None:
    with Connection(node.amqp_uri) as connection:
        connection.Producer(auto_declare=False).publish(
            body, exchange=EVENTS, routing_key=KEY, content_type=CONTENT_TYPE, content_encoding="utf-8", delivery_mode=2
        )


def test_a_failing_event_is_retried_and_late_until_it_is_applied(node: Node, eventually: Any) -> None:
    copies = node.database("meetings")["replica_institution"]
    copies.create_index([("note", 1)], unique=True, name="in_the_way", partialFilterExpression={"note": "obstacle"})
    for place in "ab":
        node.call("actors", "create_institution", {"name": f"Obstacle {place}", "note": "obstacle"})
    retried = {"queue": QUEUE, "outcome": "retried"}
    eventually(lambda: (value(node, "meetings", "gtm_consumer_events_total", **retried) or 0) >= 2, within=20)
    eventually(lambda: (value(node, "meetings", "gtm_consumer_lag_seconds", queue=QUEUE) or 0) > 1, within=A_LOOK)
    copies.drop_index("in_the_way")
    eventually(lambda: copies.count_documents({"note": "obstacle"}) == 2, within=70)
    eventually(lambda: value(node, "meetings", "gtm_consumer_lag_seconds", queue=QUEUE) == 0, within=A_LOOK)


def test_duplicates_and_parked_messages_are_counted(node: Node, eventually: Any) -> None:
    made = node.call("actors", "create_institution", {"name": "Deux fois la même nouvelle"})
    (event,) = node.events("actors", subject=made["id"])
    copies = node.database("meetings")["replica_institution"]
    eventually(lambda: copies.find_one({"_id": made["id"]}))
    duplicates = {"queue": QUEUE, "outcome": "duplicate"}
    before = value(node, "meetings", "gtm_consumer_events_total", **duplicates) or 0
    publish(node, write(event))
    publish(node, b"nobody can read this")
    eventually(lambda: value(node, "meetings", "gtm_consumer_events_total", **duplicates) == before + 1)
    eventually(lambda: value(node, "meetings", "gtm_consumer_events_total", queue=QUEUE, outcome="parked") == 1)
    eventually(lambda: value(node, "meetings", "gtm_parked_messages") == 1, within=A_LOOK)
    (parked,) = node.call("meetings", "list_parked", {})["items"]
    node.call("meetings", "drop_parked", {"id": parked["id"], "reason": "essai"})
    eventually(lambda: value(node, "meetings", "gtm_parked_messages") == 0, within=A_LOOK)


def test_each_process_says_whether_it_is_ready_and_what_came_to_no_queue(node: Node, eventually: Any) -> None:
    assert value(node, "meetings", "gtm_ready", service="meetings") == 1
    before = value(node, "meetings", "gtm_unrouted_messages") or 0
    with Connection(node.amqp_uri) as connection:
        for _ in range(3):
            connection.Producer(auto_declare=False).publish(b"?", exchange=EVENTS, routing_key="nobody.hears.this")
    eventually(lambda: (value(node, "meetings", "gtm_unrouted_messages") or 0) >= before + 3, within=A_LOOK)


def test_a_consumer_that_is_down_is_seen_to_fall_behind_by_who_publishes(node: Node, eventually: Any) -> None:
    labels = {"service": "meetings", "queue": QUEUE}
    node.stop("meetings", by=signal.SIGKILL)
    for number in range(3):
        node.call("actors", "create_institution", {"name": f"Pendant la panne {number}"})
    eventually(lambda: (value(node, "actors", "gtm_queue_messages", **labels) or 0) >= 3, within=A_LOOK)
    first = eventually(lambda: value(node, "actors", "gtm_consumer_lag_seconds", **labels), within=A_LOOK)
    eventually(lambda: (value(node, "actors", "gtm_consumer_lag_seconds", **labels) or 0) > first, within=A_LOOK)
    eventually(lambda: value(node, "actors", "gtm_outbox_backlog_events") == 0, within=A_LOOK)
    node.run("meetings")
    eventually(lambda: value(node, "actors", "gtm_queue_messages", **labels) == 0, within=A_LOOK)
    eventually(lambda: value(node, "actors", "gtm_consumer_lag_seconds", **labels) == 0, within=A_LOOK)


def test_events_that_cannot_leave_are_counted_and_grow_old(node: Node, eventually: Any) -> None:
    """The broker refuses this node's user: calls, which need the broker, are not possible; a writer inside is."""
    database = node.database("actors")
    row = database["outbox"].find_one() or {}
    user = account(node.name, "actors")
    there = f"permissions/{node.vhost}/{user}"
    before = node.surroundings.manage("GET", there)
    failed = value(node, "actors", "gtm_events_publish_failed_total") or 0
    eventually(lambda: value(node, "actors", "gtm_outbox_oldest_unsent_seconds") == 0, within=A_LOOK)
    node.surroundings.manage("PUT", there, {"configure": "", "write": "", "read": ".*"})
    try:
        _disconnect(node)
        database["unsent"].insert_one({"_id": row["_id"], "time": row["time"]})  # as if a write had come at this moment
        eventually(lambda: value(node, "actors", "gtm_outbox_backlog_events") == 1, within=A_LOOK)
        age = eventually(lambda: value(node, "actors", "gtm_outbox_oldest_unsent_seconds"), within=A_LOOK)
        eventually(lambda: (value(node, "actors", "gtm_outbox_oldest_unsent_seconds") or 0) > age, within=A_LOOK)
        eventually(lambda: (value(node, "actors", "gtm_events_publish_failed_total") or 0) > failed)
    finally:
        node.surroundings.manage("PUT", there, {name: before[name] for name in ("configure", "write", "read")})
    eventually(lambda: value(node, "actors", "gtm_outbox_backlog_events") == 0, within=A_LOOK)
    eventually(lambda: value(node, "actors", "gtm_outbox_oldest_unsent_seconds") == 0, within=A_LOOK)


def _disconnect(node: Node) -> None:
    for one in node.surroundings.manage("GET", f"vhosts/{node.vhost}/connections") or ():
        node.surroundings.manage("DELETE", f"connections/{one['name'].replace(' ', '%20').replace('>', '%3E')}")
