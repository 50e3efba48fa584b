"""The embedded store does not jam; one that takes connections and answers nobody is ended, to be started again.

The watch is a thread of the embedded store's process; here it is a process of its own, beside a real store.
"""

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pymongo
import pytest

from launcher import store as stores
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


def test_large_transactions_at_once_all_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Together they hold 14 MB uncommitted: more than the engine's own trigger, of a cache of 64 MB (decision 0090)."""
    monkeypatch.setattr(stores, "CACHE_MEGABYTES", 64)
    own = OwnStore(tmp_path / "store")
    own.start()

    def write(number: int) -> None:
        with client.start_session() as session:
            session.with_transaction(lambda session: put(session, number))

    def put(session: pymongo.client_session.ClientSession, number: int) -> None:
        for part in range(6):
            document: dict[str, object] = {"_id": f"{number} {part}", "body": os.urandom(60_000)}
            client["ledger"]["large"].insert_one(document, session=session)

    try:
        with pymongo.MongoClient[dict[str, object]](own.uri, timeoutMS=60_000) as client:
            client["ledger"].create_collection("large")
            with ThreadPoolExecutor(40) as writers:
                list(writers.map(write, range(200)))
            assert client["ledger"]["large"].count_documents({}) == 1200
    finally:
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
