"""Pages and filters: what a query may say, and in what form it reaches the service."""

from typing import Any

import pytest

from tests.unit.gateway.conftest import Client, FakeRpc

EMPTY: dict[str, Any] = {"items": [], "next_cursor": None}


@pytest.fixture(autouse=True)
def service(rpc: FakeRpc) -> None:
    for target in ("meetings.list_recommendations", "actors.list_institutions", "notifications.list_notifications"):
        rpc.answers[target] = EMPTY


def test_a_page_has_items_and_a_cursor(client: Client, rpc: FakeRpc) -> None:
    rpc.answers["actors.list_institutions"] = {"items": [{"id": "1"}], "next_cursor": "abc", "noise": 1}
    assert client.get("/api/v1/institutions").json == {"items": [{"id": "1"}], "next_cursor": "abc", "origins": []}
    assert rpc.payload == {"page_size": 50, "cursor": None}


def test_paging_and_filters_reach_the_service_in_their_types(client: Client, rpc: FakeRpc) -> None:
    client.get("/api/v1/recommendations?page_size=7&cursor=abc&overdue=true&status=open")
    assert rpc.payload == {"page_size": 7, "cursor": "abc", "overdue": True, "status": "open"}
    client.get("/api/v1/notifications?all=0")
    assert rpc.payload["all"] is False


def test_a_yes_no_that_is_neither_is_left_to_the_service(client: Client, rpc: FakeRpc) -> None:
    client.get("/api/v1/recommendations?overdue=peut-être")
    assert rpc.payload["overdue"] == "peut-être"


@pytest.mark.parametrize("given", ["0", "201", "-1", "abc", "", "1.5", "1e2", "٣", "9" * 400, "%00"])
def test_a_page_size_outside_1_to_200_is_422(client: Client, rpc: FakeRpc, given: str) -> None:
    answer = client.get(f"/api/v1/institutions?page_size={given}")
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "page_size")
    assert rpc.asked == []


def test_unknown_parameters_are_all_named(client: Client) -> None:
    answer = client.get("/api/v1/institutions?foo=1&acronym=x&bar=2")
    assert answer.status_code == 422
    assert [one["field"] for one in answer.json["errors"]] == ["foo", "bar"]
    assert "acronym" in answer.json["detail"]


def test_a_parameter_given_twice_is_refused(client: Client) -> None:
    answer = client.get("/api/v1/institutions?acronym=a&acronym=b")
    assert (answer.status_code, answer.json["code"]) == (422, "repeated-parameter")


@pytest.mark.parametrize(
    ("method", "address"),
    [("GET", "/api/v1/me?x=1"), ("POST", "/api/v1/institutions?x=1"), ("GET", "/api/v1/openapi.json?x=1")],
)
def test_no_address_ignores_unknown_parameters(client: Client, method: str, address: str) -> None:
    answer = client.open(address, method=method, json={} if method == "POST" else None)
    assert (answer.status_code, answer.json["code"]) == (422, "unknown-parameter")


def test_a_service_that_gives_no_page_is_our_fault(client: Client, rpc: FakeRpc) -> None:
    rpc.answers["actors.list_institutions"] = {"rows": []}
    answer = client.get("/api/v1/institutions")
    assert (answer.status_code, answer.json["code"]) == (500, "internal-error")
