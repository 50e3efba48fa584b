"""Invitations that must not work: used by another machine, expired, altered, for others; and guessing is slowed."""

import base64
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from chassis.federation.certificates import make_request
from chassis.kernel.ids import new_id
from services.federation.domain import invitation as invitations
from tests.integration.federation.between import Pair
from tests.integration.federation.linked import Linked, apart, invite, joined

DESCRIPTION = {"name": {"fr": "Agadez", "en": "Agadez"}, "body": None, "services": ["actors"], "address": None}


def request(token: str, csr: str, node: str = "agadez") -> dict[str, Any]:
    asked = {"node": node, "csr": csr, "description": DESCRIPTION}
    return {**asked, "proof": invitations.proof(invitations.read(token).secret, invitations.REQUEST, asked)}


def enrol(centre: Linked, body: dict[str, Any]) -> Any:
    return centre.api("POST", "/federation/enrolments", body, roles=())


@pytest.fixture(scope="module", autouse=True)
def after(pair: Pair) -> Any:
    apart(pair)
    yield
    apart(pair)


def test_the_same_key_gets_the_same_answer_and_another_key_none(pair: Pair, eventually: Any) -> None:
    centre = pair[0]
    token = invite(centre)
    _, csr = make_request("agadez")
    first, again = enrol(centre, request(token, csr)), enrol(centre, request(token, csr))
    assert first.status_code == again.status_code == 200, first.text
    assert first.json() == again.json()
    other = enrol(centre, request(token, make_request("agadez")[1]))
    assert (other.status_code, other.json()["code"]) == (409, "invitation-used")
    assert [one["code"] for one in centre.link("agadez")["warnings"]] == ["second-claim"]
    assert "Une autre machine" in centre.link("agadez")["warnings"][0]["text"]
    apart(pair)


def test_another_machine_is_another_life_of_the_node_and_the_same_one_is_not(pair: Pair, eventually: Any) -> None:
    centre, region = pair

    def join(**more: Any) -> int:
        answer = region.api("POST", "/federation/join", {"invitation": invite(centre, **more)})
        assert answer.status_code == 200, answer.text
        return int(answer.json()["incarnation"])

    first = join()
    eventually(lambda: centre.link("agadez").get("state") == "up_to_date")
    assert join(replace=True) == first
    early = region.call("actors", "create_institution", {"name": "Avant", "visibility": "gtm"})
    told = region.events("actors", subject=early["id"])
    (region.home / "keys" / "federation" / "node.key").unlink()
    assert join(replace=True) == first + 1 == int((region.home / "incarnation").read_text())

    def written() -> int:
        made = region.call("actors", "create_institution", {"name": f"Après {new_id()}"})
        return int(region.events("actors", subject=made["id"])[0]["incarnation"])

    # The services take it up when they find the link, without a start, and before they ask for what was lost.
    eventually(lambda: written() == first + 1, every=1.0)
    assert region.events("actors", subject=early["id"]) == told
    eventually(lambda: centre.api("GET", f"/institutions/{early['id']}").ok)
    apart(pair)


def test_of_two_machines_at_the_same_moment_one_is_admitted(pair: Pair) -> None:
    centre = pair[0]
    token = invite(centre)
    bodies = [request(token, make_request("agadez")[1]) for _ in range(2)]
    with ThreadPoolExecutor(2) as both:
        answers = list(both.map(lambda body: enrol(centre, body), bodies))
    assert sorted(one.status_code for one in answers) == [200, 409], [one.text for one in answers]
    (kept,) = centre.database("federation")["enrolments"].find({"_id": invitations.read(token).id})
    winner = next(one.json() for one in answers if one.status_code == 200)
    assert kept["certificate"] == winner["certificate"]
    apart(pair)


def test_one_that_is_over_is_refused_and_says_so_in_both_languages(pair: Pair) -> None:
    centre, region = pair
    token = invite(centre)
    past = {"$set": {"expires": invitations.read(token).expires.replace(year=2025)}}
    centre.database("federation")["invitations"].update_one({"_id": invitations.read(token).id}, past)
    found = region.api("POST", "/federation/join", {"invitation": token})
    assert (found.status_code, found.json()["code"]) == (422, "invitation-expired")
    assert "n’est plus valable" in found.json()["detail"]


