"""`./gtm` as operators and scripts use it: up, status, what happens when processes are killed, down.

One node serves the whole module; each test leaves it ready. What needs a start of its own makes its own node.
"""

import os
import select
import signal
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest

from tests.integration.eventually import eventually
from tests.integration.ports import free_port
from tests.system.launched import ROOT, LaunchedNode

NAMES = ["actors", "meetings", "indicators", "notifications", "federation", "gateway", "broker", "store"]
LOOPBACK = ("127.0.0.1", "::1")

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@dataclass
class FirstStart:
    """What the very first `up --detach` of a node gave."""

    node: LaunchedNode
    done: subprocess.CompletedProcess[str]
    pipe_closed: bool

    @property
    def password(self) -> str:
        """The administrator's password, as it was printed."""
        return next(line for line in self.done.stdout.splitlines() if line.startswith("Password: "))[10:]


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FirstStart]:
    """A node in an empty folder, started by a caller that holds a pipe open."""
    node = LaunchedNode(tmp_path_factory.mktemp("launcher") / "home", free_port(above=20))
    reading, writing = os.pipe()
    try:
        done = node.gtm("up", "--detach", pass_fds=(writing,))
        os.close(writing)
        closed = bool(select.select([reading], [], [], 0)[0]) and os.read(reading, 1) == b""
        yield FirstStart(node, done, closed)
    finally:
        os.close(reading)
        node.end()


@pytest.fixture(scope="module")
def node(first: FirstStart) -> LaunchedNode:
    assert first.done.returncode == 0, first.done.stderr
    return first.node


@pytest.fixture
def another(tmp_path: Path) -> Iterator[LaunchedNode]:
    """A second node, not started; stopped in any case."""
    made = LaunchedNode(tmp_path / "home", free_port(above=20))
    yield made
    made.end()


def test_the_first_start_says_address_and_password(first: FirstStart, node: LaunchedNode):
    assert f"http://127.0.0.1:{node.port}" in first.done.stdout
    assert len(first.password) >= 16


def test_a_password_that_was_printed_is_kept_nowhere(first: FirstStart, node: LaunchedNode):
    files = [path for path in node.home.rglob("*") if path.is_file()]
    assert len(files) > 20
    assert [path for path in files if first.password.encode() in path.read_bytes()] == []


def test_a_caller_that_waits_for_the_end_of_our_output_is_let_go(first: FirstStart):
    assert first.pipe_closed  # standard output and error ended too, or `up --detach` had not returned


def test_status_is_json_alone_and_names_every_process(node: LaunchedNode):
    told = node.status()
    assert set(told) == {"node", "address", "ready", "processes"}
    assert (told["node"], told["address"], told["ready"]) == ("central", f"http://127.0.0.1:{node.port}", True)
    assert [one["name"] for one in told["processes"]] == NAMES
    for one in told["processes"]:
        assert set(one) == {"name", "pid", "state", "since"}
        assert one["state"] == "running"
        assert datetime.fromisoformat(one["since"]).utcoffset() is not None


def test_a_pid_is_that_of_the_process_itself(node: LaunchedNode):
    pids = node.pids()
    lines = {name: Path(f"/proc/{pid}/cmdline").read_text().split("\0") for name, pid in pids.items()}
    assert Path(lines["broker"][0]).name == "beam.smp"
    assert "gunicorn" in lines["gateway"]
    assert all(lines[name][-2] == name for name in NAMES[:4])


def test_it_listens_near_its_port_on_this_machine_alone(node: LaunchedNode):
    found = node.listeners()
    assert len(found) >= 12
    assert [place for place in found if place[0] not in LOOPBACK or not node.port <= place[1] <= node.port + 20] == []


def test_no_secret_is_in_the_process_table(node: LaunchedNode):
    shown = node.command_lines()
    secrets = [path.read_text() for path in (node.home / "secrets").iterdir()]
    assert len(secrets) >= 4
    assert [secret for secret in secrets if secret in shown] == []


def test_its_folder_is_its_owners_alone(node: LaunchedNode):
    assert node.home.stat().st_mode & 0o777 == 0o700
    loose = [path for path in (node.home / "secrets").iterdir() if path.stat().st_mode & 0o077]
    assert loose == []


