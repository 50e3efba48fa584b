"""What comes from careless or hostile senders: each gets a 4xx that says why, and the gateway goes on."""

import base64
import json
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import orjson
import pytest
import requests

from chassis.kernel.ids import new_id
from chassis.kernel.principal import Principal
from chassis.process.tokens import sign
from gateway.keys import SigningKey
from tests.integration.eventually import eventually
from tests.integration.node import Node

CHUNKS = 200
ID = "019f0000-0000-7000-8000-000000000001"  # the same in every process of the tests


def cursor(values: object) -> str:
    """One that a caller made."""
    return base64.urlsafe_b64encode(orjson.dumps(values)).decode().rstrip("=")


def chunks() -> Iterator[bytes]:
    for _ in range(CHUNKS):
        yield b" " * 100_000


def raw(address: str, request: bytes) -> tuple[int, dict[str, object]]:
    """Send bytes as they are; the status and the problem that come back."""
    parts = urlsplit(address)
    with socket.create_connection((str(parts.hostname), int(parts.port or 0)), 10) as connection:
        connection.sendall(request)
        received = b""
        while more := connection.recv(65536):
            received += more
    head, _, body = received.partition(b"\r\n\r\n")
    assert b"application/problem+json" in head, received
    return int(head.split()[1]), json.loads(body)


@pytest.mark.parametrize(
    ("method", "path", "content_type", "status"),
    [
        ("POST", "/api/v1/institutions", "application/json", 413),
        ("POST", "/api/v1/minutes/import", "text/plain", 413),
        ("POST", "/api/v1/minutes/import", "multipart/form-data; boundary=x", 413),
        ("POST", "/api/v1/auth/token", "application/json", 413),
        ("POST", "/nowhere", "application/json", 404),
        ("PUT", "/api/v1/institutions", "application/json", 405),
    ],
)
def test_20_megabytes_are_refused_and_the_answer_arrives(
    admin: requests.Session, address: str, method: str, path: str, content_type: str, status: int
) -> None:
    noise = b"x" * 20_000_000
    answer = admin.request(method, address + path, data=noise, headers={"Content-Type": content_type}, timeout=30)
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_20_megabytes_in_chunks_without_a_length_are_refused(admin: requests.Session, address: str) -> None:
    for path, kind in (("institutions", "application/json"), ("minutes/import", "text/plain")):
        answer = admin.post(f"{address}/api/v1/{path}", data=chunks(), headers={"Content-Type": kind}, timeout=30)
        assert answer.status_code == 413


def test_eight_megabytes_of_document_pass(admin: requests.Session, address: str) -> None:
    text = b"x" * (8 * 1024 * 1024)
    answer = admin.post(
        f"{address}/api/v1/minutes/import", data=text, headers={"Content-Type": "text/plain"}, timeout=60
    )
    assert (answer.status_code, answer.json()["extracted"]) == (201, {"size": len(text)})


