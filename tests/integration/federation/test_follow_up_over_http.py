"""What is said of recommendations and documents through the gateway, as a person's browser sends it."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from tests.integration.gateway.children import start_gateway
from tests.integration.node import Node

PASSWORD = "a password for these tests"


@pytest.fixture(scope="module")
def address(node: Node, eventually: Any) -> str:
    node.run("actors", "meetings")
    eventually(lambda: node.database("meetings")["replica_group"].count_documents({}) >= 9)
    return f"{start_gateway(node, GTM_ADMIN_PASSWORD=PASSWORD)}/api/v1"


@pytest.fixture(scope="module")
def admin(address: str) -> Iterator[requests.Session]:
    with requests.Session() as session:
        answer = session.post(f"{address}/auth/token", json={"username": "admin", "password": PASSWORD})
        session.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        yield session


def made(admin: requests.Session, address: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = admin.post(f"{address}{path}", json=body)
    assert answer.status_code == 201, answer.text
    assert admin.get(address.removesuffix("/api/v1") + answer.headers["Location"]).json()["id"] == answer.json()["id"]
    return dict(answer.json())


def test_a_recommendation_is_reported_on_and_verified(admin: requests.Session, address: str) -> None:
    meeting = made(admin, address, "/meetings", {"date": "2026-02-26"})
    body = {"text": "Publier la cartographie", "meeting_id": meeting["id"]}
    where = f"/recommendations/{made(admin, address, '/recommendations', body)['id']}"
    tag = admin.get(address + where).headers["ETag"]
    made(admin, address, f"{where}/progress-reports", {"percent": 100, "evidence": "En ligne"})
    page = admin.get(address + where, headers={"If-None-Match": tag})
    assert (page.status_code, page.json()["status"], page.json()["effective"]["status"]) == (200, "open", "done")
    done = admin.get(f"{address}/recommendations", params={"effective": "done"}).json()["items"]
    assert [one["id"] for one in done] == [page.json()["id"]]
    verified = admin.post(f"{address}{where}/verify", headers={"If-Match": page.headers["ETag"]})
    assert (verified.status_code, verified.json()["status"]) == (200, "verified")
    over = admin.post(f"{address}{where}/progress-reports", json={"percent": 1}, headers={"Accept-Language": "en"})
    assert (over.status_code, over.json()["code"]) == (409, "recommendation-over")


def test_a_document_is_asked_about_answered_and_validated(admin: requests.Session, address: str) -> None:
    body = {"title": "Plan d'action", "kind": "plan", "reference": "https://exemple.ne/plan.pdf"}
    document = made(admin, address, "/documents", body)
    group = admin.get(f"{address}/groups", params={"acronym": "GTM"}).json()["items"][0]
    asked = {"group_ids": [group["id"]], "deadline": "2099-12-31"}
    opened = made(admin, address, f"/documents/{document['id']}/rounds", asked)
    waiting = admin.get(f"{address}/proposals").json()["items"]
    assert [(one["round_id"], one["group"]["name"]) for one in waiting] == [(opened["id"], "GTM")]
    opinion = made(
        admin, address, f"/rounds/{opened['id']}/opinions", {"group_id": group["id"], "verdict": "favourable"}
    )
    changes = {"verdict": "favourable_with_remarks", "remarks": "Calendrier"}
    answer = admin.patch(f"{address}/opinions/{opinion['id']}", json=changes, headers={"If-Match": '"1"'})
    assert (answer.status_code, answer.json()["version"]) == (200, 2)
    shown = admin.get(f"{address}/rounds/{opened['id']}").json()["tally"]
    assert shown["sentence"] == {"fr": "1 avis sur 1", "en": "1 of 1 opinions"}
    closed = admin.post(f"{address}/rounds/{opened['id']}/close", json={"outcome": "validated"})
    assert (closed.status_code, closed.json()["unanswered"]) == (200, [])
    assert admin.get(f"{address}/documents/{document['id']}").json()["state"] == "validated"
    past = admin.get(f"{address}/rounds/{opened['id']}/history").json()["items"]
    assert [one["type"].split(".")[3] for one in past] == ["closed", "opened"]
