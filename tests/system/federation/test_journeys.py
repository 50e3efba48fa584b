"""What people of three nodes do together, by HTTP alone: a validation round, and a recommendation on its way."""

from typing import Any

import pytest

from tests.integration.eventually import eventually
from tests.system.federation.equal import assert_equal_in_the_end
from tests.system.federation.nodes import PATIENCE, REGIONS, Three, Whole

AHEAD = "2099-12-31"
ACRONYMS = {"central": "GTM", "agadez": "GTM Agadez", "zinder": "GTM Zinder"}
SECRETARIAT = ("secretariat",)

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def groups(three: Three) -> dict[str, str]:
    """The group that each node holds, as the directory of the centre says."""
    return {name: first(three.centre, f"/groups?acronym={acronym}")["id"] for name, acronym in ACRONYMS.items()}


def first(node: Whole, path: str) -> dict[str, Any]:
    """The first of a list."""
    return eventually(lambda: node.ask("GET", path)["items"], within=PATIENCE, every=0.3)[0]  # type: ignore[no-any-return]


def seen_alike(three: Three, path: str, view: Any, expected: Any) -> None:
    """Every node shows the same of a page."""

    def shown(node: Whole) -> Any:
        answer = node.api("GET", path)
        return view(answer.json()) if answer.ok else answer.status_code

    for node in three.nodes.values():
        assert eventually(lambda n=node: _same(shown(n), expected, n.name), PATIENCE, 0.3)  # type: ignore[misc]


def _same(found: Any, expected: Any, name: str) -> bool:
    assert found == expected, name
    return True


def test_a_document_is_put_to_the_regions_and_their_opinions_come_back(three: Three) -> None:
    asked, centre = groups(three), three.centre
    text = {"title": "Stratégie de coordination", "kind": "strategy", "reference": "https://exemple.ne/v1.pdf"}
    document = centre.make("/documents", text, roles=SECRETARIAT)["id"]
    call = {"group_ids": list(asked.values()), "deadline": AHEAD}
    page = f"/rounds/{centre.make(f'/documents/{document}/rounds', call, roles=SECRETARIAT)['id']}"
    for region, verdict in zip(REGIONS, ("favourable_with_remarks", "unfavourable"), strict=True):
        node = three.nodes[region]
        proposed = proposals(node, page)
        assert [(one["group"]["id"], one["origin"]) for one in proposed] == [(asked[region], "central")]
        said = {"group_id": asked[region], "verdict": verdict, "remarks": "Genre"}
        given = node.make(f"{page}/opinions", said, roles=SECRETARIAT)
        refused = node.api("POST", f"{page}/opinions", {**said, "group_id": asked["central"]}, SECRETARIAT)
        assert (refused.status_code, refused.json()["code"]) == (409, "group-not-ours")
    seen_alike(three, page, count, (2, 1, 1, 0, ["central"]))
    # The centre cannot change what a region said; the region thinks again, and all see it.
    refused = centre.api("PATCH", f"/opinions/{given['id']}", {"verdict": "favourable"}, SECRETARIAT)
    assert refused.status_code in (409, 428)
    changed = three.zinder.call("meetings", "change_opinion", {"id": given["id"], "version": 1, "changes": AGAIN})
    assert changed["version"] == 2
    seen_alike(three, page, count, (2, 1, 0, 1, ["central"]))
    centre.ask("POST", f"{page}/close", {"outcome": "validated_subject_to"}, roles=SECRETARIAT)
    seen_alike(three, page, lambda one: (one["state"], one["unanswered"]), ("closed", [asked["central"]]))
    seen_alike(three, f"/documents/{document}", lambda one: one["state"], "validated_subject_to")
    assert_equal_in_the_end(three)


def proposals(node: Whole, page: str) -> list[dict[str, Any]]:
    """What a node is asked in a round, as soon as it knows."""

    def asked() -> list[dict[str, Any]]:
        return [one for one in node.ask("GET", "/proposals")["items"] if page.endswith(one["round_id"])]

    return eventually(asked, within=PATIENCE, every=0.3)


AGAIN = {"verdict": "abstention"}


