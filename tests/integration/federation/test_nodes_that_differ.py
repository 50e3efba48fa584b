"""Nodes that hold different things end with the same: one that joins, one that lost records, one that was rebuilt."""

from typing import Any

import pytest

from chassis.kernel.ids import new_id
from tests.integration.federation.linked import Linked, apart, joined

Pair = tuple[Linked, Linked]
HEARD = ("heard_at",)


def create(node: Linked, **more: Any) -> str:
    body = {"name": f"Essai {new_id()}", "kind": "cso", "visibility": "gtm", **more}
    return str(node.api("POST", "/institutions", body).json()["id"])


def held(node: Linked, origin: str) -> dict[str, dict[str, Any]]:
    """What a node has of the institutions of an origin that travel; when it heard of them aside."""
    wanted = {"origin": origin, "visibility": {"$in": ["gtm", "public"]}}
    found = node.database("actors")["institutions"].find(wanted)
    return {one["_id"]: {name: value for name, value in one.items() if name not in HEARD} for one in found}


def restart(node: Linked, **environment: str) -> None:
    """The actors greet the centre when they start."""
    node.stop("actors")
    node.shared |= environment
    node.run("actors", **node.shared)  # type: ignore[arg-type] # variables, all of them


@pytest.fixture(autouse=True)
def linked(pair: Pair) -> None:
    joined(pair)


def test_a_node_that_joins_has_what_was_there_before(pair: Pair, eventually: Any) -> None:
    centre, region = pair
    apart(pair)
    ours = [create(centre) for _ in range(3)]
    secret = create(centre, visibility="internal")
    theirs = create(region)
    joined(pair)
    eventually(lambda: held(region, "central") == held(centre, "central"), within=120)
    eventually(lambda: held(centre, "agadez") == held(region, "agadez"), within=120)
    assert set(ours) <= set(held(region, "central"))
    assert theirs in held(centre, "agadez")
    assert secret not in held(region, "central")
    assert region.api("GET", f"/institutions/{secret}").status_code == 404


def test_what_was_lost_or_missed_comes_again(pair: Pair, eventually: Any) -> None:
    centre, region = pair
    lost, stale, kept = create(region), create(region), create(region)
    changed = region.api("GET", f"/institutions/{stale}").json()
    eventually(lambda: {lost, stale, kept} <= set(held(centre, "agadez")))
    region.call("actors", "change_institution", {"id": stale, "version": 1, "changes": {"note": "après"}})
    eventually(lambda: held(centre, "agadez")[stale]["version"] == 2)
    copies = centre.database("actors")["institutions"]
    copies.delete_one({"_id": lost})
    copies.update_one({"_id": stale}, {"$set": {"version": 1, "note": None}})
    assert held(centre, "agadez") != held(region, "agadez")
    restart(region)
    eventually(lambda: held(centre, "agadez") == held(region, "agadez"), within=120)
    assert held(centre, "agadez")[stale]["note"] == "après"
    assert changed["version"] == 1
    notes = centre.database("actors")["comparisons"]
    assert notes.find_one({"peer": "agadez", "noun": "institution", "of": "agadez"})


def test_a_node_that_was_restored_has_its_newer_records_back(pair: Pair, eventually: Any) -> None:
    """Its backup lacks a record and has an old version of another; the centre heard of both."""
    centre, region = pair
    newer, older = create(region), create(region)
    region.call("actors", "change_institution", {"id": older, "version": 1, "changes": {"note": "après la sauvegarde"}})
    eventually(lambda: (held(centre, "agadez").get(older) or {}).get("version") == 2)
    eventually(lambda: newer in held(centre, "agadez"))
    before = held(region, "agadez")
    own = region.database("actors")
    own["institutions"].delete_one({"_id": newer})
    own["institutions"].update_one({"_id": older}, {"$set": {"version": 1, "note": None}})
    own["outbox"].delete_many({"$or": [{"subject": newer}, {"subject": older, "recordversion": 2}]})
    restart(region, GTM_INCARNATION="2")
    eventually(lambda: held(region, "agadez") == before, within=120)
    answer = region.call("actors", "change_institution", {"id": older, "version": 2, "changes": {"note": "et ensuite"}})
    assert answer["version"] == 3
    eventually(lambda: held(centre, "agadez")[older]["note"] == "et ensuite")
    assert held(centre, "agadez")[older]["incarnation"] == 2
