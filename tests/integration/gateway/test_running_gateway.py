"""The gateway as a process: two workers, health, metrics that add up, a clean end."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from tests.integration.eventually import eventually
from tests.integration.gateway.children import SERVICES, start_gateway
from tests.integration.gateway.conftest import PASSWORD
from tests.integration.node import ROOT, Node


def counted(address: str, route: str) -> float:
    """How many requests of a route the metrics tell."""
    text = requests.get(f"{address}/metrics", timeout=60).text
    pattern = rf'^gtm_http_request_duration_seconds_count{{[^}}]*route="{re.escape(route)}"[^}}]*}} (\S+)$'
    return sum(float(value) for value in re.findall(pattern, text, re.MULTILINE))


def test_readiness_asks_everybody(address: str) -> None:
    answer = requests.get(f"{address}/health/ready", timeout=60)
    assert answer.status_code == 200
    report = answer.json()
    assert report["ready"] is True
    assert set(report["checks"]) == {"store", "broker", *SERVICES}
    assert report["checks"]["actors"]["checks"]["store"] is True


def test_metrics_are_the_sum_of_both_workers(address: str) -> None:
    before = counted(address, "/api/v1/me")

    def ask(_: int) -> None:
        requests.get(f"{address}/api/v1/me", timeout=60)  # a connection each, so that both workers get some

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(ask, range(60)))
    assert counted(address, "/api/v1/me") == before + 60
    assert counted(address, "/api/v1/me") == before + 60
    metrics = requests.get(f"{address}/metrics", timeout=60).text
    assert re.search(r"^gtm_build_info\{[^}]*\} 1\.0$", metrics, re.MULTILINE)


def test_both_workers_answer_and_what_a_killed_one_counted_stays(node: Node, address: str) -> None:
    counted_before = counted(address, "/api/v1/me")
    workers = _workers(node)
    assert len(workers) == 2
    os.kill(workers[0], signal.SIGKILL)
    eventually(lambda: len(set(_workers(node)) - {workers[0]}) == 2, within=20)
    eventually(lambda: requests.get(f"{address}/health/ready", timeout=60).ok, within=20)
    assert counted(address, "/api/v1/me") == counted_before


def test_an_account_is_made_once_however_many_start(node: Node) -> None:
    own = node.environment(GTM_MONGO_PREFIX=f"{node.prefix}race_", GTM_ADMIN_PASSWORD="")
    command = [sys.executable, "-m", "gateway.accounts", "ensure-admin"]
    children = [
        subprocess.Popen(command, cwd=ROOT, env=own, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(5)
    ]
    told = [json.loads(child.communicate(timeout=60)[0]) for child in children]
    assert [one["created"] for one in told].count(True) == 1
    generated = next(one["password"] for one in told if one["created"])
    assert len(generated) >= 20
    assert [one["password"] for one in told].count(None) == 4


def test_a_new_password_replaces_the_old_one(node: Node, address: str) -> None:
    def reset(**environment: str) -> dict[str, Any]:
        command = [sys.executable, "-m", "gateway.accounts", "reset-password", "admin"]
        done = subprocess.run(command, cwd=ROOT, env=node.environment(**environment), capture_output=True, check=True)
        return dict(json.loads(done.stdout))

    def sign_in(password: Any) -> int:
        body = {"username": "admin", "password": password}
        return requests.post(f"{address}/api/v1/auth/token", json=body, timeout=30).status_code

    told = reset()
    try:
        assert sign_in(told["password"]) == 200
        assert sign_in(PASSWORD) == 401
    finally:
        assert reset(GTM_ADMIN_PASSWORD=PASSWORD)["password"] is None
    assert sign_in(PASSWORD) == 200


def test_a_password_can_come_from_a_file(node: Node, tmp_path: Path) -> None:
    secret = tmp_path / "password"
    secret.write_text("from a file\n")
    own = node.environment(GTM_MONGO_PREFIX=f"{node.prefix}file_", GTM_ADMIN_PASSWORD_FILE=str(secret))
    command = [sys.executable, "-m", "gateway.accounts", "ensure-admin"]
    done = subprocess.run(command, cwd=ROOT, env=own, capture_output=True, check=True)
    assert json.loads(done.stdout) == {"created": True, "username": "admin", "password": None}


@pytest.mark.slow
def test_a_service_that_stops_is_named_everywhere(node: Node, address: str) -> None:
    admin = requests.Session()  # the folder's was ended by the new password
    admin.headers["Authorization"] = f"Bearer {node.token('admin')}"
    node.stop("actors")
    eventually(lambda: requests.get(f"{address}/health/ready", timeout=60).status_code == 503, within=15)
    assert requests.get(f"{address}/health/ready", timeout=60).json()["checks"]["actors"]["ok"] is False
    assert requests.get(f"{address}/health/live", timeout=60).status_code == 200
    for path in ("institutions", "events"):
        answer = admin.get(f"{address}/api/v1/{path}", timeout=60)
        assert answer.status_code == 503
        assert "actors" in answer.json()["detail"]
        assert answer.headers["Retry-After"]
    assert admin.get(f"{address}/api/v1/meetings", timeout=60).status_code == 200
    node.run("actors")
    eventually(lambda: requests.get(f"{address}/health/ready", timeout=60).ok, within=15)
    assert admin.get(f"{address}/api/v1/institutions", timeout=60).status_code == 200


@pytest.mark.slow
def test_a_stop_lets_what_is_under_way_end_and_leaves_nothing(node: Node, address: str) -> None:
    place = urlsplit(start_gateway(node, "second_gateway"))
    process, workers = node.processes["second_gateway"], _workers(node, "second_gateway")
    body = json.dumps({"name": f"Sous la main {uuid.uuid4()}"}).encode()
    head = (
        "POST /api/v1/institutions HTTP/1.1\r\nHost: gateway\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\nExpect: 100-continue\r\nAuthorization: Bearer {node.token('admin')}\r\n\r\n"
    )
    with socket.create_connection((place.hostname, place.port), 60) as connection:
        connection.sendall(head.encode())
        assert connection.recv(1000).startswith(b"HTTP/1.1 100 ")  # it is under way
        process.send_signal(signal.SIGTERM)
        time.sleep(0.5)  # on its way to the workers
        connection.sendall(body)
        assert connection.recv(1000).startswith(b"HTTP/1.1 201 ")
    assert process.wait(60) == 0
    assert [pid for pid in workers if Path(f"/proc/{pid}").exists()] == []
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{place.geturl()}/health/live", timeout=60)


def _workers(node: Node, name: str = "gateway") -> list[int]:
    """Process ids of the gateway's workers."""
    pid = node.processes[name].pid
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def test_another_key_is_taken_up_by_both_workers_and_the_commands(node: Node, address: str) -> None:
    def ask(token: str) -> set[int]:
        headers = {"Authorization": f"Bearer {token}"}  # a connection each, so that both workers get some
        with ThreadPoolExecutor(4) as pool:
            asked = pool.map(
                lambda _: requests.get(f"{address}/api/v1/institutions", headers=headers, timeout=60), range(8)
            )
            return {one.status_code for one in asked}

    def sign_in() -> Any:
        body = {"username": "admin", "password": PASSWORD}
        return requests.post(f"{address}/api/v1/auth/token", json=body, timeout=60).json()

    def gtm(*words: str, **environment: str) -> str:
        own = node.environment(GTM_HTTP_PORT=address.rpartition(":")[2], GTM_LANGUAGE="en", **environment)
        done = subprocess.run(
            [sys.executable, "-m", "launcher", *words], cwd=ROOT, env=own, capture_output=True, text=True
        )
        return done.stdout

    before = sign_in()
    kids = set(re.findall(r'"kid": "([^"]+)"', (node.home / "keys" / "public.jwks").read_text()))
    gtm("keys", "rotate")
    assert len(set(re.findall(r'"kid": "([^"]+)"', (node.home / "keys" / "public.jwks").read_text())) - kids) == 1
    after = sign_in()
    assert ask(before["access_token"]) == ask(after["access_token"]) == {200}
    for how in ({}, {"GTM_ADMIN_PASSWORD": PASSWORD}):  # by the node's key, by a password
        items = json.loads(gtm("lag", "--json", **how))["items"]
        assert [one["service"] for one in items] == ["actors"]  # the others stand in, and know no such call
    renewed = {"refresh_token": before["refresh_token"]}
    answer = requests.post(f"{address}/api/v1/auth/refresh", json=renewed, timeout=60)
    assert ask(answer.json()["access_token"]) == {200}
    out = {"Authorization": f"Bearer {after['access_token']}"}
    assert requests.post(f"{address}/api/v1/auth/sign-out", headers=out, timeout=60).status_code == 204
    eventually(lambda: ask(after["access_token"]) == {401})
