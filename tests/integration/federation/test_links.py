"""What an operator does to a link, and what a link does by itself: suspended, resumed, stuck, removed."""

from typing import Any

import pytest
from kombu import Connection

from tests.integration.federation.between import WHY, Pair, create, seen, up_to_date
from tests.integration.federation.linked import Linked, apart


@pytest.fixture(autouse=True)
def linked(pair: Pair, eventually: Any) -> None:
    up_to_date(pair, eventually)


def member(centre: Linked) -> dict[str, Any]:
    return dict(centre.api("GET", "/federation/nodes/agadez").json())


def test_suspended_is_closed_and_nothing_is_lost(pair: Pair, eventually: Any) -> None:
    centre, region = pair
    done = centre.api("POST", "/federation/nodes/agadez/suspend", WHY)
    assert (done.status_code, done.json()["state"], done.json()["reason"]) == (200, "suspended", "essai")
    assert centre.link("agadez")["text"] == "suspendu"
    eventually(lambda: not [one for one in _connections(centre) if one["user"] == "agadez"])
    there, back = create(region), create(centre)
    eventually(lambda: centre.waiting("peer.agadez") > 0 and region.waiting("outbound.central") > 0)
    assert seen(centre, there).status_code == seen(region, back).status_code == 404
    assert centre.api("POST", "/federation/nodes/agadez/suspend", WHY).status_code == 409
    waiting = eventually(lambda: (centre.link("agadez")["waiting"] or {}).get("messages") and centre.link("agadez"))
    assert "en attente" in waiting["waiting"]["text"]
    again = centre.api("POST", "/federation/nodes/agadez/resume", WHY)
    assert (again.status_code, again.json()["state"]) == (200, "joined")
    eventually(lambda: seen(centre, there).ok and seen(region, back).ok)
    names = [one["type"].split(".")[3] for one in centre.events("federation", subject=member(centre)["id"])]
    assert names[-2:] == ["suspended", "resumed"]


def _connections(node: Linked) -> list[dict[str, Any]]:
    return list(node.surroundings.manage("GET", "connections") or [])


def test_what_waits_is_told_in_words(pair: Pair, eventually: Any) -> None:
    centre, region = pair
    eventually(lambda: region.link("central").get("confirmed_until"))
    # What a test before this one made has arrived, and that is known here.
    eventually(lambda: (region.link("central")["waiting"] or {}).get("text") == "rien n’attend")
    centre.api("POST", "/federation/nodes/agadez/suspend", WHY)
    eventually(lambda: not [one for one in _connections(centre) if one["user"] == "agadez"])
    made = [create(region) for _ in range(3)]
    waiting = eventually(lambda: _waiting(region, 3))
    assert waiting["text"].startswith("3 institutions d’Agadez")
    assert waiting["messages"] >= 3
    first = region.api("GET", f"/institutions/{made[0]}").json()["created_at"]
    assert waiting["oldest"] == first
    centre.api("POST", "/federation/nodes/agadez/resume", WHY)
    eventually(lambda: all(seen(centre, one).ok for one in made))
    eventually(lambda: (region.link("central")["waiting"] or {}).get("text") == "rien n’attend")


def _waiting(node: Linked, institutions: int) -> dict[str, Any] | None:
    found: dict[str, Any] = node.link("central")["waiting"] or {}
    return found if found.get("nouns", {}).get("institution") == institutions else None


def test_a_transport_that_moves_nothing_is_called_blocked_until_what_is_refused_is_gone(
    pair: Pair, eventually: Any
) -> None:
    centre, region = pair
    # What the queue's bindings keep out, put in behind their back: the centre refuses it, and all that comes behind.
    with Connection(region.amqp_uri) as connection:
        connection.Producer(auto_declare=False).publish(b"{}", exchange="", routing_key="outbound.central")
    there = create(region)
    eventually(lambda: region.link("central")["state"] == "blocked", within=120)
    assert region.link("central")["text"].startswith("bloqué")
    assert seen(centre, there).status_code == 404
    region.stop("federation")  # it would make the transport anew while it is being cleared
    region.surroundings.manage("DELETE", f"parameters/shovel/{region.vhost}/to-central")
    eventually(lambda: not region.queue("outbound.central")["messages_unacknowledged"])
    region.surroundings.manage("DELETE", f"queues/{region.vhost}/outbound.central/contents")
    region.start_federation()
    after = create(region)
    eventually(lambda: seen(centre, after).ok, within=120)
    eventually(lambda: region.link("central")["state"] == "up_to_date")


def test_a_transport_that_runs_and_brings_nothing_is_begun_anew(pair: Pair, eventually: Any) -> None:
    centre, region = pair
    centre.stop("federation")
    eventually(lambda: '"from-central", "event": "federation.shovel_restarted"' in region.log("federation"))
    assert region.link("central")["text"].startswith("silencieux depuis")
    centre.start_federation()
    eventually(lambda: region.link("central")["state"] == "up_to_date")


def test_removed_at_the_centre_nothing_of_it_stays(pair: Pair, eventually: Any) -> None:
    centre, region = pair
    centre.api("POST", "/federation/nodes/agadez/suspend", WHY)
    create(centre)
    eventually(lambda: centre.waiting("peer.agadez") > 0)
    refused = centre.api("POST", "/federation/nodes/agadez/remove", WHY)
    assert (refused.status_code, refused.json()["code"]) == (409, "node-has-waiting")
    done = centre.api("POST", "/federation/nodes/agadez/remove", {**WHY, "force": True})
    assert (done.status_code, done.json()) == (200, {"node": "agadez", "hub": "central", "state": "removed"})
    manage, vhost = centre.surroundings.manage, centre.vhost
    assert manage("GET", "users/agadez") is None
    assert manage("GET", f"queues/{vhost}/peer.agadez") is None
    assert manage("GET", f"exchanges/{vhost}/gtm.shared.agadez") is None
    eventually(lambda: region.link("central")["state"] in ("silent", "refused"), within=120)
    assert member(centre)["state"] == "removed"
    apart(pair)
    assert region.queue("outbound.central") == {}
    assert region.surroundings.manage("GET", f"parameters/shovel/{region.vhost}") == []
    assert region.api("GET", "/federation/status").json()["links"] == []
