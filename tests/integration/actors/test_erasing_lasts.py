"""Erased stays erased: killed on the way, after a restore of an older backup; and what is over is erased by itself."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from chassis.kernel.clock import now
from chassis.kernel.errors import PlatformError
from chassis.kernel.ids import new_id
from chassis.process.erasures import ErasureList
from tests.integration.eventually import eventually
from tests.integration.node import Node

NOUN = "actors.focal_point"
SECRET = "Qwrtz"
OWN = ("focal_points", "outbox", "answers", "erasures", "log_positions", "unsent")


@pytest.fixture
def alone(make_node: Callable[..., Node]) -> Node:
    node = make_node()
    node.run("actors", GTM_SERVICES="actors")
    return node


def person(node: Node) -> str:
    institution = node.call("actors", "create_institution", {"name": f"Institution {new_id()}"})["id"]
    told = {"institution_id": institution, "name": SECRET, "email": f"{new_id()}@qwrtz.ne", "phone": SECRET}
    return str(node.call("actors", "create_focal_point", told, idempotency_key=new_id())["id"])


def left(node: Node) -> list[str]:
    database = node.database("actors")
    documents = (f"{name} {one!r}" for name in database.list_collection_names() for one in database[name].find({}))
    return [one for one in documents if "wrtz" in one]


def again(node: Node, crash_at: str = "") -> None:
    node.stop()
    node.run("actors", GTM_SERVICES="actors", GTM_CRASH_AT=crash_at)


@pytest.mark.parametrize("point", ["store.before_commit:1", "store.committed:1"])
def test_killed_it_is_done_whole_or_not_at_all(alone: Node, point: str) -> None:
    """And what was done is on the list, which the killed process had no time to write."""
    id = person(alone)
    eventually(lambda: not alone.database("actors")["unsent"].count_documents({}))
    again(alone, crash_at=point)
    with pytest.raises((PlatformError, TimeoutError)):
        alone.call("actors", "erase_focal_point", {"id": id, "reason": "asked"}, within=3)
    eventually(lambda: alone.processes["actors"].poll() is not None)
    done = point.startswith("store.committed")
    assert bool(left(alone)) is not done
    assert not ErasureList(alone.home, NOUN).read()
    again(alone)
    if not done:
        alone.call("actors", "erase_focal_point", {"id": id, "reason": "asked"})
    eventually(lambda: [one["record"] for one in ErasureList(alone.home, NOUN).read()] == [id])
    assert not left(alone)


def test_a_restored_backup_is_brought_up_to_date(alone: Node) -> None:
    """As a restore does: all that the database had before. The list is beside it, and a line of it was cut off."""
    id, other, database = person(alone), person(alone), alone.database("actors")
    eventually(lambda: not database["unsent"].count_documents({}))
    backup = {name: list(database[name].find({})) for name in OWN}
    alone.call("actors", "erase_focal_point", {"id": id, "reason": "ordered"})
    alone.stop()
    for name, documents in backup.items():
        database[name].delete_many({})
        if documents:
            database[name].insert_many(documents)
    assert left(alone)
    with ErasureList(alone.home, NOUN).path.open("a") as file:
        file.write(f'\n{{"record": "{new_id()}", "reason": "asked"}}\n{{"record": "{other}", "rea')
    alone.run("actors", GTM_SERVICES="actors")
    found = eventually(lambda: (one := alone.call("actors", "get_focal_point", {"id": id}))["erased"] and one)
    assert (found["erased"]["reason"], found["version"]) == ("ordered", 2)
    assert alone.call("actors", "get_focal_point", {"id": other})["erased"] is None
    assert all(id not in one for one in left(alone))


def test_what_is_over_goes_by_itself(alone: Node) -> None:
    """By the node's policy, looked at once a day: who ended long ago, and old notes of who read what."""
    database = alone.database("actors")
    gone, lately, active = person(alone), person(alone), person(alone)
    for id, days in ((gone, 11), (lately, 9)):
        alone.call("actors", "change_focal_point", {"id": id, "changes": {"status": "ended"}})
        database["focal_points"].update_one({"_id": id}, {"$set": {"ended_at": now() - timedelta(days=days)}})
    alone.call("actors", "list_focal_points", {})
    old = now() - timedelta(days=6)
    database["accesses"].insert_one({"_id": new_id(), "at": old, "by": "x", "call": "y", "request": "z", "records": []})
    (alone.home / "retention.toml").write_text("[personal]\nended = 10\naccesses = 5\n", encoding="utf-8")
    database["compaction_turn"].delete_many({})
    again(alone)
    erased = eventually(lambda: alone.call("actors", "get_focal_point", {"id": gone})["erased"])
    assert (erased["reason"], erased["by"]) == ("over", "system")
    states: list[Any] = [alone.call("actors", "get_focal_point", {"id": id})["erased"] for id in (lately, active)]
    assert states == [None, None]
    assert database["accesses"].find_one({"at": {"$lt": now() - timedelta(days=5)}}) is None
    assert database["accesses"].find_one({"call": "list_focal_points"}) is not None
