"""The client of the API, against a real HTTP server: retries, versions, keys, tokens, problems in words."""

import socket
import time

import pytest

from launcher import api_client
from launcher.api_client import ApiClient, Content
from launcher.api_errors import ApiProblemError, ApiUnreachableError
from launcher.errors import LauncherError

OK = (200, {}, {"id": "1", "version": 2})
BUSY = (503, {"Retry-After": "0"}, {"code": "starting", "detail": "Le nœud démarre."})


def a_client(node, **options):
    return ApiClient(base_url=node.address, **{"patience": 5.0, **options})


def test_a_reading_carries_language_and_query_without_empty_filters(node):
    node.answers = [OK]
    assert a_client(node, language="en").get("/meetings", state="held", group_id=None) == {"id": "1", "version": 2}
    (asked,) = node.asked
    assert (asked.method, asked.path) == ("GET", "/api/v1/meetings?state=held")
    assert asked.headers["Accept-Language"] == "en"
    assert "Authorization" not in asked.headers


def test_a_list_is_read_page_after_page(node):
    first = {"items": [{"id": "a"}], "next_cursor": "x y"}
    node.answers = [(200, {}, first), (200, {}, {"items": [{"id": "b"}], "next_cursor": None})]
    assert [one["id"] for one in a_client(node).pages("/institutions")] == ["a", "b"]
    assert [asked.path for asked in node.asked] == [
        "/api/v1/institutions?page_size=200",
        "/api/v1/institutions?page_size=200&cursor=x+y",
    ]


def test_a_busy_node_is_asked_again_with_the_same_key(node):
    node.answers = [BUSY, BUSY, (201, {"Location": "/api/v1/groups/1"}, {"id": "1"})]
    answer = a_client(node).post("/groups", {"name": "GTM"})
    assert (answer.status, answer.headers["Location"]) == (201, "/api/v1/groups/1")
    keys = {asked.headers["Idempotency-Key"] for asked in node.asked}
    assert (len(node.asked), len(keys)) == (3, 1)
    assert node.asked[-1].json == {"name": "GTM"}


def test_two_posts_have_two_keys(node):
    node.answers = [OK]
    client = a_client(node)
    client.post("/groups", {})
    client.post("/groups", {})
    assert len({asked.headers["Idempotency-Key"] for asked in node.asked}) == 2


def test_patience_ends(node):
    node.answers = [BUSY]
    with pytest.raises(ApiProblemError) as caught:
        a_client(node, patience=0.0).get("/meetings")
    assert (caught.value.status, str(caught.value)) == (503, "Le nœud démarre.")


def test_a_change_and_a_move_say_which_version_they_mean(node):
    node.answers = [OK]
    assert a_client(node).change("/groups/1", 7, {"status": "active"})["version"] == 2
    a_client(node).post("/minutes/1/adopt", version=3)
    assert [(asked.method, asked.headers["If-Match"]) for asked in node.asked] == [("PATCH", '"7"'), ("POST", '"3"')]
    assert node.asked[1].json == {}


def test_a_refusal_is_told_with_fields_and_lines(node):
    problem = {
        "status": 422,
        "code": "invalid",
        "detail": "La demande n'est pas valable.",
        "correlation_id": "c-1",
        "errors": [
            {"field": "date", "code": "not-a-date", "detail": "Une date est attendue."},
            {"field": None, "code": "empty", "detail": "Rien à lire.", "line": 12},
        ],
    }
    node.answers = [(422, {"Content-Type": "application/problem+json"}, problem)]
    with pytest.raises(ApiProblemError) as caught:
        a_client(node).post("/meetings", {})
    assert str(caught.value) == "La demande n'est pas valable. — date : Une date est attendue. — l. 12 : Rien à lire."
    assert (caught.value.code, caught.value.line, caught.value.correlation_id) == ("invalid", 12, "c-1")


def test_a_fault_that_only_repeats_the_detail_is_told_once(node):
    error = {"field": "file", "detail": "Le corps n'est pas de l'UTF-8.", "line": 1}
    node.answers = [(422, {}, {"code": "not-utf-8", "detail": error["detail"], "errors": [error]})]
    with pytest.raises(ApiProblemError) as caught:
        a_client(node).post("/minutes/import")
    assert (str(caught.value), caught.value.line) == (error["detail"], 1)


def test_a_refusal_that_is_no_problem_details_is_still_told(node):
    node.answers = [(502, {"Content-Type": "text/html"}, "<h1>Bad gateway</h1>")]
    with pytest.raises(ApiProblemError, match="Bad gateway"):
        a_client(node).get("/meetings")


def test_a_token_is_fetched_once_and_once_more_when_it_has_run_out(node):
    given = iter(["first", "second"])
    node.answers = [OK, OK, (401, {}, {"detail": "expiré"}), OK]
    client = a_client(node, token=lambda: next(given))
    for _ in range(3):
        client.get("/meetings")
    sent = [asked.headers["Authorization"] for asked in node.asked]
    assert sent == ["Bearer first", "Bearer first", "Bearer first", "Bearer second"]


def test_a_token_that_is_refused_twice_is_a_problem(node):
    node.answers = [(401, {}, {"detail": "Identifiez-vous."})]
    with pytest.raises(ApiProblemError, match="Identifiez-vous"):
        a_client(node, token=lambda: "old").get("/meetings")
    assert len(node.asked) == 2


def test_a_reading_that_breaks_is_asked_again_but_a_writing_is_not(node, monkeypatch):
    monkeypatch.setattr(api_client, "PAUSE", 0.01)
    node.answers = [(0, {}, None), OK]
    assert a_client(node).get("/meetings/1")["id"] == "1"
    node.answers = [(0, {}, None), OK]
    with pytest.raises(ApiUnreachableError):
        a_client(node).post("/meetings", {})
    assert len(node.asked) == 3


@pytest.mark.parametrize("ask", [lambda client: client.get("/meetings"), lambda client: client.post("/meetings", {})])
def test_nobody_at_the_address_is_said_at_once_with_the_address(ask):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and nobody listens
        port = taken.getsockname()[1]
        began = time.monotonic()
        with pytest.raises(ApiUnreachableError, match=str(port)):
            ask(ApiClient(base_url=f"http://127.0.0.1:{port}/api/v1", patience=300.0))
    assert time.monotonic() - began < 100


def test_a_node_that_restarts_is_waited_for(serve, monkeypatch):
    monkeypatch.setattr(api_client, "PAUSE", 0.05)
    with serve(lambda _: OK) as address:
        client = ApiClient(base_url=address, patience=0.3)
        client.post("/groups", {})
    began = time.monotonic()
    with pytest.raises(ApiUnreachableError):
        client.post("/groups", {})
    assert time.monotonic() - began >= 0.2


@pytest.mark.parametrize("address", ["ftp://example.org", "example.org/api", "http://"])
def test_an_address_that_is_none_is_refused_at_once(address):
    with pytest.raises(LauncherError, match="http://"):
        ApiClient(base_url=address)


def test_a_file_travels_as_the_field_file(node):
    node.answers = [OK]
    a_client(node).send("/minutes/import", Content.file('a"b.docx', b"\x00\xff", "application/x"), archive="true")
    (asked,) = node.asked
    assert asked.path.endswith("/minutes/import?archive=true")
    assert asked.headers["Content-Type"].startswith("multipart/form-data; boundary=")
    border = asked.headers["Content-Type"].partition("boundary=")[2].encode()
    head, _, rest = asked.body.partition(b"\r\n\r\n")
    assert b'name="file"; filename="a_b.docx"' in head
    assert rest == b"\x00\xff\r\n--" + border + b"--\r\n"
