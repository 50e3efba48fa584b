"""Who sends slowly, or not at all, holds up nobody else: far more such connections than the gateway has threads."""

import contextlib
import json
import socket
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
import requests

from tests.integration.eventually import eventually
from tests.integration.gateway.children import start_gateway
from tests.integration.node import Node

THREADS = 4
MANY = 60  # connections, for two workers of four threads
PATIENCE = 10  # seconds within which others are answered; each slow one may take longer


@pytest.fixture(scope="module")
def small(node: Node, address: str) -> str:
    """A gateway with few threads, which grants an account one request a second and ten at once."""
    return start_gateway(node, "small-gateway", GTM_HTTP_THREADS=str(THREADS), GTM_RATE_ACCOUNT="1")


@contextlib.contextmanager
def slow_ones(address: str, beginning: bytes) -> Iterator[list[socket.socket]]:
    """Connections that send this much, and then nothing."""
    place = (str(urlsplit(address).hostname), int(urlsplit(address).port or 0))
    made = [socket.create_connection(place, 10) for _ in range(MANY)]
    try:
        for one in made:
            one.sendall(beginning)
        yield made
    finally:
        for one in made:
            one.close()


def answered_to_others(address: str) -> None:
    for _ in range(3):
        assert requests.get(f"{address}/health/live", timeout=PATIENCE).ok
    answer = requests.post(f"{address}/api/v1/auth/refresh", json={"refresh_token": "x" * 2000}, timeout=PATIENCE)
    assert answer.status_code == 401


def all_of(connection: socket.socket) -> bytes:
    """What comes until the other side closes."""
    received = b""
    with contextlib.suppress(ConnectionResetError):
        while more := connection.recv(65536):
            received += more
    return received


BEGINNINGS = {
    "nothing at all": b"",
    "half a head": b"GET /health/live HTTP/1.1\r\nHost: x\r\nX-A: ",
    "a head without its short body": b"POST /api/v1/auth/token HTTP/1.1\r\nHost: x\r\n"
    b"Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{",
    "the beginning of a long body": b"POST /api/v1/auth/token HTTP/1.1\r\nHost: x\r\n"
    b"Content-Type: application/json\r\nContent-Length: 500000\r\n\r\n{",
    "a chunk of a body without length": b"POST /api/v1/auth/token HTTP/1.1\r\nHost: x\r\n"
    b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{",
    "a whole request, and the connection stays": b"GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
}


@pytest.mark.parametrize("what", BEGINNINGS)
def test_others_are_answered_meanwhile(small: str, what: str) -> None:
    with slow_ones(small, BEGINNINGS[what]):
        time.sleep(0.3)  # all have been looked at
        answered_to_others(small)


def test_a_body_that_comes_drop_by_drop_is_given_up_with_a_problem(small: str) -> None:
    with slow_ones(small, BEGINNINGS["the beginning of a long body"]) as made:
        answered = {}

        def cut() -> bool:
            for one in made:
                one.settimeout(0.01)
                with contextlib.suppress(TimeoutError):
                    if one not in answered and (found := one.recv(65536)):
                        answered[one] = found
            return len(answered) >= MANY - 2 * THREADS  # all that have no place to wait at

        eventually(cut)
        one, begun = next(iter(answered.items()))
        one.settimeout(60)
        head, _, body = (begun + all_of(one)).partition(b"\r\n\r\n")
        assert head.split()[1] == b"408"
        assert json.loads(body)["code"] == "request-too-slow"


def test_a_request_in_pieces_is_answered(small: str) -> None:
    body = json.dumps({"refresh_token": "x" * 30_000}).encode()
    request = (
        b"POST /api/v1/auth/refresh HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n"
        b"Content-Length: " + str(len(body)).encode() + b"\r\n\r\n" + body
    )
    place = urlsplit(small)
    with socket.create_connection((str(place.hostname), int(place.port or 0)), 10) as connection:
        for start in range(0, len(request), 7000):
            connection.sendall(request[start : start + 7000])
            time.sleep(0.05)
        assert b" 401 " in all_of(connection).split(b"\r\n")[0]


def test_two_requests_at_once_on_one_connection_are_both_answered(small: str) -> None:
    request = (
        b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\nGET /nowhere HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    )
    place = urlsplit(small)
    with socket.create_connection((str(place.hostname), int(place.port or 0)), 10) as connection:
        connection.sendall(request)
        received = all_of(connection)
    assert received.count(b"HTTP/1.1 200") == 1
    assert received.count(b"HTTP/1.1 404") == 1


def test_both_workers_count_together(small: str, node: Node) -> None:
    """Each request by a connection of its own, so by either worker: no more than one bucket holds."""
    headers, began = {"Authorization": f"Bearer {node.token('member', account='eager')}"}, time.monotonic()
    granted = [requests.get(f"{small}/api/v1/node", headers=headers, timeout=60).status_code for _ in range(40)].count(
        200
    )
    assert 10 <= granted <= 11 + (time.monotonic() - began)


def test_nothing_of_all_this_is_an_error(small: str, node: Node) -> None:
    eventually(lambda: requests.get(f"{small}/health/ready", timeout=60).ok)
    lines = [json.loads(line) for line in node.log("small-gateway").splitlines() if line.startswith("{")]
    assert [one for one in lines if one.get("status", 0) >= 500 or one.get("level") in ("error", "critical")] == []
    assert node.log("small-gateway").count("Booting worker") == 2
