"""A store that takes connections and answers nobody is ended, so that the supervisor can start it again.

The watch is a thread of the embedded store's process; here it is a process of its own, beside a real store.
"""

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from launcher.embedded import GIVEN_UP
from tests.faults.own import OwnStore, free_port
from tests.integration.eventually import eventually
from tests.integration.node import ROOT

PATIENCE = 2.0
WATCH = (
    "import sys; from launcher import embedded as one; "
    f'one.end_if_jammed("127.0.0.1", int(sys.argv[1]), one._accounts(), {PATIENCE}, 0.2)'
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[OwnStore]:
    own = OwnStore(tmp_path / "store")
    own.start()
    yield own
    own.close()


@contextlib.contextmanager
def watching(port: int, **known: str) -> Iterator[subprocess.Popen[str]]:
    """`known`: where the accounts of the store are."""
    command, environ = [sys.executable, "-c", WATCH, str(port)], {**os.environ, **known}
    with subprocess.Popen(command, cwd=ROOT, env=environ, stderr=subprocess.PIPE, text=True) as watch:
        yield watch
        watch.kill()


def connections(pid: int) -> int:
    return sum(str(one.readlink()).startswith("socket:") for one in Path(f"/proc/{pid}/fd").iterdir())


def test_it_is_ended_when_it_answers_no_more_and_not_before(store: OwnStore) -> None:
    accounts = store.backing.programs[0].env["GTM_STORE_ACCOUNTS"]
    with watching(store.port, GTM_STORE_ACCOUNTS=accounts) as watch:
        eventually(lambda: connections(watch.pid) >= 2)  # one to look whether it is there, one to ask by
        time.sleep(PATIENCE * 2)
        assert watch.poll() is None
        store.suspend()
        try:
            assert watch.wait(60) == GIVEN_UP
        finally:
            store.resume()
        assert watch.stderr is not None
        assert "has not answered for 2 seconds" in watch.stderr.read()


def test_one_that_never_answered_yet_is_still_starting() -> None:
    with watching(free_port()) as watch, pytest.raises(subprocess.TimeoutExpired):
        watch.wait(PATIENCE * 3)
