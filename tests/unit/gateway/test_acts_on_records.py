"""Records made under another's address, and pages that show more than a record."""

import pytest

from chassis.kernel.ids import new_id
from tests.unit.gateway.conftest import Client, FakeRpc

ID, ACT = new_id(), new_id()
ADDRESS = f"/api/v1/recommendations/{ID}"
PAGE = {"id": ID, "version": 3, "text": "…", "effective": {"status": "open"}}


@pytest.fixture(autouse=True)
def service(rpc: FakeRpc) -> None:
    rpc.answers |= {
        "meetings.report_progress": {"id": ACT, "version": 1, "percent": 40},
        "meetings.get_recommendation": PAGE,
        "meetings.change_recommendation": {"id": ID, "version": 4},
    }


def test_what_is_made_under_another_record_lives_at_its_own_address(client: Client, rpc: FakeRpc) -> None:
    answer = client.post(f"{ADDRESS}/progress-reports", json={"percent": 40})
    assert (answer.status_code, answer.headers["ETag"]) == (201, '"1"')
    assert answer.headers["Location"] == f"/api/v1/progress-reports/{ACT}"
    assert rpc.payload == {"id": ID, "percent": 40}


def test_the_address_says_of_which_record(client: Client, rpc: FakeRpc) -> None:
    answer = client.post(f"{ADDRESS}/progress-reports", json={"percent": 40, "id": ACT})
    assert (answer.status_code, answer.json["code"]) == (422, "server-owned-field")
    answer = client.post("/api/v1/recommendations/nobody/progress-reports", json={"percent": 40})
    assert answer.status_code == 404
    assert rpc.asked == []


def test_a_page_is_sent_again_when_others_said_something_of_the_record(client: Client, rpc: FakeRpc) -> None:
    tag = client.get(ADDRESS).headers["ETag"]
    assert client.get(ADDRESS, headers={"If-None-Match": tag}).status_code == 304
    rpc.answers["meetings.get_recommendation"] = {**PAGE, "effective": {"status": "done"}}
    answer = client.get(ADDRESS, headers={"If-None-Match": tag})
    assert (answer.status_code, answer.json["effective"]["status"]) == (200, "done")


def test_the_tag_of_a_page_names_the_version_to_change(client: Client, rpc: FakeRpc) -> None:
    tag = client.get(ADDRESS).headers["ETag"]
    assert client.patch(ADDRESS, json={"text": "x"}, headers={"If-Match": tag}).status_code == 200
    assert rpc.payload["version"] == 3
    past = client.get(f"{ADDRESS}?as_of=2025-03-01").headers["ETag"]
    assert client.patch(ADDRESS, json={"text": "x"}, headers={"If-Match": past}).status_code == 412
