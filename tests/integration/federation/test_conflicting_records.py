"""Two contents for one version of another node's record: found, told, and settled by what its owner says again."""

from typing import Any

import pytest

from chassis.contract import exchange
from chassis.contract.envelope import Place
from chassis.contract.parcel import packed
from chassis.kernel.ids import new_id
from services.actors.contract.events import INSTITUTION_CHANGED, INSTITUTION_CREATED, INSTITUTION_WITHDRAWN
from tests.integration.federation.foreign import make_known, send, told
from tests.integration.node import Node

REPAIR = exchange.records_sent("actors")


@pytest.fixture(scope="module", autouse=True)
def running(node: Node) -> None:
    node.run("actors", "meetings")
    make_known(node, "agadez", "zinder")


def institution(id: str, version: int, name: str, **more: Any) -> dict[str, Any]:
    event = INSTITUTION_CREATED if version == 1 else INSTITUTION_CHANGED
    return told(event, version=version, id=id, name=name, acronym=None, aliases=[], **more)


def stored(node: Node, id: str) -> dict[str, Any]:
    return node.database("actors")["institutions"].find_one({"_id": id}) or {}


def conflicts(node: Node, id: str) -> list[dict[str, Any]]:
    found = node.call("actors", "list_parked", {"page_size": 100})["items"]
    return [one for one in found if one["reason"] and "conflicting" in one["reason"] and id in one["reason"]]


def repaired(node: Node, *events: dict[str, Any]) -> None:
    """As the owner answers when it is asked for what differs."""
    for data in packed(events, "central"):
        send(node, exchange.compose(REPAIR, Place("agadez", "http://agadez"), data))


def test_the_same_version_with_another_content_is_parked_and_nothing_else_changes(node: Node, eventually: Any) -> None:
    id = new_id()
    first, other = institution(id, 1, f"Une machine {id}"), institution(id, 1, f"L'autre machine {id}")
    send(node, first)
    eventually(lambda: stored(node, id))
    send(node, other)
    (parked,) = eventually(lambda: conflicts(node, id))
    assert "version 1.1" in parked["reason"]
    assert stored(node, id)["name"] == first["data"]["name"]
    assert [one["id"] for one in node.events("actors", subject=id)] == [first["id"]]
    assert 'gtm_events_conflicting_total{node="agadez",service="actors"}' in metrics(node)


def metrics(node: Node) -> str:
    import urllib.request

    with urllib.request.urlopen(f"http://127.0.0.1:{node.ports['actors']}/metrics", timeout=10) as answer:
        return str(answer.read().decode())


def test_the_same_content_under_another_id_is_no_conflict(node: Node, eventually: Any) -> None:
    id = new_id()
    first, last = institution(id, 1, f"Radio {id}"), institution(new_id(), 1, f"Après {id}")
    for event in (first, first | {"id": new_id()}, last):
        send(node, event)
    eventually(lambda: stored(node, last["subject"]))
    eventually(lambda: not node.queue("actors.inbound").get("messages"))
    assert not conflicts(node, id)
    assert "disputed" not in stored(node, id)


@pytest.mark.parametrize(("lost", "kept"), [(3, 3), (4, 2)])
def test_what_the_owner_says_again_is_taken_whatever_the_other_machine_had_told(
    node: Node, eventually: Any, lost: int, kept: int
) -> None:
    """One machine got as far as version `lost`, the one that goes on as far as `kept`; both wrote a version 2."""
    id = new_id()
    send(node, institution(id, 1, f"Mairie {id}"))
    for version in range(2, lost + 1):
        send(node, institution(id, version, f"Perdue {version} {id}"))
    eventually(lambda: stored(node, id).get("version") == lost)
    survivor = [institution(id, version, f"Gardée {version} {id}") for version in range(2, kept + 1)]
    for event in survivor:
        send(node, event)
    eventually(lambda: len(conflicts(node, id)) == len(survivor))
    repaired(node, survivor[-1])
    eventually(lambda: stored(node, id)["name"] == survivor[-1]["data"]["name"])
    assert stored(node, id)["version"] == kept
    assert "disputed" not in stored(node, id)
    copies = node.database("meetings")["replica_institution"]
    if lost == kept:
        eventually(lambda: (copies.find_one({"_id": id}) or {}).get("name") == survivor[-1]["data"]["name"])
    # What is sent on from here is the owner's word too.
    rows = node.database("actors")["outbox"].find({"subject": id, "superseded": {"$exists": False}})
    assert max(rows, key=lambda row: row["recordversion"])["_id"] == survivor[-1]["id"]


def test_a_disputed_record_counts_as_not_held_until_then(node: Node, eventually: Any) -> None:
    id = new_id()
    send(node, institution(id, 1, f"Puits {id}"))
    eventually(lambda: stored(node, id))
    send(node, institution(id, 1, f"Forage {id}"))
    eventually(lambda: stored(node, id).get("disputed"))
    later = institution(id, 2, f"Forage neuf {id}")
    send(node, later)
    eventually(lambda: stored(node, id)["name"] == later["data"]["name"])
    assert "disputed" not in stored(node, id)


def test_of_many_that_waited_the_one_that_contradicts_is_found(node: Node, eventually: Any) -> None:
    """They share a commit, but for what has to be looked at by itself: among them, and against what is known."""
    known, fresh, gone = new_id(), new_id(), new_id()
    send(node, institution(known, 1, f"Connue {known}"))
    eventually(lambda: stored(node, known))
    node.stop("actors")
    others = [institution(new_id(), 1, f"Attendait {n} {known}") for n in range(30)]
    for event in (*others[:10], institution(known, 1, f"Autrement {known}"), *others[10:20]):
        send(node, event)
    twin = institution(fresh, 1, f"Une {fresh}")
    for event in (twin, twin, institution(fresh, 1, f"Autre {fresh}"), *others[20:]):
        send(node, event)
    withdrawn = told(INSTITUTION_WITHDRAWN, id=gone, version=2)
    again = institution(gone, 4, f"Encore {gone}")
    for event in (institution(gone, 1, f"Avant {gone}"), withdrawn, again, institution(gone, 3, f"Trop tard {gone}")):
        send(node, event)
    node.run("actors")
    eventually(lambda: all(stored(node, one["subject"]) for one in others) and stored(node, gone).get("version") == 4)
    for id, name in ((known, "Connue"), (fresh, "Une")):
        assert len(eventually(lambda id=id: conflicts(node, id))) == 1
        assert stored(node, id)["name"] == f"{name} {id}"
    assert node.database("actors")["withdrawn"].count_documents({"record": gone}) == 0
    assert "one_by_one" in node.log("actors")
