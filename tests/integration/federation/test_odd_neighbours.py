"""A neighbour whose clock is years off, whose stream comes again in any order, or whose records swap their names."""

import random
from datetime import timedelta
from typing import Any

import pytest

from chassis.kernel.clock import now, rfc3339
from chassis.kernel.errors import ConflictError
from chassis.kernel.ids import new_id
from services.actors.contract.events import INSTITUTION_CHANGED, INSTITUTION_CREATED
from services.federation.repository.invitation import Invitations
from tests.integration.federation.foreign import make_known, send, told
from tests.integration.node import Node

CENTURY_AHEAD, UNIX_BEGAN = "ffffffff", "00000000"  # how a UUIDv7 begins that was made then


@pytest.fixture(scope="module", autouse=True)
def running(node: Node) -> None:
    node.run("actors")
    make_known(node, "agadez")


def institution(version: int = 1, id: str | None = None, **fields: Any) -> dict[str, Any]:
    event = INSTITUTION_CREATED if version == 1 else INSTITUTION_CHANGED
    return told(event, version=version, id=id or new_id(), **{"acronym": None, "aliases": [], **fields})


def stored(node: Node, id: str) -> dict[str, Any]:
    return node.database("actors")["institutions"].find_one({"_id": id}) or {}


def quiet(node: Node) -> bool:
    """Nothing is on its way, or waits to be tried again."""
    names = ["actors.inbound", *(f"actors.retry.{seconds}" for seconds in (1, 10, 60))]
    return not any(node.queue(name).get("messages") for name in names)


@pytest.mark.parametrize("beginning", [CENTURY_AHEAD, UNIX_BEGAN], ids=["a century ahead", "at the beginning"])
def test_records_of_a_clock_that_is_years_off(node: Node, eventually: Any, beginning: str) -> None:
    days = 36_500 if beginning == CENTURY_AHEAD else -20_000
    at = rfc3339(now() + timedelta(days=days))
    id, marker = beginning + new_id()[8:], new_id()[-6:]
    here = node.call("actors", "create_institution", {"name": f"Ici {marker}"})
    events = [institution(v, id, name=f"Là {marker} {v}", created_at=at, updated_at=at) for v in (1, 2)]
    for event in events:
        send(node, event | {"id": beginning + new_id()[8:], "time": at})
    eventually(lambda: stored(node, id).get("version") == 2)
    # Pages by key meet each record once, wherever its id sorts.
    cursor, met = None, []
    while cursor is not None or not met:
        page = node.call("actors", "list_institutions", {"page_size": 1, "cursor": cursor, "q": marker})
        met, cursor = met + [one["id"] for one in page["items"]], page["next_cursor"]
    assert sorted(met) == sorted([id, here["id"]])
    # The log goes on behind it, whatever its time.
    later = node.call("actors", "create_institution", {"name": f"Ensuite {marker}"})
    log = [one["subject"] for one in node.events("actors")]
    assert {here["id"], id, later["id"]} <= set(log)
    # Freshness is measured by our clock.
    assert abs((stored(node, id)["heard_at"] - now()).total_seconds()) < 600


def test_the_whole_stream_again_shuffled_and_twice_changes_nothing(node: Node, eventually: Any) -> None:
    stream = []
    for number in range(6):
        id = new_id()
        stream += [institution(v, id, name=f"Suite {number} {id}", note=f"{v}") for v in (1, 2, 3)]
    for event in stream:
        send(node, event)
    ids = {event["subject"] for event in stream}
    eventually(lambda: all(stored(node, id).get("version") == 3 for id in ids) and quiet(node))
    database = node.database("actors")

    def state() -> Any:
        kept = sorted(database["institutions"].find({"_id": {"$in": sorted(ids)}}), key=lambda one: str(one["_id"]))
        rows = sorted(one["_id"] for one in database["outbox"].find({"subject": {"$in": sorted(ids)}}, {"_id": 1}))
        return kept, rows, [one["id"] for one in node.events("actors") if one["subject"] in ids]

    before = state()
    again = stream * 2
    random.Random(4).shuffle(again)
    last = institution(name=f"La dernière {new_id()}")
    for event in [*again, last]:
        send(node, event)
    eventually(lambda: stored(node, last["subject"]) and quiet(node))
    assert state() == before
    assert len(before[2]) == len(set(before[2]))
    assert node.call("actors", "list_parked", {})["total"] == 0


def test_records_that_swap_a_unique_name_are_taken_at_once(node: Node, eventually: Any) -> None:
    marker, (one, other) = new_id(), (new_id(), new_id())
    send(node, institution(1, one, name=f"Nord {marker}"))
    send(node, institution(1, other, name=f"Sud {marker}"))
    eventually(lambda: stored(node, one) and stored(node, other))
    send(node, institution(2, one, name=f"Sud {marker}"))  # as if there were two of the name, for a moment
    eventually(lambda: stored(node, one)["version"] == 2)
    send(node, institution(2, other, name=f"Nord {marker}"))
    eventually(lambda: stored(node, other)["version"] == 2)
    assert "consumer.retried" not in node.log("actors")


def test_an_institution_that_another_node_has_is_named_and_created_again_only_if_meant(
    node: Node, eventually: Any
) -> None:
    name = f"Caisse commune {new_id()}"
    event = institution(name=name)
    send(node, event)
    eventually(lambda: stored(node, event["subject"]))
    with pytest.raises(ConflictError) as refused:
        node.call("actors", "create_institution", {"name": name.upper()})
    assert refused.value.code == "exists-elsewhere"
    assert (refused.value.params["origin"], refused.value.params["id"]) == ("agadez", event["subject"])
    made = node.call("actors", "create_institution", {"name": name, "also_elsewhere": True})
    assert made["origin"] == "central"
    assert "also_elsewhere" not in made
    with pytest.raises(ConflictError) as taken:
        node.call("actors", "create_institution", {"name": name, "also_elsewhere": True})
    assert taken.value.code == "institution-name-taken"


def test_an_invitation_made_while_the_clock_was_ahead_does_not_stay_the_newest(node: Node) -> None:
    invitations = Invitations(node.database("elsewhere"))
    for number, id in ((1, CENTURY_AHEAD + new_id()[8:]), (2, new_id())):
        invitations.collection.insert_one({"_id": id, "number": number, "node": "agadez"})
        kept = {"_id": id, "number": number, "node": "agadez", "password_hash": f"{number}"}
        invitations.enrolments.insert_one(kept)
    newest = invitations.newest("agadez")
    assert newest is not None
    assert newest["number"] == 2
    assert invitations.password_hash("agadez") == "2"
