"""Starting what these tests call: stand-in services, and the whole gateway under gunicorn."""

import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import requests

from tests.integration.eventually import eventually
from tests.integration.node import ROOT, START_SECONDS, Node
from tests.integration.ports import free_port

SERVICES = ("actors", "meetings", "indicators", "notifications")


def start_stand_ins(amqp_uri: str, names: Iterable[str], log: Path) -> subprocess.Popen[bytes]:
    """Stock nameko services in a child process, ready to be called."""
    command = [sys.executable, "-W", "ignore", "-m", "tests.integration.gateway.stand_ins", amqp_uri, *names]
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=out, stderr=out)
    eventually(lambda: process.poll() is not None or b"ready" in log.read_bytes(), within=40)
    if process.poll() is not None:
        raise RuntimeError(log.read_text(errors="replace")[-4000:])
    return process


def stop(process: subprocess.Popen[bytes]) -> None:
    """End a child and wait for its end."""
    process.terminate()
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def start_gateway(node: Node, name: str = "gateway", **environment: str) -> str:
    """The gateway of a node as it runs in production; gives its address."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    home = str(node.home / name)  # its metrics are its own
    usual = {"GTM_SERVICES": " ".join(SERVICES), "GTM_TOKEN_SECONDS": "3600", "GTM_PUBLIC_URL": address}
    whose = {"GTM_HOME": home, "GTM_HTTP_PORT": str(port), **node.account_of("gateway")}
    own = node.environment(**{**usual, **whose, **environment})
    accounts = subprocess.run(
        [sys.executable, "-m", "gateway.accounts", "ensure-admin"], cwd=ROOT, env=own, capture_output=True, check=False
    )
    assert accounts.returncode == 0, accounts.stderr
    command = [sys.executable, "-m", "gunicorn", "-c", "gateway/gunicorn_conf.py", "gateway.wsgi:app"]
    node.spawn(name, command, own)
    eventually(lambda: _lives(node, name, address), within=START_SECONDS)
    return address


def _lives(node: Node, name: str, address: str) -> bool:
    if node.processes[name].poll() is not None:
        raise RuntimeError(node.log(name)[-4000:])
    try:
        return requests.get(f"{address}/health/live", timeout=5).ok
    except (requests.ConnectionError, requests.Timeout):
        return False
