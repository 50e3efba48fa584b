"""What must hold after any fault: every acknowledged write is logged, and reached its consumer once and in order."""

from collections import Counter
from typing import Any

from tests.integration.node import Node


def lines(node: Node) -> list[dict[str, Any]]:
    """The ledger."""
    return list(node.database("ledger")["lines"].find())


def all_arrived(node: Node) -> bool:
    """Whether every event of the log has a line."""
    return {event["id"] for event in institution_events(node)} <= {line["event"] for line in lines(node)}


def institution_events(node: Node) -> list[dict[str, Any]]:
    """The actors' log, read behind the service's back."""
    rows = node.database("actors")["outbox"].find({"type": {"$regex": "institution"}}).sort("_id", 1)
    return [row["envelope"] for row in rows]


def assert_nothing_lost_nothing_twice(node: Node, acknowledged: dict[str, int]) -> None:
    """`acknowledged`: record id → the highest version that a caller was told of."""
    events = institution_events(node)
    records = {one["_id"]: one for one in node.database("actors")["institutions"].find()}
    for id, version in acknowledged.items():
        assert records[id]["version"] >= version, f"acknowledged version {version} of {id} is lost"
    versions: dict[str, list[int]] = {}
    for event in events:
        versions.setdefault(event["subject"], []).append(event["recordversion"])
    for id, record in records.items():
        assert versions[id] == list(range(1, record["version"] + 1)), f"the log of {id} has a gap or a double"
    written = Counter(line["event"] for line in lines(node))
    assert set(written) == {event["id"] for event in events}, "an event was lost, or one came from nowhere"
    assert set(written.values()) <= {1}, "an event was applied twice"
    copies = {one["_id"]: one for one in node.database("ledger")["replica_institution"].find()}
    assert {id: copy["recordversion"] for id, copy in copies.items()} == {
        id: record["version"] for id, record in records.items()
    }
    assert {id: copy.get("note") for id, copy in copies.items()} == {
        id: record.get("note") for id, record in records.items()
    }