@pytest.mark.parametrize("damage", ["", "x", "é", "QUJD", "e30"])
def test_what_is_no_invitation_is_told_from_a_damaged_one(pair: Pair, damage: str) -> None:
    found = pair[1].api("POST", "/federation/join", {"invitation": damage or "?"})
    assert (found.status_code, found.json()["code"]) == (422, "invitation-unreadable")


def altered(token: str, **changes: Any) -> str:
    said = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))) | changes
    return base64.urlsafe_b64encode(json.dumps(said).encode()).decode()


def test_one_that_was_changed_on_its_way_is_seen_before_anybody_is_asked(pair: Pair) -> None:
    token = invite(pair[0])
    found = pair[1].api("POST", "/federation/join", {"invitation": altered(token, addresses=["http://evil.example"])})
    assert (found.status_code, found.json()["code"]) == (422, "invitation-altered")


def test_those_of_others_are_refused_by_the_region_itself(pair: Pair) -> None:
    centre, region = pair
    other = centre.api("POST", "/federation/invitations", {"node": "zinder"}).json()["invitation"]
    found = region.api("POST", "/federation/join", {"invitation": other})
    assert (found.status_code, found.json()["code"]) == (422, "invitation-for-another-node")
    made = invitations.read(invite(centre))
    foreign = invitations.write(type(made)(**{**made.__dict__, "hub": "tahoua"}))
    found = region.api("POST", "/federation/join", {"invitation": foreign})
    assert (found.status_code, found.json()["code"]) == (409, "invitation-of-another-hub")


def test_a_region_invites_nobody_and_only_admins_invite(pair: Pair) -> None:
    centre, region = pair
    found = region.api("POST", "/federation/invitations", {"node": "zinder"})
    assert (found.status_code, found.json()["code"]) == (409, "not-a-hub")
    assert centre.api("POST", "/federation/invitations", {"node": "zinder"}, ("secretariat",)).status_code == 403
    for name in ("central", "Zinder", "a.b", "#"):
        assert centre.api("POST", "/federation/invitations", {"node": name}).status_code == 422


def test_a_newer_invitation_ends_an_older_one_and_guessing_is_slowed(pair: Pair) -> None:
    centre = pair[0]
    old, _new = invite(centre), invite(centre)
    _, csr = make_request("agadez")
    found = enrol(centre, request(old, csr))
    assert (found.status_code, found.json()["code"]) == (403, "enrolment-refused")
    codes = [enrol(centre, {**request(old, csr), "node": "tahoua"}).status_code for _ in range(20)]
    assert codes[:5] == [403] * 5
    assert 429 in codes


def test_a_centre_that_does_not_answer_is_named_and_nothing_is_begun(pair: Pair) -> None:
    centre, region = pair
    made = invitations.read(invite(centre))
    nobody = invitations.write(type(made)(**{**made.__dict__, "addresses": ("http://127.0.0.1:9",)}))
    found = region.api("POST", "/federation/join", {"invitation": nobody})
    assert (found.status_code, found.json()["code"]) == (503, "hub-unreachable")
    assert "127.0.0.1:9" in found.json()["detail"]
    assert not (region.home / "keys" / "federation" / "link.json").exists()


def test_a_member_joins_anew_with_replace_alone(pair: Pair) -> None:
    centre = pair[0]
    joined(pair)
    found = centre.api("POST", "/federation/invitations", {"node": "agadez"})
    assert (found.status_code, found.json()["code"]) == (409, "node-already-joined")
    before = centre.surroundings.manage("GET", "users/agadez")["password_hash"]
    token = invite(centre, replace=True)
    found = pair[1].api("POST", "/federation/join", {"invitation": token})
    assert found.status_code == 200, found.text
    assert centre.surroundings.manage("GET", "users/agadez")["password_hash"] != before