def test_a_second_start_says_that_it_is_up(node: LaunchedNode):
    before = node.pids()
    done = node.gtm("up", "--detach")
    assert done.returncode == 0
    assert "already up" in done.stdout
    assert node.pids() == before


@pytest.mark.parametrize("name", NAMES)
def test_a_process_that_is_killed_is_started_again_and_it_is_said(node: LaunchedNode, name: str):
    before = node.pids()[name]
    assert before is not None
    os.kill(before, signal.SIGKILL)
    eventually(lambda: node.pids()[name] not in (before, None), within=60, every=0.5)
    node.wait_ready()
    assert f"exited: {name} (terminated by SIGKILL" in node.gtm("logs", "supervisor", "-n", "500").stdout
    row = next(line for line in node.gtm("status").stdout.splitlines() if f" {name} " in line)
    assert "SIGKILL" in row


def test_a_node_whose_supervisor_was_killed_is_taken_up_again(node: LaunchedNode):
    before = node.pids()
    _kill_supervisor(node)
    told = node.status()
    assert not told["ready"]
    assert {one["state"] for one in told["processes"]} == {"unsupervised"}
    assert node.pids() == before
    assert node.gtm("up", "--detach").returncode == 0
    node.wait_ready()
    assert not set(before.values()) & set(node.pids().values())


def test_two_nodes_side_by_side_and_one_ends_without_its_supervisor(node: LaunchedNode, another: LaunchedNode):
    another.more = {"GTM_NODE": "agadez", "GTM_ADMIN_PASSWORD": "une phrase de passe"}
    started = another.gtm("up", "--detach")
    assert started.returncode == 0, started.stderr
    assert "Password" not in started.stdout
    assert another.status()["node"] == "agadez"
    assert node.status()["ready"]
    _kill_supervisor(another)
    assert another.gtm("down").returncode == 0
    assert another.processes() == []
    done = another.gtm("status", "--json")
    assert done.returncode == 3
    assert node.status()["ready"]


def test_the_foreground_tells_of_restarts_and_stops_at_a_signal(another: LaunchedNode):
    with subprocess.Popen(
        [ROOT / "gtm", "up"],
        cwd=ROOT,
        env=another.env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            another.wait_ready(within=180)
            pid = another.pids()["indicators"]
            assert pid is not None
            os.kill(pid, signal.SIGKILL)
            eventually(lambda: another.pids()["indicators"] not in (pid, None), within=30, every=0.5)
            another.wait_ready()
        finally:
            process.send_signal(signal.SIGINT)
        told, _ = process.communicate(timeout=120)
    assert process.returncode == 0
    assert "indicators died (SIGKILL)" in told
    assert "indicators is started (pid" in told
    assert another.processes() == []


def test_a_taken_port_is_named_with_the_setting_that_moves_it(another: LaunchedNode):
    with socket.socket() as other:
        other.bind(("127.0.0.1", another.port + 2))
        other.listen()
        done = another.gtm("up", "--detach")
    assert done.returncode == 1
    (line,) = [line for line in done.stderr.splitlines() if line.startswith("gtm: ")]
    assert str(another.port + 2) in line
    assert "GTM_AMQP_MANAGEMENT_PORT" in line
    assert another.processes() == []


def test_a_process_that_cannot_start_is_named_with_its_last_words(another: LaunchedNode):
    another.more = {"GTM_OPS_HOST": "203.0.113.1"}  # documentation addresses: none of this machine's
    done = another.gtm("up", "--detach")
    assert done.returncode == 1
    assert "does not start" in done.stderr.splitlines()[-1]
    assert any(f"process {name} " in done.stderr for name in NAMES[:5])
    assert "Cannot assign requested address" in done.stderr
    assert another.processes() == []


def test_two_starts_at_once_make_one_node(another: LaunchedNode):
    starts = [
        subprocess.Popen(
            [ROOT / "gtm", "up", "--detach"],
            cwd=ROOT,
            env=another.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for _ in range(2)
    ]
    told = [one.communicate(timeout=240)[0] for one in starts]
    assert [one.returncode for one in starts] == [0, 0], told
    assert sorted("already up" in one for one in told) == [False, True]
    another.end()
    assert another.processes() == []


def _kill_supervisor(node: LaunchedNode) -> None:
    os.kill(int((node.home / "run" / "supervisor.pid").read_text()), signal.SIGKILL)
