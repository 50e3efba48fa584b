"""What a person sees of two real nodes: whose a record is and how fresh, what can be done with it, and the page."""

from typing import Any

import pytest
import requests

from tests.integration.federation.between import WHY, Pair, create, up_to_date
from tests.integration.federation.linked import Linked


@pytest.fixture(autouse=True)
def linked(pair: Pair, eventually: Any) -> None:
    up_to_date(pair, eventually)


def page(node: Linked, *roles: str) -> str:
    headers = {"Authorization": f"Bearer {node.token(*roles)}"} if roles else {}
    answer = requests.get(f"{node.http}/federation", headers=headers, timeout=60)
    assert answer.status_code == 200, answer.text
    return answer.text


def origins(node: Linked, *roles: str) -> dict[str, dict[str, Any]]:
    answer = node.api("GET", "/institutions?page_size=200", roles=roles).json()
    return {one["node"]: one for one in answer["origins"]}


def test_a_list_says_how_fresh_the_regions_records_are_also_to_the_public(pair: Pair, eventually: Any) -> None:
    centre, region = pair
    theirs = create(region, "public")
    eventually(lambda: centre.api("GET", f"/institutions/{theirs}").ok)
    fresh = eventually(lambda: (one := origins(centre)["agadez"])["state"] == "up_to_date" and one)
    assert (fresh["own"], fresh["text"], fresh["last_heard"][-1]) == (False, "Agadez\u00a0: à jour", "Z")
    assert centre.api("GET", f"/institutions/{theirs}", roles=()).headers["GTM-Origin"] == "agadez"
    refused = requests.patch(
        f"{centre.http}/api/v1/institutions/{theirs}",
        json={"note": "x"},
        headers={"Authorization": f"Bearer {centre.token('admin')}", "If-Match": '"1"'},
        timeout=60,
    )
    assert (refused.status_code, refused.json()["origin"]) == (409, "agadez")
    assert refused.json()["instead"] == [
        {"rel": "origin", "method": "GET", "href": None, "title": "s’adresser à Essai, chez Agadez"}
    ]


def test_who_is_suspended_is_not_called_silent_on_either_side(pair: Pair, eventually: Any) -> None:
    centre, region = pair
    theirs = create(region, "public")
    eventually(lambda: centre.api("GET", f"/institutions/{theirs}").ok)
    assert centre.api("POST", "/federation/nodes/agadez/suspend", WHY).ok
    try:
        eventually(lambda: "suspendu" in page(centre) and "suspendu" in page(centre, "member"))
        assert "silencieux" not in page(centre)
        eventually(lambda: "suspendu" in origins(centre)["agadez"]["text"])
        eventually(lambda: "refusé par Centre" in page(region) and "refusé par Centre" in page(region, "member"))
        # ... and it stays so: the transport tries again and again, and is then neither up nor refused for a moment.
        eventually(lambda: "gtm_node_last_heard_seconds{" not in metrics(centre))
        seen = [region.link("central")["state"] for _ in range(20)]
        assert set(seen) == {"refused"}
    finally:
        assert centre.api("POST", "/federation/nodes/agadez/resume", WHY).ok


def metrics(node: Linked) -> str:
    return requests.get(f"http://127.0.0.1:{node.ports['federation']}/metrics", timeout=60).text


def test_the_centre_tells_prometheus_what_a_region_says_of_itself(pair: Pair, eventually: Any) -> None:
    centre, _ = pair
    wanted = 'gtm_node_reported{measure="disk_free",node="agadez"}'
    eventually(lambda: wanted in metrics(centre) and 'gtm_node_last_heard_seconds{node="agadez"}' in metrics(centre))


def test_the_page_tells_members_of_the_last_comparison(pair: Pair, eventually: Any) -> None:
    centre, region = pair
    create(region, "public")
    region.stop("actors")
    region.run("actors", **region.shared)  # type: ignore[arg-type] # variables, all of them
    eventually(lambda: "Dernière comparaison" in page(centre, "member") and "depuis" in page(centre, "member"))
    shown = eventually(lambda: [one for one in centre.link("agadez")["compared"] if one["noun"] == "institution"])
    assert {one["of"] for one in shown} == {"agadez"}
    assert "comparé il y a" not in page(centre)
