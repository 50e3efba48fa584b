"""A restored node goes on with version numbers that others have seen in its lost life; they take the new ones.

The loss is made behind the service's back: its record and log are set back to the first version.
"""

from typing import Any

import orjson
import pytest
from kombu import Connection

from chassis.broker.topology import EVENTS
from chassis.contract.envelope import CONTENT_TYPE
from chassis.kernel.ids import new_id
from tests.integration.eventually import eventually
from tests.integration.node import Node

COPYING = ("meetings", "indicators")


def copies(node: Node, id: str) -> list[tuple[int, int, str | None]]:
    """(incarnation, version, note) at each service that keeps copies."""
    found = [node.database(service)["replica_institution"].find_one({"_id": id}) or {} for service in COPYING]
    return [(one.get("incarnation", 0), one.get("recordversion", 0), one.get("note")) for one in found]


def change(node: Node, id: str, version: int, note: str) -> None:
    node.call("actors", "change_institution", {"id": id, "version": version, "changes": {"note": note}})


def set_back(node: Node, first: dict[str, Any]) -> None:
    """The actors' database as it was when the record was new."""
    database = node.database("actors")
    database["institutions"].replace_one({"_id": first["_id"]}, first)
    database["outbox"].delete_many({"subject": first["_id"], "recordversion": {"$gt": 1}})


@pytest.fixture(scope="module")
def lived(node: Node) -> str:
    """A record that others know up to version 3, at a node that knows it up to 1 and is in its second life."""
    node.run("actors", *COPYING)
    id = str(node.call("actors", "create_institution", {"name": "Aux deux vies"})["id"])
    first = node.database("actors")["institutions"].find_one({"_id": id})
    assert first is not None
    change(node, id, 1, "perdue")
    change(node, id, 2, "perdue aussi")
    eventually(lambda: copies(node, id) == [(1, 3, "perdue aussi")] * 2, within=20)
    node.stop("actors")
    set_back(node, first)
    node.run("actors", GTM_INCARNATION="2")
    return id


def test_a_number_that_was_used_is_not_the_same_version(node: Node, lived: str) -> None:
    change(node, lived, 1, "nouvelle vie")
    (event,) = [one for one in node.events("actors", subject=lived) if one["recordversion"] == 2]
    assert event["incarnation"] == 2
    eventually(lambda: copies(node, lived) == [(2, 2, "nouvelle vie")] * 2, within=20)
    change(node, lived, 2, "suite")
    eventually(lambda: copies(node, lived) == [(2, 3, "suite")] * 2, within=20)


def test_a_straggler_of_the_lost_life_changes_nothing(node: Node, lived: str) -> None:
    event = node.events("actors", subject=lived)[-1]
    straggler = event | {"id": new_id(), "incarnation": 1, "recordversion": 99}
    straggler["data"] = event["data"] | {"note": "revenante", "version": 99}
    key = f"{event['origin']}.{event['visibility']}.actors.institution.changed"
    with Connection(node.amqp_uri) as connection:
        connection.Producer(auto_declare=False).publish(
            orjson.dumps(straggler),
            exchange=EVENTS,
            routing_key=key,
            content_type=CONTENT_TYPE,
            content_encoding="utf-8",
        )
    inboxes = [node.database(service)["inbox"] for service in COPYING]
    eventually(lambda: all(one.find_one({"_id": {"$regex": straggler["id"]}}) for one in inboxes), within=20)
    assert copies(node, lived) == [(2, 3, "suite")] * 2
