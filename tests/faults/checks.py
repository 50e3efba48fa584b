"""What must hold after any fault: every acknowledged write is logged, and reached its consumer once and in order.

Everything is read field by field and row by row: a long storm's log is large.
"""

from collections import Counter
from dataclasses import dataclass

from tests.integration.node import Node

INSTITUTIONS = {"type": {"$regex": "institution"}}


@dataclass(frozen=True)
class Counts:
    """What there was in the end."""

    events: int
    lines: int


def all_arrived(node: Node) -> bool:
    """Whether every event of the log has a line: by number first, which is cheap."""
    rows = node.database("actors")["outbox"].count_documents(INSTITUTIONS)
    return rows > 0 and node.database("ledger")["lines"].count_documents({}) >= rows and not missing(node)


def missing(node: Node) -> set[str]:
    """Ids of events of the actors' log without a line."""
    return event_ids(node) - set(written(node))


def event_ids(node: Node) -> set[str]:
    """The actors' log of institutions, read behind the service's back."""
    return {row["_id"] for row in node.database("actors")["outbox"].find(INSTITUTIONS, {"_id": 1})}


def written(node: Node) -> Counter[str]:
    """Event → how many lines the ledger has of it."""
    return Counter(line["event"] for line in node.database("ledger")["lines"].find({}, {"event": 1}))


def in_log_order(node: Node) -> dict[str, list[int]]:
    """Record → its versions, in the order in which followers of the actors' log are told of them."""
    fields = {"subject": 1, "recordversion": 1}
    rows = {row["_id"]: row for row in node.database("actors")["outbox"].find(INSTITUTIONS, fields)}
    found: dict[str, list[int]] = {}
    for place in node.database("actors")["log_positions"].find({}, {"event": 1}).sort("_id", 1):
        if place["event"] in rows:
            row = rows[place["event"]]
            found.setdefault(row["subject"], []).append(row["recordversion"])
    return found


def assert_nothing_lost_nothing_twice(node: Node, acknowledged: dict[str, int]) -> Counts:
    """`acknowledged`: record id → the highest version that a caller was told of."""
    told = {"version": 1, "note": 1}
    records = {one["_id"]: one for one in node.database("actors")["institutions"].find({}, told)}
    for id, version in acknowledged.items():
        assert id in records, f"acknowledged {id} is lost"
        assert records[id]["version"] >= version, f"acknowledged version {version} of {id} is lost"
    versions = in_log_order(node)
    for id, record in records.items():
        expected = list(range(1, record["version"] + 1))
        assert versions.pop(id, []) == expected, f"the log of {id} has a gap, a double, or another order"
    assert not versions, "the log tells of records that are not there"
    events, lines = event_ids(node), written(node)
    assert set(lines) == events, "an event was lost, or one came from nowhere"
    assert set(lines.values()) <= {1}, "an event was applied twice"
    kept = {"recordversion": 1, "note": 1}
    behind = 0
    copies = {one["_id"]: one for one in node.database("ledger")["replica_institution"].find({}, kept)}
    assert set(copies) == set(records)
    for id, copy in copies.items():
        behind += copy["recordversion"] != records[id]["version"]
        assert copy.get("note") == records[id].get("note"), f"the copy of {id} says something else"
    assert behind == 0, f"{behind} copies are of another version than their records"
    return Counts(len(events), lines.total())
