"""A region that lost everything, its keys too, is set up anew from nothing and joins again."""

import pytest

from tests.integration.eventually import eventually
from tests.system.federation.equal import equal, travelling
from tests.system.federation.nodes import PATIENCE, Three, Whole
from tests.system.federation.writing import AtWork

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


def test_a_node_rebuilt_from_nothing_has_its_own_again_and_goes_on(three: Three) -> None:
    agadez = three.agadez
    hidden = agadez.make("/institutions", {"name": "Interne, perdue", "visibility": "internal"})["id"]
    mine = agadez.make("/institutions", {"name": "Retrouvée", "visibility": "gtm"})["id"]
    for node in (three.centre, three.zinder):
        node.see(f"/institutions/{mine}")
    before = travelling(three.centre, "actors", "institutions", "agadez")
    early: list[str] = []

    def begin_anew(node: Whole) -> None:
        early.append(node.make("/institutions", {"name": "Avant de rejoindre", "visibility": "gtm"})["id"])

    with AtWork(three, 1, "rebuilt", but="agadez"):
        three.rebuild("agadez", begin_anew)
    agadez = three.agadez
    eventually(lambda: travelling(agadez, "actors", "institutions", "agadez").items() >= before.items(), PATIENCE, 1.0)
    assert agadez.api("GET", f"/institutions/{hidden}").status_code == 404
    # It is its own to change, and nobody mistakes that for something that it said before: its joining told it that this
    # is another life. What it had made before keeps its version.
    for id in (mine, *early):
        change = {"id": id, "version": agadez.see(f"/institutions/{id}")["version"], "changes": {"note": "après"}}
        agadez.call("actors", "change_institution", change)
        for node in (three.centre, three.zinder):
            eventually(lambda n=node, id=id: n.see(f"/institutions/{id}").get("note") == "après", PATIENCE)  # type: ignore[misc]
    lives = {id: [one["incarnation"] for one in agadez.events("actors", subject=id)] for id in (mine, *early)}
    assert lives == {mine: [1, 2], early[0]: [1, 2]}
    three.await_links()
    # Its log begins anew, while the others keep theirs: so it is records that are compared.
    eventually(lambda: equal(three), within=PATIENCE, every=1.0)
    assert [one for node in three.nodes.values() for one in node.parked()] == []
