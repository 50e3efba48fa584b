"""The clock of one of two instances jumps by hours and years, back and forth, while both work.

libfaketime gives it that clock (Debian: libfaketime; `./gtm test` installs it); durations go by another clock, as on a
machine whose clock was set. Nothing may be lost, applied twice, or missed by a follower of the log.
"""

import itertools
import json
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from chassis.kernel.errors import PlatformError
from tests.faults.checks import all_arrived, assert_nothing_lost_nothing_twice, event_ids
from tests.faults.own import free_port
from tests.faults.writers import Writer
from tests.integration.eventually import eventually
from tests.integration.node import Node

pytestmark = [pytest.mark.slow]
ACTORS, LEDGER, FAR = "actors", "tests.faults.ledger", "actors-far"
SERVICES = f"{ACTORS} {LEDGER}"
JUMPS = ("+3600", "+0", "-3600", "+94608000", "-94608000", "+0")  # seconds
ANSWERS = 12  # at each of them
OFF = ("+3600", "-3600", "+94608000", "-94608000")


class Clock:
    """That of one process, to be set from outside."""

    def __init__(self, file: Path) -> None:
        found = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
        if not found:
            pytest.skip("needs libfaketime")
        self.file = file
        self.set("+0")
        self.environment = {
            "LD_PRELOAD": str(found[0]),
            "FAKETIME_TIMESTAMP_FILE": str(file),
            "FAKETIME_CACHE_DURATION": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "DONT_FAKE_MONOTONIC": "1",
        }

    def set(self, ahead: str) -> None:
        """So many seconds beside the true time, seen within a second."""
        whole = self.file.with_suffix(".new")
        whole.write_text(f"{ahead}\n")
        whole.rename(self.file)


class Follower(threading.Thread):
    """Reads the log as a peer would: page after page, and then again from where it was."""

    def __init__(self, node: Node) -> None:
        super().__init__()
        self.node, self.over = node, threading.Event()
        self.seen: list[str] = []
        self.cursor: str | None = None

    def run(self) -> None:
        """Until told, and then once more."""
        for last in itertools.chain(iter(self.over.is_set, True), [True]):
            self._to_the_end()
            if not last:
                self.over.wait(0.2)

    def _to_the_end(self) -> None:
        while True:
            try:
                page = self.node.call(ACTORS, "list_events", {"page_size": 100, "cursor": self.cursor})
            except (PlatformError, TimeoutError):
                time.sleep(0.2)
                continue
            self.seen += [event["id"] for event in page["items"]]
            if not page["items"]:
                return
            self.cursor = str(page["places"][-1])


@pytest.fixture
def scene(make_node: Callable[..., Node], tmp_path: Path) -> Iterator[tuple[Node, Clock]]:
    node, clock = make_node(), Clock(tmp_path / "clock")
    node.run(ACTORS, LEDGER, GTM_SERVICES=SERVICES)
    node.ports[FAR] = free_port()
    own = {"GTM_SERVICES": SERVICES, "GTM_OPS_PORT": str(node.ports[FAR]), **clock.environment}
    node.spawn(FAR, [sys.executable, "-m", "chassis.runner", ACTORS], node.environment(**own))
    eventually(lambda: node.is_ready(FAR), within=60, every=0.2)
    yield node, clock


def checks(node: Node) -> dict[str, bool]:
    """What the far instance says of itself."""
    address = f"http://127.0.0.1:{node.ports[FAR]}/health/ready"
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            return dict(json.load(answer)["checks"])
    except urllib.error.HTTPError as error:
        with error:
            return dict(json.load(error)["checks"])


def test_a_clock_that_jumps(scene: tuple[Node, Clock]) -> None:
    node, clock = scene
    pids = {name: process.pid for name, process in node.processes.items()}
    over, follower = threading.Event(), Follower(node)
    writer: Any = Writer(node.amqp_uri, node.token("secretariat"), 1, 0, over)
    for thread in (writer, follower):
        thread.start()
    try:
        for ahead in JUMPS:
            clock.set(ahead)
            eventually(lambda: checks(node)["clock"] is (ahead not in OFF), within=15, every=0.2)  # noqa: B023 (now)
            before, retries = writer.answers, writer.retries
            eventually(lambda: writer.answers >= before + ANSWERS or writer.failures, within=60)  # noqa: B023 (now)
            print(f"\n{ahead} s: {writer.answers - before} answers, {writer.retries - retries} asked again")
    finally:
        over.set()
        writer.join()
        follower.over.set()
        follower.join()
    assert not writer.failures
    assert {name: process.pid for name, process in node.processes.items() if process.poll() is None} == pids
    eventually(lambda: all_arrived(node), within=60, every=0.5)
    assert_nothing_lost_nothing_twice(node, writer.acknowledged)
    assert len(follower.seen) == len(set(follower.seen))
    assert event_ids(node) <= set(follower.seen), "a follower of the log missed an event"
