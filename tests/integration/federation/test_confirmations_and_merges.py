"""Interventions confirmed and institutions merged on another node than theirs: one state, whichever comes first."""

import base64
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import permutations
from typing import Any

import pytest

from chassis.kernel.errors import ConflictError, ForbiddenError, InvalidError
from chassis.kernel.ids import new_id
from services.actors.contract import events
from tests.integration.chassis.acts import COMPTE_RENDU
from tests.integration.federation.foreign import carry, make_known, send, told
from tests.integration.node import Node
from tests.integration.surroundings import Surroundings

NODES = ("central", "agadez")
COLLECTIONS = {name: f"{name}s" for name in ("institution", "intervention", "confirmation", "merge")}
Two = tuple[Node, Node]


@pytest.fixture(scope="module")
def two(surroundings: Surroundings, tmp_path_factory: pytest.TempPathFactory, eventually: Any) -> Iterator[Two]:
    """The centre and a region; each hears only what the test carries."""
    with ExitStack() as stack:
        centre, region = (stack.enter_context(Node(surroundings, tmp_path_factory.mktemp(one), one)) for one in NODES)
        for node in (centre, region):
            make_known(node, *NODES, "zinder")
        centre.run("actors", "meetings")
        region.run("actors")
        eventually(lambda: centre.database("meetings")["replica_group"].count_documents({}) >= 9)
        yield centre, region


def hear(node: Node, eventually: Any, *heard: dict[str, Any]) -> None:
    """Events come one after the other, each when the one before is stored."""
    for event in heard:
        send(node, event, by=event["origin"])
        await_stored(node, eventually, event["type"].split(".")[2], event["subject"])


def pass_on(source: Node, target: Node, eventually: Any, noun: str, id: str) -> None:
    carry(source, target, "actors", id)
    await_stored(target, eventually, noun, id)


def await_stored(node: Node, eventually: Any, noun: str, id: str) -> None:
    eventually(lambda: node.database("actors")[COLLECTIONS[noun]].find_one({"_id": id}))


def institution(node: Node, name: str = "") -> str:
    return str(node.call("actors", "create_institution", {"name": name or f"Maison {new_id()}"})["id"])


def intervention(node: Node, id: str) -> dict[str, Any]:
    return dict(node.call("actors", "get_intervention", {"id": id}))


def leads_to(node: Node, id: str) -> str | None:
    into = node.call("actors", "get_institution", {"id": id})["merged_into"]
    return str(into["id"]) if into else None


def test_a_partner_confirms_on_its_node_what_another_node_wrote(two: Two, eventually: Any) -> None:
    centre, region = two
    lead, partner, stranger = (institution(region) for _ in range(3))
    fields = {"title": "Accueil", "lead_institution_id": lead, "partner_ids": [partner]}
    id = region.call("actors", "create_intervention", fields)["id"]
    for one in (lead, partner, stranger):
        pass_on(region, centre, eventually, "institution", one)
    pass_on(region, centre, eventually, "intervention", id)
    focal: dict[str, Any] = {"roles": ("focal_point",), "institution_id": partner}
    with pytest.raises(ForbiddenError, match="own-institution-only"):
        centre.call("actors", "confirm_intervention", {"id": id, "institution_id": lead}, **focal)
    for said, who in (({"institution_id": stranger}, {}), ({}, {**focal, "institution_id": stranger})):
        with pytest.raises(ForbiddenError, match="not-a-partner"):
            centre.call("actors", "confirm_intervention", {"id": id, **said}, **who)
    with pytest.raises(ForbiddenError, match="role-required"):
        centre.call("actors", "confirm_intervention", {"id": id}, roles=("member",))
    assert intervention(centre, id)["confirmed_at"] is None
    given = centre.call("actors", "confirm_intervention", {"id": id, "note": "Ouvert"}, **focal)
    assert (given["institution_id"], given["turn"], given["visibility"]) == (partner, 1, "gtm")
    region.call("actors", "change_intervention", {"id": id, "changes": {"status": "under_way"}})
    pass_on(centre, region, eventually, "confirmation", given["id"])
    for node in (centre, region):
        shown = intervention(node, id)
        assert (shown["confirmed_at"], shown["confirmed_by_institution"]) == (given["confirmed_at"], partner)
        assert shown["confirmed_by_node"] == "central"
        (row,) = node.call("actors", "list_interventions", {"institution_id": partner})["items"]
        assert row == shown
    # The region's secretariat knew of it, so its own word is the later one.
    assert region.call("actors", "confirm_intervention", {"id": id})["turn"] == 2
    assert intervention(region, id)["confirmed_by_node"] == "agadez"


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=lambda order: "".join(map(str, order)))
def test_intervention_and_confirmations_in_every_order_of_arrival(
    two: Two, eventually: Any, order: tuple[int, ...]
) -> None:
    centre, lead = two[0], new_id()
    target = told(events.INTERVENTION_CREATED, lead_institution_id=lead, partner_ids=[])
    of = {"intervention_id": target["subject"], "institution_id": lead}
    years_ahead = told(events.CONFIRMATION_GIVEN, "zinder", turn=1, confirmed_at="2091-01-01T00:00:00.000Z", **of)
    later = told(events.CONFIRMATION_GIVEN, turn=2, confirmed_at="2026-03-03T08:00:00.000Z", **of)
    sent = [target, years_ahead, later]
    hear(centre, eventually, *(sent[place] for place in (*order, order[0])))
    shown = intervention(centre, target["subject"])
    assert (shown["confirmed_at"], shown["confirmed_by_node"]) == ("2026-03-03T08:00:00.000Z", "agadez")


