"""Records of a real service through the gateway: made, read, changed, listed, told as events."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import requests

from tests.integration.eventually import eventually
from tests.integration.node import Node


def made(admin: requests.Session, address: str, **fields: Any) -> requests.Response:
    name = f"Institution {uuid.uuid4().hex}"
    answer = admin.post(f"{address}/api/v1/institutions", json={"name": name, **fields})
    assert answer.status_code == 201, answer.text
    return answer


def test_a_record_is_made_read_and_changed(admin: requests.Session, address: str) -> None:
    answer = made(admin, address, kind="cso")
    record = answer.json()
    assert answer.headers["Location"] == f"/api/v1/institutions/{record['id']}"
    assert answer.headers["ETag"] == '"1"'
    where = address + answer.headers["Location"]

    shown = admin.get(where)
    assert shown.json() == record | {"merged_into": None, "merged_from": []}
    assert admin.get(where, headers={"If-None-Match": shown.headers["ETag"]}).status_code == 304

    assert admin.patch(where, json={"kind": "ngo"}).status_code == 428
    changed = admin.patch(where, json={"kind": "ngo"}, headers={"If-Match": '"1"'})
    assert (changed.status_code, changed.json()["kind"], changed.headers["ETag"]) == (200, "ngo", '"2"')
    stale = admin.patch(where, json={"kind": "cso"}, headers={"If-Match": '"1"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "stale-version")


def test_the_same_request_sent_again_makes_one_record(admin: requests.Session, address: str) -> None:
    body, headers = {"name": f"Institution {uuid.uuid4().hex}"}, {"Idempotency-Key": uuid.uuid4().hex}
    answers = [admin.post(f"{address}/api/v1/institutions", json=body, headers=headers) for _ in range(3)]
    assert {one.status_code for one in answers} == {201}
    assert len({one.json()["id"] for one in answers}) == 1
    other = admin.post(f"{address}/api/v1/institutions", json={"name": "another"}, headers=headers)
    assert (other.status_code, other.json()["code"]) == (409, "idempotency-key-reused")


def test_of_many_who_change_one_version_one_wins(admin: requests.Session, address: str) -> None:
    where = address + made(admin, address).headers["Location"]

    def change(number: int) -> int:
        headers = {"If-Match": '"1"', "Authorization": str(admin.headers["Authorization"])}
        return requests.patch(where, json={"note": f"note {number}"}, headers=headers, timeout=30).status_code

    with ThreadPoolExecutor(8) as pool:
        outcomes = sorted(pool.map(change, range(8)))
    assert outcomes == [200] + [412] * 7


def test_faults_name_every_field_in_the_callers_language(admin: requests.Session, address: str) -> None:
    body: Any = {"name": "", "kind": "nothing", "origin": "agadez", "unknown": 1}
    answer = admin.post(f"{address}/api/v1/institutions", json=body, headers={"Accept-Language": "en"})
    assert answer.status_code == 422
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert {one["field"] for one in answer.json()["errors"]} == {"name", "kind", "origin", "unknown"}


def test_a_list_pages_through_everything_once(admin: requests.Session, address: str) -> None:
    seen: list[str] = []
    cursor = None
    while True:
        query = {"page_size": "7", **({"cursor": cursor} if cursor else {})}
        page = admin.get(f"{address}/api/v1/institutions", params=query).json()
        seen += [one["id"] for one in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) > 7


def test_the_public_reads_what_is_public_and_writes_nothing(address: str) -> None:
    page = requests.get(f"{address}/api/v1/institutions", timeout=30).json()
    assert {one["visibility"] for one in page["items"]} == {"public"}
    answer = requests.post(f"{address}/api/v1/institutions", json={"name": "x"}, timeout=30)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_record_is_in_the_log_of_events_with_the_requests_correlation_id(
    admin: requests.Session, address: str, node: Node
) -> None:
    correlation = f"test-{uuid.uuid4()}"
    answer = admin.post(
        f"{address}/api/v1/institutions",
        json={"name": f"Institution {correlation}"},
        headers={"X-Correlation-Id": correlation},
    )
    assert answer.headers["X-Correlation-Id"] == correlation
    subject = answer.json()["id"]
    page = admin.get(f"{address}/api/v1/events", params={"subject": subject}).json()
    assert [one["type"] for one in page["items"]] == ["gtm.actors.institution.created.v1"]
    assert page["items"][0]["correlationid"] == correlation
    eventually(lambda: correlation in node.log("gateway"))


def test_the_log_of_events_pages_oldest_first(admin: requests.Session, address: str) -> None:
    seen: list[str] = []
    cursor = None
    for _ in range(4):
        query = {"page_size": "5", **({"cursor": cursor} if cursor else {})}
        page = admin.get(f"{address}/api/v1/events", params=query).json()
        seen += [one["id"] for one in page["items"]]
        cursor = page["next_cursor"]
    assert len(seen) == 20
    assert seen == sorted(set(seen))


def test_reference_lists_are_there_for_everybody(address: str) -> None:
    names = [one["name"] for one in requests.get(f"{address}/api/v1/reference", timeout=30).json()["items"]]
    assert "regions" in names
    regions = requests.get(f"{address}/api/v1/reference/regions", timeout=30).json()
    assert len(regions["items"]) == 8
    assert requests.get(f"{address}/api/v1/reference/nothing", timeout=30).status_code == 404
