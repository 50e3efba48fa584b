"""What may leave the node is deflated, read by all, shown to operators; what cannot be unfolded is parked."""

import json
import zlib
from typing import Any

import pytest
from kombu import Connection, Queue

from chassis.broker.topology import EVENTS
from chassis.contract.envelope import CONTENT_TYPE
from chassis.events.incoming import LARGEST_BODY
from tests.integration.node import Node

KEY = "central.public.actors.institution.created"


@pytest.fixture(scope="module", autouse=True)
def running(node: Node) -> None:
    """The actors publish, the meetings keep copies."""
    node.run("actors", "meetings")


def publish(node: Node, body: bytes, encoding: str = "deflate") -> None:
    with Connection(node.amqp_uri) as connection:
        said = {"content_type": CONTENT_TYPE, "content_encoding": encoding, "delivery_mode": 2}
        connection.Producer(auto_declare=False).publish(body, exchange=EVENTS, routing_key=KEY, **said)


def parked(node: Node) -> list[dict[str, Any]]:
    return [
        node.call("meetings", "get_parked", {"id": one["id"]})
        for one in node.call("meetings", "list_parked", {})["items"]
    ]


def taken(connection: Connection) -> dict[str, Any]:
    """What lies in the queue, by subject: deflated, all of it."""
    found = {}
    while (message := connection.default_channel.basic_get("aside", no_ack=True)) is not None:
        assert message.properties["content_encoding"] == "deflate"
        envelope = json.loads(zlib.decompress(bytes(message.body)))
        found[envelope["subject"]] = envelope
    return found


def test_on_the_wire_it_is_deflated_and_the_copy_is_whole(node: Node, eventually: Any) -> None:
    with Connection(node.amqp_uri) as connection:
        aside = Queue("aside", EVENTS, "*.*.actors.#", durable=True, queue_arguments={"x-queue-type": "quorum"})
        aside(connection.default_channel).declare()
        made = node.call("actors", "create_institution", {"name": "Institution serrée", "note": "note " * 300})
        sent = eventually(lambda: taken(connection).get(made["id"]))
    assert sent["data"]["note"] == made["note"]
    copies = node.database("meetings")["replica_institution"]
    eventually(lambda: (copies.find_one({"_id": made["id"]}) or {}).get("name") == made["name"])


def test_what_cannot_be_unfolded_is_parked_and_the_next_is_handled(node: Node, eventually: Any) -> None:
    bomb = zlib.compress(b" " * (LARGEST_BODY * 20))
    publish(node, bomb)
    publish(node, zlib.compress(b'{"id": "1"}')[:-2])
    publish(node, b"{}")
    (event,) = node.events("actors", subject=node.call("actors", "create_institution", {"name": "Après"})["id"])
    copies = node.database("meetings")["replica_institution"]
    eventually(lambda: copies.find_one({"_id": event["subject"]}))
    found = eventually(lambda: parked(node) if len(parked(node)) == 3 else None)
    reasons = sorted(one["reason"].partition(": ")[2] for one in found)
    assert reasons[0] == f"{LARGEST_BODY + 1} bytes, more than {LARGEST_BODY}"
    assert all(reason.startswith("cannot be inflated") for reason in reasons[1:])
    assert max(one["bytes"] for one in found) == len(bomb)
    assert all("body_base64" in one for one in found)  # as they came


def test_what_is_parked_is_shown_as_it_was_written(node: Node, eventually: Any) -> None:
    unknown = {"specversion": "1.0", "type": "gtm.actors.institution.renamed.v1", "source": "/x", "id": "1"}
    publish(node, zlib.compress(json.dumps(unknown).encode()))
    shown = eventually(lambda: [one for one in parked(node) if one.get("body") == unknown])
    assert "renamed" in shown[0]["reason"]
