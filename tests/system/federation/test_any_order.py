"""All that nodes say of each other's records, arriving in reverse, shuffled and repeated: one state on every node.

Straight on, the same acts are tried in test_journeys.py. Here a region is held up while all work; then what waits for
it, and what waits with it, is dealt anew: acts come before what they are about, answers before questions, the last
version before the first.
"""

import os
from typing import Any

import pytest

from chassis.kernel.ids import new_id
from tests.integration.eventually import eventually
from tests.system.federation.equal import assert_equal_in_the_end
from tests.system.federation.nodes import HUB, PATIENCE, Three, Whole
from tests.system.federation.reordering import deal_anew, held_up
from tests.system.federation.test_journeys import AHEAD, SECRETARIAT, first, groups, recommend

ORDERS = ["reversed", *(str(n) for n in range(1, 1 + int(os.environ.get("GTM_TEST_FEDERATION_ROUNDS") or 1)))]

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


def follow_up(owner: Whole, other: Whole, lead: str, group: str) -> list[str]:
    """A recommendation of a node, and all that it and another one, which knows it, say of it; its page."""
    page = f"/recommendations/{recommend(owner, f'Essai {new_id()}', lead)}"
    owner.make(f"{page}/referrals", {"to_group_id": group, "reason": "Dépasse le cadre"})
    owner.make(f"{page}/progress-reports", {"percent": 10})
    if other is not owner:
        (referral,) = eventually(
            lambda: other.ask("GET", f"/referrals?recommendation_id={page[17:]}")["items"], PATIENCE
        )
        other.see(page)
        answer = other.make(f"/referrals/{referral['id']}/answers", {"verdict": "declined", "reason": "Non"})
        again = {"id": answer["id"], "version": 1, "changes": {"verdict": "accepted"}}
        other.call("meetings", "change_referral_answer", again)
        given = other.make(f"{page}/responses", {"decision": "declined", "reason": "Non", "institution_id": lead})
        change = {"id": given["id"], "version": 1, "changes": {"decision": "accepted"}}
        other.call("meetings", "change_response", change)
        for percent in (40, 100):
            other.make(f"{page}/progress-reports", {"percent": percent, "institution_id": lead})
    return [page]


def validation(owner: Whole, other: Whole, asked: dict[str, str]) -> str:
    """A round of a node, the opinions of those that hear of it now, and its end; its page."""
    text = {"title": f"Essai {new_id()}", "kind": "plan", "reference": "https://exemple.ne/v1.pdf"}
    document = owner.make("/documents", text, roles=SECRETARIAT)["id"]
    call = {"group_ids": list(asked.values()), "deadline": AHEAD}
    page = f"/rounds/{owner.make(f'/documents/{document}/rounds', call, roles=SECRETARIAT)['id']}"
    other.see(page)
    for node, verdict in ((other, "unfavourable"), (owner, "favourable")):
        given = node.make(f"{page}/opinions", {"group_id": asked[node.name], "verdict": verdict}, roles=SECRETARIAT)
    other_words = {"id": given["id"], "version": 1, "changes": {"verdict": "abstention"}}
    owner.call("meetings", "change_opinion", other_words)
    owner.ask("POST", f"{page}/close", {"outcome": "validated"}, roles=SECRETARIAT)
    return page


def alone(node: Whole, known: dict[str, str], lead: str) -> list[str]:
    """What a region does that hears nobody: many versions of a record, and acts on its own and on others' records."""
    made = node.make("/institutions", {"name": f"Essai {new_id()}", "visibility": "gtm"})
    for version in (1, 2, 3):
        note = {"id": made["id"], "version": version, "changes": {"note": f"note {version}"}}
        node.call("actors", "change_institution", note)
    return follow_up(node, node, lead, known[HUB])


@pytest.mark.parametrize("order", ORDERS)
def test_in_whatever_order_all_arrives_all_nodes_say_the_same(three: Three, order: str) -> None:
    agadez, centre, zinder = three.agadez, three.centre, three.zinder
    known, lead = groups(three), first(centre, "/institutions?q=DRECM")["id"]
    shared = f"/recommendations/{recommend(centre, f'Essai {new_id()}', lead)}"
    for node in (agadez, zinder):  # what was there before they joined has come
        node.see(shared)
        node.see(f"/institutions/{lead}")
    with held_up(three, "zinder"):
        pages = [*follow_up(agadez, centre, lead, known[HUB]), *follow_up(centre, agadez, lead, known["agadez"])]
        pages += [validation(centre, agadez, known), *alone(zinder, known, lead), shared]
        zinder.make(f"{shared}/responses", {"decision": "accepted", "institution_id": lead}, roles=SECRETARIAT)
        zinder.make(f"{shared}/progress-reports", {"percent": 30, "institution_id": lead}, roles=SECRETARIAT)
        eventually(lambda: not waiting(zinder) and not waiting(centre), PATIENCE, 0.3)
        assert deal_anew(zinder, f"outbound.{HUB}", order) > 8
        assert deal_anew(centre, "peer.zinder", order) > 20
    assert_equal_in_the_end(three)
    for page in pages:
        views = [view(node, page) for node in three.nodes.values()]
        assert views[0] == views[1] == views[2], page
    assert zinder.ask("GET", pages[0])["effective"]["status"] == "done"


def waiting(node: Whole) -> int:
    """Events that have not left their service."""
    return sum(node.database(service)["unsent"].count_documents({}) for service in node.services)


def view(node: Whole, page: str) -> dict[str, Any]:
    """What a node shows of what was derived."""
    return {name: one for name, one in node.see(page).items() if name in DERIVED}


DERIVED = ("effective", "hops", "resolved", "merged_from", "tally", "state")
