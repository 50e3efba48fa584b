"""ETag, If-None-Match and If-Match: who changes a record says which version of it was read."""

import pytest

from chassis.kernel.errors import InvalidError
from chassis.kernel.ids import new_id
from tests.unit.gateway.conftest import Client, FakeRpc

ID = new_id()
UPPER = "01890000-0000-7000-8000-00000000ABCD"
RECORD = {"id": ID, "version": 3, "name": "ANLTP"}
ADDRESS = f"/api/v1/groups/{ID}"


@pytest.fixture(autouse=True)
def service(rpc: FakeRpc) -> None:
    rpc.answers |= {
        "actors.get_group": RECORD,
        "actors.change_group": {**RECORD, "version": 4},
        "actors.list_groups": {"items": [RECORD], "next_cursor": None},
        "meetings.adopt_minutes": {**RECORD, "version": 4},
    }


def test_a_record_carries_its_version_as_etag(client: Client) -> None:
    answer = client.get(ADDRESS)
    assert answer.headers["ETag"] == '"3"'
    assert answer.json == RECORD


@pytest.mark.parametrize("known", ['"3"', 'W/"3"', '"1", "3"', "*"])
def test_what_the_reader_has_already_is_not_sent_again(client: Client, known: str) -> None:
    answer = client.get(ADDRESS, headers={"If-None-Match": known})
    assert (answer.status_code, answer.data) == (304, b"")
    assert answer.headers["ETag"] == '"3"'
    assert "Content-Type" not in answer.headers


@pytest.mark.parametrize("known", ['"2"', "garbage", '"', ""])
def test_another_etag_gets_the_record(client: Client, known: str) -> None:
    assert client.get(ADDRESS, headers={"If-None-Match": known}).status_code == 200


def test_a_list_has_an_etag_that_changes_with_its_content(client: Client, rpc: FakeRpc) -> None:
    first = client.get("/api/v1/groups")
    same = client.get("/api/v1/groups", headers={"If-None-Match": first.headers["ETag"]})
    assert (same.status_code, same.data) == (304, b"")
    rpc.answers["actors.list_groups"] = {"items": [{**RECORD, "version": 4}], "next_cursor": None}
    other = client.get("/api/v1/groups", headers={"If-None-Match": first.headers["ETag"]})
    assert other.status_code == 200
    assert other.headers["ETag"] != first.headers["ETag"]


def test_a_change_without_if_match_is_428(client: Client, rpc: FakeRpc) -> None:
    answer = client.patch(ADDRESS, json={"name": "x"})
    assert (answer.status_code, answer.json["code"]) == (428, "precondition-required")
    assert rpc.asked == []


def test_a_change_with_the_version_goes_to_the_service(client: Client, rpc: FakeRpc) -> None:
    answer = client.patch(ADDRESS, json={"name": "x"}, headers={"If-Match": '"3"'})
    assert answer.status_code == 200
    assert answer.headers["ETag"] == '"4"'
    assert rpc.payload == {"id": ID, "version": 3, "changes": {"name": "x"}}


@pytest.mark.parametrize(
    ("given", "status", "code"),
    [
        ("*", 428, "if-match-star"),
        ('W/"3"', 412, "if-match-weak"),
        ("3", 400, "if-match-unreadable"),
        ('"3", "4"', 400, "if-match-unreadable"),
        ('"3', 400, "if-match-unreadable"),
        ("", 400, "if-match-unreadable"),
        ('W/"3', 400, "if-match-unreadable"),
        ('"abc"', 412, "stale-version"),
        ('"0"', 412, "stale-version"),
        ('"03"', 412, "stale-version"),
        ('"-1"', 412, "stale-version"),
        ('"' + "9" * 400 + '"', 412, "stale-version"),
    ],
)
@pytest.mark.parametrize("method", ["PATCH", "POST"])
def test_other_forms_of_if_match_are_refused_plainly(
    client: Client, rpc: FakeRpc, method: str, given: str, status: int, code: str
) -> None:
    address = ADDRESS if method == "PATCH" else f"/api/v1/minutes/{ID}/adopt"
    answer = client.open(address, method=method, json={}, headers={"If-Match": given})
    assert (answer.status_code, answer.json["code"]) == (status, code)
    assert rpc.asked == []


def test_an_action_needs_neither_if_match_nor_body(client: Client, rpc: FakeRpc) -> None:
    assert client.post(f"/api/v1/minutes/{ID}/adopt").status_code == 200
    assert rpc.payload == {"id": ID, "version": None}


def test_an_action_honours_if_match(client: Client, rpc: FakeRpc) -> None:
    client.post(f"/api/v1/minutes/{ID}/adopt", json={"adopted_on": "2026-01-31"}, headers={"If-Match": '"3"'})
    assert rpc.payload == {"id": ID, "version": 3, "adopted_on": "2026-01-31"}


@pytest.mark.parametrize("field", ["id", "version"])
def test_the_body_of_an_action_cannot_say_what_the_address_says(client: Client, field: str) -> None:
    answer = client.post(f"/api/v1/minutes/{ID}/adopt", json={field: 1})
    assert (answer.status_code, answer.json["code"]) == (422, "server-owned-field")
    assert answer.json["errors"][0]["field"] == field


def test_faults_of_a_change_name_the_fields_of_the_body(client: Client, rpc: FakeRpc) -> None:
    errors = [
        {"field": "changes.name", "code": "too-short", "params": {"min": "1"}},
        {"field": "changes.contacts.email", "code": "not-an-email", "params": {}},
    ]
    rpc.answers["actors.change_group"] = InvalidError("invalid-request", "changes.name", {}, errors)
    answer = client.patch(ADDRESS, json={"name": ""}, headers={"If-Match": '"3"'})
    assert [one["field"] for one in answer.json["errors"]] == ["name", "contacts.email"]


def test_the_name_of_a_request_goes_to_the_service(client: Client, rpc: FakeRpc) -> None:
    client.post(f"/api/v1/minutes/{ID}/adopt", headers={"Idempotency-Key": "key-1"})
    assert rpc.asked[-1][2].idempotency_key == "key-1"
    client.get(ADDRESS, headers={"Idempotency-Key": "key-1"})
    assert rpc.asked[-1][2].idempotency_key is None


@pytest.mark.parametrize("key", ["", "x" * 129, "two words", "clé"])
def test_an_unfit_name_is_refused(client: Client, rpc: FakeRpc, key: str) -> None:
    headers = {"Idempotency-Key": key.encode().decode("latin-1")}
    answer = client.post(f"/api/v1/minutes/{ID}/adopt", headers=headers)
    assert (answer.status_code, answer.json["code"]) == (422, "unfit-idempotency-key")
    assert rpc.asked == []


@pytest.mark.parametrize("id", ["nothing", "%00", "%ff", "..%2f..", UPPER, "x" * 3000])
def test_what_is_no_id_is_not_found_and_nobody_is_asked(client: Client, rpc: FakeRpc, id: str) -> None:
    answer = client.get(f"/api/v1/groups/{id}")
    assert answer.status_code == 404
    assert answer.mimetype == "application/problem+json"
    assert rpc.asked == []