@pytest.mark.parametrize(
    ("request_line", "status"),
    [
        (b"GARBAGE\r\n\r\n", 400),
        (b"GET / HTTP/9.9\r\n\r\n", 400),
        (b"GET /\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nno colon\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\nX-A: a\x00b\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ten\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
        (b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", 414),
        (b"GET / HTTP/1.1\r\nHost: x\r\nX-A: " + b"a" * 20_000 + b"\r\n\r\n", 431),
        (b"GET / HTTP/1.1\r\n" + b"X-A: a\r\n" * 200 + b"\r\n", 431),
        (b"BREW /api/v1/institutions HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 405),
        (b"GET /%00%ff HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 404),
    ],
)
def test_what_is_hardly_http_is_refused_by_a_problem(address: str, request_line: bytes, status: int) -> None:
    given, problem = raw(address, request_line)
    assert given == status
    assert problem["status"] == status
    assert problem["detail"]


@pytest.mark.parametrize(
    "body",
    [
        b'{"name": "a\\u0000b"}',
        b'{"name": {"__type__": "uuid", "__value__": "x"}}',
        b'{"__type__": ["list"], "__value__": 1}',
        b'{"name": "\\ud800"}',
        b'{"name": 1e400}',
        b'{"name": "x", "name": "y"}',
        b'{"name": "' + b"x" * 5000 + b'"}',
        b'{"name": ["' + b'","'.join([b"x"] * 10_000) + b'"]}',
        b'{"$where": "sleep(1000)"}',
        b'{"name": {"$gt": ""}}',
    ],
)
def test_hostile_bodies_are_4xx_and_quick(admin: requests.Session, address: str, body: bytes) -> None:
    answer = admin.post(
        f"{address}/api/v1/institutions", data=body, headers={"Content-Type": "application/json"}, timeout=60
    )
    assert 400 <= answer.status_code < 500, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    "query",
    [
        "cursor=%00", "cursor=zzz", "cursor=%F0%9F%98%80", "q=%00", "q=%ff%fe&kind=x", "page_size=%00",
        f"cursor={cursor([2**64 - 1, ID])}", f"cursor={cursor([{'$gt': ''}])}", f"cursor={cursor([None])}",
        f"cursor={cursor([ID, ID])}", f"cursor={cursor([ID])}!", "cursor[$ne]=x", "name[$ne]=x", "kind[$gt]=",
        "$where=sleep(1000)", "kind=ngo&kind=donor", "page_size=5&page_size=6", "kind=%7B%22%24ne%22%3A%20%22%22%7D",
        "page_size=-1", "page_size=1e9", "page_size=0x10", "as_of=%00", "q=" + "a" * 4000,
    ],
)  # fmt: skip
def test_hostile_queries_are_4xx(admin: requests.Session, address: str, query: str) -> None:
    answer = admin.get(f"{address}/api/v1/institutions?{query}", timeout=60)
    assert answer.status_code == 422, answer.text


SET_BY_THE_SERVER = ("id", "origin", "version", "created_at", "created_by", "updated_at", "updated_by", "incarnation")


def test_nobody_sets_what_is_the_servers_to_set(admin: requests.Session, address: str) -> None:
    where, name = f"{address}/api/v1/institutions", f"À tous {new_id()}"
    made = admin.post(where, json={"name": name}, timeout=60)
    one, tag = f"{where}/{made.json()['id']}", {"If-Match": made.headers["ETag"]}
    before = admin.get(one, timeout=60).json()
    for field in SET_BY_THE_SERVER:
        for value in ("agadez", 99, {"$gt": ""}):
            refused = admin.post(where, json={"name": f"{name} bis", field: value}, timeout=60)
            assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, field), refused.text
            refused = admin.patch(one, json={field: value}, headers=tag, timeout=60)
            assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, field), refused.text
    assert admin.get(one, timeout=60).json() == before
    assert admin.get(f"{where}?q={name} bis", timeout=60).json()["items"] == []


def test_a_focal_point_writes_for_no_other_institution(admin: requests.Session, address: str, node: Node) -> None:
    where = f"{address}/api/v1"
    own, other = (
        admin.post(f"{where}/institutions", json={"name": f"{name} {new_id()}"}, timeout=60).json()["id"]
        for name in ("La sienne", "L’autre")
    )
    body = {"title": "Puits", "lead_institution_id": other}
    theirs = admin.post(f"{where}/interventions", json=body, timeout=60)
    one, tag = f"{where}/interventions/{theirs.json()['id']}", {"If-Match": theirs.headers["ETag"]}
    before = admin.get(one, timeout=60).json()
    key = SigningKey(node.home / "keys").current()
    principal = Principal(account_id="fp", roles=frozenset({"focal_point"}), institution_id=own)
    with requests.Session() as person:
        person.headers["Authorization"] = f"Bearer {sign(key, node.name, principal, 600)}"
        mine = person.post(f"{where}/interventions", json={"title": "École", "lead_institution_id": own}, timeout=60)
        assert mine.status_code == 201, mine.text
        mine_at = f"{where}/interventions/{mine.json()['id']}"
        mine_tag = {"If-Match": mine.headers["ETag"]}
        refused = [
            person.post(f"{where}/interventions", json=body, timeout=60),
            person.patch(one, json={"title": "Pris"}, headers=tag, timeout=60),
            person.patch(one, json={"lead_institution_id": own}, headers=tag, timeout=60),
            person.patch(mine_at, json={"lead_institution_id": other}, headers=mine_tag, timeout=60),
            person.post(f"{where}/institutions", json={"name": "Une à moi"}, timeout=60),
            person.patch(f"{where}/institutions/{own}", json={"name": "x"}, headers={"If-Match": '"1"'}, timeout=60),
        ]
        assert [answer.status_code for answer in refused] == [403] * len(refused)
        for name in ("institution_id", "roles", "focal_point_id"):
            wrong = person.patch(f"{where}/me", json={name: other}, timeout=60)
            assert wrong.status_code == 405
    assert admin.get(one, timeout=60).json() == before
    assert admin.get(mine_at, timeout=60).json()["version"] == 1


@pytest.mark.parametrize("hostile", ["\x1b[2J", "\xe2\x80\xae drow", "a" * 500, '"},{"level":"critical"', "é" * 20])
def test_no_header_writes_the_log_or_comes_back(address: str, node: Node, hostile: str) -> None:
    names = ("X-Correlation-Id", "User-Agent", "Accept-Language", "Origin", "Referer", "X-Forwarded-For", "Cookie")
    headers = {name: hostile.encode("utf-8") for name in names}
    answer = requests.get(f"{address}/api/v1/nowhere", headers=headers, timeout=60)
    assert answer.status_code in (400, 404)
    assert hostile not in str(answer.headers) + answer.text
    assert len(answer.headers["X-Correlation-Id"]) == 36
    assert node.log("gateway").isascii()


def test_a_line_break_in_a_header_is_no_second_header(address: str) -> None:
    for breaking in (b"a\rX-Injected: 1", b"a\nX-Injected: 1", b"a\r\n X-Injected: 1", b"a\x00b"):
        status, _ = raw(address, b"GET / HTTP/1.1\r\nHost: x\r\nX-Correlation-Id: " + breaking + b"\r\n\r\n")
        assert status == 400


def test_nothing_of_all_this_is_a_5xx_or_ends_a_process(address: str, node: Node) -> None:
    eventually(lambda: requests.get(f"{address}/health/ready", timeout=60).ok)
    lines = [json.loads(line) for line in node.log("gateway").splitlines() if line.startswith("{")]
    assert [one for one in lines if one.get("status", 0) >= 500 or one.get("level") in ("error", "critical")] == []
    assert node.log("gateway").count("Booting worker") == 2


def test_the_log_is_json_and_holds_no_secret_and_no_path(admin: requests.Session, address: str, node: Node) -> None:
    token = str(admin.headers["Authorization"]).split()[1]
    admin.get(f"{address}/api/v1/institutions?q=Aïchatou", timeout=10)
    wrong = {"username": "Aïchatou", "password": "geheim-und-falsch"}
    admin.post(f"{address}/api/v1/auth/token", json=wrong, timeout=10)
    log = node.log("gateway")
    for line in log.splitlines():
        json.loads(line)
    for secret in (token, "Aïchatou", "A%C3%AFchatou", "geheim-und-falsch"):
        assert secret not in log