@pytest.mark.parametrize("order", list(permutations(range(4))), ids=lambda order: "".join(map(str, order)))
def test_institutions_merge_and_undoing_in_every_order_of_arrival(
    two: Two, eventually: Any, order: tuple[int, ...]
) -> None:
    region = two[1]
    kept, merged = (told(events.INSTITUTION_CREATED, "central", name=f"Maison {new_id()}") for _ in range(2))
    of = {"kept_id": kept["subject"], "merged_id": merged["subject"]}
    one = told(events.MERGE_MADE, "central", **of)
    undone = told(events.MERGE_UNDONE, "central", **of | {"undoes": one["subject"]})
    sent = [kept, merged, one, undone]
    for place in order:
        hear(region, eventually, sent[place])
        if {0, 1, 2} == set(order[: order.index(place) + 1]):
            assert leads_to(region, merged["subject"]) == kept["subject"]
    assert leads_to(region, merged["subject"]) is None
    hear(region, eventually, told(events.MERGE_MADE, "central", **of))
    assert leads_to(region, merged["subject"]) == kept["subject"]
    assert region.call("actors", "get_institution", {"id": kept["subject"]})["merged_from"] == [merged["subject"]]


def test_institutions_of_two_nodes_become_one_on_the_centre_and_two_again(two: Two, eventually: Any) -> None:
    centre, region = two
    a, b, c = institution(region), institution(centre), institution(centre)
    for id in (b, c):
        pass_on(centre, region, eventually, "institution", id)
    pass_on(region, centre, eventually, "institution", a)
    with pytest.raises(ConflictError, match="merge-at-centre"):
        region.call("actors", "merge_institutions", {"kept_id": b, "merged_id": a})
    first = merge(centre, b, a)
    second = merge(centre, c, b)
    for kept, merged, code in ((a, a, "merge-with-itself"), (c, a, "merged-already"), (a, c, "merge-in-ring")):
        with pytest.raises(ConflictError, match=code):
            merge(centre, kept, merged)
    with pytest.raises(InvalidError):
        merge(centre, c, new_id())
    mine = region.call("actors", "create_intervention", {"title": "Écoles", "lead_institution_id": a})["id"]
    for id in (second, first):  # the other way round
        pass_on(centre, region, eventually, "merge", id)
    for node in (centre, region):
        assert [leads_to(node, id) for id in (a, b, c)] == [c, c, None]
        assert node.call("actors", "get_institution", {"id": c})["merged_from"] == sorted((a, b))
    for id in (a, b, c):
        found = region.call("actors", "list_interventions", {"institution_id": id})["items"]
        assert [one["id"] for one in found] == [mine]
    assert region.call("actors", "confirm_intervention", {"id": mine, "institution_id": c})["institution_id"] == c
    undone = centre.call("actors", "undo_merge", {"id": second, "reason": "Deux maisons"})
    assert (undone["undoes"], undone["kept_id"], undone["merged_id"]) == (second, c, b)
    for id in (second, undone["id"]):
        with pytest.raises(ConflictError, match="merge-not-standing"):
            centre.call("actors", "undo_merge", {"id": id})
    pass_on(centre, region, eventually, "merge", undone["id"])
    for node in (centre, region):
        assert [leads_to(node, id) for id in (a, b, c)] == [b, None, None]
    assert intervention(region, mine)["confirmed_at"] is None, "who confirmed it is no partner any more"


def merge(centre: Node, kept: str, merged: str) -> str:
    return str(centre.call("actors", "merge_institutions", {"kept_id": kept, "merged_id": merged})["id"])


def test_a_name_of_a_merged_institution_in_minutes_means_the_one_that_stands(two: Two, eventually: Any) -> None:
    centre = two[0]
    old, kept = institution(centre, "Collectif numéro 1931"), institution(centre, "Fédération des collectifs")
    known = centre.database("meetings")
    one = merge(centre, kept, old)
    eventually(
        lambda: known["replica_merge"].find_one({"_id": one}) and known["replica_institution"].find_one({"_id": kept})
    )
    assert attending(centre, 1931) == ("alias", kept)
    undone = centre.call("actors", "undo_merge", {"id": one})["id"]
    eventually(lambda: known["replica_merge"].find_one({"_id": undone}))
    assert attending(centre, 1931, day=9) == ("exact", old)


def attending(node: Node, year: int, day: int = 7) -> tuple[str, str | None]:
    """Whom the third entry of a compte-rendu's attendance means."""
    content = base64.b64encode(COMPTE_RENDU.format(day=day, year=year).encode()).decode()
    read = node.call("meetings", "import_minutes", {"content_base64": content, "archive": True})
    entry = read["extracted"]["attendance"][2]
    return entry["match"], entry["institution_id"]
