"""A service killed or suspended: 503 at once, the others served, nothing done late; F2 and F8 of gateway/link.py."""

import signal
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests
from kombu import Connection

from gateway.circuit import MUTE_AFTER
from tests.integration.eventually import eventually
from tests.integration.gateway.children import start_gateway, start_stand_ins, stop
from tests.integration.node import Node
from tests.integration.surroundings import Surroundings

SECONDS = 2  # a call may take, at the gateway of these tests
PARALLEL = 32


@pytest.fixture(scope="module")
def node(surroundings: Surroundings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    """A node of its own: here services die."""
    with Node(surroundings, tmp_path_factory.mktemp("node")) as made:
        yield made


@pytest.fixture(scope="module")
def address(node: Node) -> Iterator[str]:
    """A gateway whose calls end soon; actors is real, the others stand in."""
    others = start_stand_ins(node.amqp_uri, ["meetings", "indicators", "notifications"], node.home / "stand_ins.log")
    try:
        node.run("actors")
        yield start_gateway(node, GTM_ADMIN_PASSWORD="a password for these tests", GTM_CALL_SECONDS=str(SECONDS))
    finally:
        stop(others)


@pytest.fixture(scope="module")
def admin(node: Node, address: str) -> Iterator[requests.Session]:
    """A session with the administrator's token."""
    with requests.Session() as session:
        session.headers["Authorization"] = f"Bearer {node.token('admin', 'secretariat')}"
        yield session


@pytest.fixture
def suspended(node: Node) -> Iterator[Callable[[int], None]]:
    """`suspended(signal.SIGSTOP)` stops the actors process in its tracks; it is let go on at the end at the latest."""
    process = node.processes["actors"]
    try:
        yield process.send_signal
    finally:
        process.send_signal(signal.SIGCONT)
        eventually(lambda: node.is_ready("actors"), within=20)


def post(address: str, admin: requests.Session, name: str, **headers: str) -> requests.Response:
    return admin.post(f"{address}/api/v1/institutions", json={"name": name}, headers=headers, timeout=30)


def named(node: Node, name: str) -> list[dict[str, Any]]:
    return [one for one in node.every("actors", "list_institutions") if one["name"] == name]


def refused(answer: requests.Response) -> str:
    assert answer.status_code == 503, answer.text
    assert int(answer.headers["Retry-After"]) >= 1
    assert "actors" in answer.json()["detail"]
    return str(answer.json()["code"])


def test_a_call_whose_caller_gave_up_is_not_carried_out_later(
    node: Node, address: str, admin: requests.Session, suspended: Callable[[int], None]
) -> None:
    name = f"Trop tard {uuid.uuid4()}"
    suspended(signal.SIGSTOP)
    assert refused(post(address, admin, name)) == "service-late"
    suspended(signal.SIGCONT)
    after = f"Ensuite {uuid.uuid4()}"
    eventually(lambda: post(address, admin, after).status_code in (201, 409), within=15)
    # Calls are taken in order: one that was created after it shows that the first one will not come any more.
    assert len(named(node, after)) == 1
    assert named(node, name) == []


def test_the_same_key_again_after_a_503_makes_exactly_one_record(
    node: Node, address: str, admin: requests.Session, suspended: Callable[[int], None]
) -> None:
    name, key = f"Une seule fois {uuid.uuid4()}", str(uuid.uuid4())
    suspended(signal.SIGSTOP)
    assert refused(post(address, admin, name, **{"Idempotency-Key": key})) == "service-late"
    suspended(signal.SIGCONT)

    def again() -> str | None:
        answer = post(address, admin, name, **{"Idempotency-Key": key})
        return str(answer.json()["id"]) if answer.status_code == 201 else None

    first = eventually(again, within=15)
    assert eventually(again, within=15) == first
    assert [one["id"] for one in named(node, name)] == [first]


def test_f8_a_suspended_service_soon_takes_no_thread_from_the_others(
    node: Node, address: str, admin: requests.Session, suspended: Callable[[int], None]
) -> None:
    patient = start_gateway(node, "patient", GTM_CALL_SECONDS="100", GTM_HTTP_WORKERS="1", GTM_HTTP_THREADS="20")
    headers = dict(admin.headers)

    def ask(path: str) -> tuple[int, float, str]:
        began = time.monotonic()
        answer = requests.get(f"{patient}/api/v1/{path}", headers=headers, timeout=120)
        code = "" if answer.ok else refused(answer)
        return answer.status_code, time.monotonic() - began, code

    assert ask("institutions")[0] == 200
    suspended(signal.SIGSTOP)
    with ThreadPoolExecutor(20) as pool:
        held = [pool.submit(ask, "institutions") for _ in range(15)]
        time.sleep(MUTE_AFTER + 1)
        held.append(pool.submit(ask, "institutions"))  # the one call that is let through
        time.sleep(0.5)
        then = [ask(path) for path in ("institutions", "meetings") * 5]
        assert [(status, code) for status, _, code in then] == [(503, "service-mute"), (200, "")] * 5
        assert max(seconds for _, seconds, _ in then) < 50, then  # they waited for nothing
        suspended(signal.SIGCONT)
        assert {answer.result()[0] for answer in held} == {200}  # they still waited
    assert {ask("institutions")[0] for _ in range(5)} == {200}
    node.stop("patient")


def test_f2_a_killed_service_is_refused_at_once_and_the_others_are_served(
    node: Node, address: str, admin: requests.Session
) -> None:
    headers = dict(admin.headers)

    def ask(path: str) -> tuple[int, str]:
        answer = requests.get(f"{address}/api/v1/{path}", headers=headers, timeout=30)
        return answer.status_code, "" if answer.ok else refused(answer)

    assert ask("institutions")[0] == 200
    node.stop("actors", by=signal.SIGKILL)
    with ThreadPoolExecutor(PARALLEL) as pool:
        first = list(pool.map(ask, ["institutions"] * PARALLEL))
        mixed = list(pool.map(ask, ["institutions", "meetings"] * (PARALLEL // 2)))
    at_once = {(503, "service-silent"), (503, "service-away")}  # at the deadline it would be service-late
    assert set(first) <= at_once
    assert set(mixed[::2]) <= at_once
    assert set(mixed[1::2]) == {(200, "")}
    node.run("actors")
    assert {ask("institutions")[0] for _ in range(8)} == {200}  # both workers, without help


def test_f2_what_a_killed_service_had_not_taken_is_not_carried_out_when_it_returns(
    node: Node, address: str, admin: requests.Session
) -> None:
    name = f"Retirée {uuid.uuid4()}"
    assert admin.get(f"{address}/api/v1/institutions", timeout=30).ok
    node.stop("actors", by=signal.SIGKILL)
    codes = [refused(post(address, admin, name)) for _ in range(4)]
    assert set(codes) <= {"service-silent", "service-away"}
    with Connection(node.amqp_uri) as connection:
        assert connection.channel().queue_declare("rpc-actors", passive=True).message_count == 0
    node.run("actors")
    assert named(node, name) == []
    assert post(address, admin, name).status_code == 201
