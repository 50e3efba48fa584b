"""Processes are known by the mark in their environment: a pid alone proves nothing."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from launcher import processes
from launcher.homes import Home, write_private
from tests.integration.eventually import eventually

IGNORES_TERM = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True); time.sleep(60)"
)


@pytest.fixture
def spawn(home: Home) -> Iterator[object]:
    """Starts a process that carries the mark of this home."""
    started: list[subprocess.Popen[bytes]] = []

    def make(name: str, code: str = "print(1, flush=True); input()") -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, "-c", code],
            env={**os.environ, **processes.mark(home, name)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        started.append(process)
        assert process.stdout is not None
        process.stdout.readline()
        return process

    yield make
    for process in started:
        process.kill()
        process.communicate()


def test_marked_processes_are_found_by_name(home: Home, spawn):
    actors, store = spawn("actors"), spawn("store")
    assert processes.names(processes.running(home)) == {"actors": actors.pid, "store": store.pid}


def test_the_processes_of_another_home_are_not_ours(home: Home, spawn):
    spawn("actors")
    other = Home(home.path.with_name("other"))
    other.make()
    assert processes.running(other) == []


def test_a_copy_of_the_folder_is_another_node(home: Home, spawn):
    home.secret("mark")
    spawn("actors")
    copy = Home(home.path.with_name("copy"))
    shutil.copytree(home.path, copy.path)
    assert processes.running(copy) == []


def test_what_a_process_starts_is_found_but_its_pid_is_not_shown(home: Home, spawn):
    code = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', 'input()']); print(1, flush=True); input()"
    parent = spawn("gateway", code)
    # The system shows what a process was started with a moment after it began.
    eventually(lambda: len(processes.running(home)) == 2, within=10, every=0.05)
    assert processes.names(processes.running(home)) == {"gateway": parent.pid}


def test_ending_is_by_name(home: Home, spawn):
    actors, store = spawn("actors"), spawn("store")
    processes.end(home, ["actors"], 10)
    assert actors.wait(5) == -signal.SIGTERM
    assert store.poll() is None


def test_what_does_not_end_when_asked_is_killed(home: Home, spawn):
    stubborn = spawn("store", IGNORES_TERM)
    processes.end(home, ["store"], 0.3)
    assert stubborn.wait(5) == -signal.SIGKILL


def test_a_recycled_pid_is_not_taken_for_the_supervisor(home: Home):
    home.secret("mark")
    write_private(home.run / "supervisor.pid", str(os.getpid()))
    assert processes.supervisor(home) is None


def test_the_supervisor_is_known_by_pid_and_mark(home: Home, spawn):
    process = spawn(processes.SUPERVISOR)
    write_private(home.run / "supervisor.pid", f"{process.pid}\n")
    assert processes.supervisor(home) == process.pid


def test_a_home_that_never_ran_has_none(home: Home):
    assert processes.running(home) == []
    assert not (home.path / "secrets" / "mark").exists()
