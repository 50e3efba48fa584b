"""A handler that fails goes down the ladder and is handled when it can be; nothing is acknowledged before."""

from typing import Any

from tests.integration.node import Node
from tests.integration.parked import parked_count


def test_a_failed_event_comes_back_and_is_applied(node: Node, eventually: Any) -> None:
    """A unique index that stands in the way makes the handler fail; once it is gone the retry succeeds."""
    copies = node.database("meetings")["replica_institution"]
    copies.create_index([("note", 1)], unique=True, name="in_the_way", partialFilterExpression={"note": "obstacle"})
    node.run("actors", "meetings")
    first, second = (
        node.call("actors", "create_institution", {"name": f"Obstacle {place}", "note": "obstacle"}) for place in "ab"
    )
    eventually(lambda: "consumer.retried" in node.log("meetings"), within=15)
    assert copies.count_documents({"_id": {"$in": [first["id"], second["id"]]}}) == 1
    copies.drop_index("in_the_way")
    eventually(lambda: copies.count_documents({"_id": {"$in": [first["id"], second["id"]]}}) == 2, within=25)
    assert parked_count(node, "meetings") == 0
