"""The AsyncAPI document over HTTP; what it says is checked in tests/contract/test_asyncapi.py."""

from tests.unit.gateway.conftest import Client

ADDRESS = "/api/v1/asyncapi.json"


def test_anybody_reads_what_this_node_publishes(client: Client) -> None:
    answer = client.get(ADDRESS)
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    assert answer.json["asyncapi"] == "3.0.0"
    assert answer.json["id"] == "urn:gtm:node:central"
    assert "gtm.meetings.minutes.adopted.v1" in answer.json["components"]["messages"]


def test_who_has_it_already_gets_304(client: Client) -> None:
    tag = client.get(ADDRESS).headers["ETag"]
    answer = client.get(ADDRESS, headers={"If-None-Match": tag})
    assert (answer.status_code, answer.get_data(), answer.headers["ETag"]) == (304, b"", tag)


def test_it_is_sent_compressed(client: Client) -> None:
    answer = client.get(ADDRESS, headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert len(answer.get_data()) < 40_000


def test_it_takes_no_parameter(client: Client) -> None:
    assert client.get(f"{ADDRESS}?service=actors").status_code == 422


def test_openapi_tells_of_it(client: Client) -> None:
    told = client.get("/api/v1/openapi.json").json["paths"][ADDRESS]["get"]
    assert {"200", "304"} <= set(told["responses"])