def count(page: dict[str, Any]) -> tuple[Any, ...]:
    """How a round stands."""
    tally = page["tally"]
    verdicts = (tally["favourable_with_remarks"], tally["unfavourable"], tally["abstention"])
    return tally["answered"], *verdicts, [one["group"]["node"] for one in tally["silent"]]


def test_a_recommendation_keeps_one_id_from_region_to_centre_and_on(three: Three) -> None:
    known, (agadez, centre, zinder) = groups(three), (three.agadez, three.centre, three.zinder)
    lead = first(centre, "/institutions?q=DRECM")["id"]
    id, other = (recommend(node, f"Centre d’accueil, vu de {node.name}", lead) for node in (agadez, zinder))
    page = f"/recommendations/{id}"
    handed = agadez.make(f"{page}/referrals", {"to_group_id": known["central"], "reason": "Dépasse la région"})
    centre.see(f"/referrals/{handed['id']}")
    centre.make(f"/referrals/{handed['id']}/answers", {"verdict": "accepted"}, roles=SECRETARIAT)
    onward = centre.make(f"{page}/referrals", {"to_group_id": known["zinder"]}, roles=SECRETARIAT)
    zinder.see(f"/referrals/{onward['id']}")
    zinder.make(f"/referrals/{onward['id']}/answers", {"verdict": "accepted"}, roles=SECRETARIAT)
    seen_alike(three, page, hops, [("agadez", "central", "accepted"), ("central", "zinder", "accepted")])
    # Zinder's own one, on the same matter, is merged into it at the centre; that is undone, and done again.
    theirs = zinder.make(f"/recommendations/{other}/referrals", {"to_group_id": known["central"]})
    centre.see(f"/referrals/{theirs['id']}")
    merge = {"verdict": "merged", "into_id": id, "reason": "Même objet"}
    answer = centre.make(f"/referrals/{theirs['id']}/answers", merge, roles=SECRETARIAT)
    seen_alike(three, f"/recommendations/{other}", lambda one: one["effective"]["status"], "merged")
    seen_alike(three, page, lambda one: [merged["id"] for merged in one["merged_from"]], [other])
    undo = {"id": answer["id"], "version": 1, "changes": {"verdict": "declined", "reason": "Autre objet"}}
    centre.call("meetings", "change_referral_answer", undo)
    seen_alike(
        three, f"/recommendations/{other}", lambda one: (one["effective"]["status"], one["resolved"]), ("open", None)
    )
    # Who took it on answers and reports; its owner alone ends it.
    zinder.see(page)
    zinder.make(f"{page}/responses", {"decision": "accepted", "institution_id": lead}, roles=SECRETARIAT)
    seen_alike(three, page, status, ("accepted", None))
    zinder.make(f"{page}/progress-reports", {"percent": 100, "institution_id": lead}, roles=SECRETARIAT)
    seen_alike(three, page, status, ("done", 100))
    refused = centre.api("POST", f"{page}/verify", {}, SECRETARIAT)
    assert (refused.status_code, refused.json()["code"], refused.json()["origin"]) == (409, "not-the-origin", "agadez")
    agadez.ask("POST", f"{page}/verify", {}, roles=SECRETARIAT)
    seen_alike(three, page, lambda one: (one["id"], one["origin"], one["status"]), (id, "agadez", "verified"))
    assert_equal_in_the_end(three)


def recommend(node: Whole, text: str, lead: str) -> str:
    """A recommendation of a meeting of the node; it knows the institution by now."""
    node.see(f"/institutions/{lead}")
    meeting = node.make("/meetings", {"date": "2026-02-26"})["id"]
    body = {"text": text, "meeting_id": meeting, "lead_institution_id": lead}
    eventually(lambda: node.database("meetings")["replica_institution"].find_one({"_id": lead}))
    return str(node.make("/recommendations", body)["id"])


def hops(page: dict[str, Any]) -> list[tuple[str, str, str | None]]:
    """Its way: from, to, what they said."""
    return [(one["origin"], one["to_node"], (one["answer"] or {}).get("verdict")) for one in page["hops"]]


def status(page: dict[str, Any]) -> tuple[str, int | None]:
    """What all nodes say of it together."""
    return page["effective"]["status"], page["effective"]["percent"]
