"""A log of a release whose rows said themselves whether they were sent goes on being sent, nothing twice marked."""

from typing import Any

from chassis.kernel.ids import new_id
from chassis.storage.outbox import CHUNK, SENT_INDEX, Outbox
from tests.integration.node import Node

OLD = [("sent", 1), ("_id", 1)]


def older_row(sent: bool) -> dict[str, Any]:
    id = new_id()
    told = {"subject": id, "type": "gtm.bench.thing.made.v1", "recordversion": 1, "visibility": "public"}
    envelope = {"id": id, **told}
    row = {"_id": id, **told, "time": "2026-01-01T00:00:00.000Z", "key": "k", "envelope": envelope, "sent": sent}
    return row | ({"sent_at": "then"} if sent else {})


def test_what_waited_still_waits_and_what_was_sent_is_not_sent_again(node: Node) -> None:
    database = node.database("older")
    outbox = Outbox(database)
    outbox.rows.create_index(OLD, name=SENT_INDEX)
    waiting = [older_row(sent=False) for _ in range(CHUNK + 5)]
    outbox.rows.insert_many([*waiting, *(older_row(sent=True) for _ in range(20))])
    outbox.marks.insert_one({"_id": waiting[0]["_id"], "time": waiting[0]["time"]})  # as if killed at this point
    for _ in range(3):
        outbox.sync_indexes()
        assert {row["_id"] for row in outbox.unsent(2 * CHUNK)} == {row["_id"] for row in waiting}
    assert outbox.backlog()[0] == len(waiting)
    assert SENT_INDEX not in outbox.rows.index_information()


def test_a_row_that_an_older_process_left_meanwhile_is_found_at_the_next_opening(node: Node) -> None:
    outbox = Outbox(node.database("mixed"))
    outbox.rows.create_index(OLD, name=SENT_INDEX)
    first, late = older_row(sent=False), older_row(sent=False)
    outbox.rows.insert_one(first)
    outbox.sync_indexes()
    outbox.rows.insert_one(late)
    outbox.mark_sent([first["_id"]])
    outbox.sync_indexes()
    assert [row["_id"] for row in outbox.unsent(10)] == [late["_id"]]


def test_a_mark_without_its_row_holds_nothing_up(node: Node) -> None:
    outbox = Outbox(node.database("gaps"))
    outbox.marks.insert_one({"_id": new_id(), "time": "2026-01-01T00:00:00.000Z"})
    assert outbox.unsent(10) == []
    assert outbox.backlog() == (0, 0.0)
