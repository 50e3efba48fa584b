"""The primary of the store changes again and again while writers write (tests/faults/primary.py)."""

import random
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.faults.checks import all_arrived, assert_nothing_lost_nothing_twice
from tests.faults.primary import Primary
from tests.faults.writers import Writer
from tests.integration.eventually import eventually
from tests.integration.node import Node
from tests.integration.surroundings import Surroundings

pytestmark = [pytest.mark.slow]
ACTORS, LEDGER = "actors", "tests.faults.ledger"
SEED, ELECTIONS, WRITERS = 11, 4, 3
BETWEEN = 10  # answers, so that work is under way


@pytest.fixture
def scene(surroundings: Surroundings, tmp_path: Path) -> Iterator[tuple[Node, Primary]]:
    primary = Primary(surroundings.mongo, SEED)
    node = Node(replace(surroundings, mongo=primary.uri), tmp_path)
    try:
        node.run(ACTORS, LEDGER, GTM_SERVICES=f"{ACTORS} {LEDGER}")
        yield node, primary
    finally:
        node.surroundings = surroundings
        node.close()
        primary.close()


def test_a_primary_that_changes(scene: tuple[Node, Primary]) -> None:
    node, primary = scene
    chance, over = random.Random(SEED), threading.Event()
    pids = {name: process.pid for name, process in node.processes.items()}
    writers = [Writer(node.amqp_uri, node.token("secretariat"), SEED, n, over) for n in range(WRITERS)]
    for writer in writers:
        writer.start()
    try:
        for _ in range(ELECTIONS):
            before = sum(one.answers for one in writers)
            eventually(lambda: sum(one.answers for one in writers) >= before + BETWEEN, within=60)  # noqa: B023 (now)
            primary.election(chance.uniform(0.5, 4.0))
        before = sum(one.answers for one in writers)
        eventually(lambda: sum(one.answers for one in writers) >= before + BETWEEN, within=60)
    finally:
        over.set()
        for writer in writers:
            writer.join()
    assert not [failure for writer in writers for failure in writer.failures]
    told = {"refused": primary.refused, "resets": primary.resets, "answers lost": primary.lost_answers}
    print(f"\n{ELECTIONS} elections: {told}, {sum(one.retries for one in writers)} requests asked again")
    assert primary.refused and primary.resets
    assert {name: process.pid for name, process in node.processes.items() if process.poll() is None} == pids
    eventually(lambda: all_arrived(node), within=150, every=0.5)
    acknowledged = {id: version for writer in writers for id, version in writer.acknowledged.items()}
    assert_nothing_lost_nothing_twice(node, acknowledged)
