"""Bad messages by the thousand in every consumer queue: none ends a process, changes a record, or holds up a good one.

GTM_FUZZ: how many for each noun's queues (default: what a run of all tests bears). GTM_FUZZ_SEED: repeats a run.
"""

import os
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

import pytest

from chassis.process.settings import SERVICES
from tests.faults.flood import flood
from tests.faults.fuzz import EITHER, HUGE, PARK, Bad, Fuzzer, key_of
from tests.faults.fuzzed import HANDLED_WITHIN, NOUNS, Scene, counted, queues_of
from tests.integration.eventually import eventually
from tests.integration.node import Node
from tests.integration.parked import parked_count, parked_waiting

pytestmark = [pytest.mark.slow, pytest.mark.timeout(6 * 3600)]
EACH = int(os.environ.get("GTM_FUZZ") or 1000)
SEED = int(os.environ.get("GTM_FUZZ_SEED") or 20260301)
ROUND = 200  # bad ones, then a good one


def handled(node: Node, noun: str, since: Counter[tuple[str, str]]) -> int:
    """Deliveries that the queues of a noun have settled since, whatever became of them."""
    return sum(many for (queue, _), many in (counted(node) - since).items() if queue in queues_of(noun))


@dataclass
class Before:
    """What there was before the bad messages of one noun."""

    pids: dict[str, int]
    state: dict[str, Any]
    counts: Counter[tuple[str, str]]
    parked: dict[str, int]

    @classmethod
    def of(cls, scene: Scene) -> "Before":
        """As it is now."""
        node = scene.node
        pids = {name: process.pid for name, process in node.processes.items()}
        return cls(pids, scene.state(), counted(node), {name: parked_count(node, name) for name in SERVICES})


@pytest.fixture(scope="module")
def scene(node: Node) -> Iterator[Scene]:
    node.run(*SERVICES)
    made = Scene(node)
    applied = ("notifications.on_minutes", "applied")
    eventually(lambda: counted(node)[applied] == 1, within=40, every=0.2)
    made.good_one_passes()
    made.good_one_passes()
    yield made


@pytest.mark.parametrize("noun", NOUNS)
def test_bad_messages_change_nothing_and_hold_up_nothing(scene: Scene, noun: str) -> None:
    node, queues, before = scene.node, queues_of(noun), Before.of(scene)
    stream = Fuzzer(SEED + NOUNS.index(noun), scene.known[noun]).messages(EACH)
    taken = flood(node.amqp_uri, [Bad(b" " * HUGE, PARK, key_of(scene.known[noun][0])) for _ in range(2)])
    slowest, began, goods = 0.0, time.monotonic(), 0
    while batch := list(islice(stream, ROUND)):
        taken += flood(node.amqp_uri, batch)
        slowest = max(slowest, scene.good_one_passes())
        goods += len(queues) if noun == "institution" else 0
        expected = len(taken) * len(queues) + goods
        eventually(lambda: handled(node, noun, before.counts) >= expected, within=HANDLED_WITHIN)  # noqa: B023 (now)
    after = counted(node) - before.counts
    tell(noun, taken, time.monotonic() - began, slowest, after)
    assert {name: process.pid for name, process in node.processes.items() if process.poll() is None} == before.pids
    assert_unchanged(scene, before.state)
    verdicts = Counter(bad.verdict for bad in taken)
    for queue in queues:
        service = queue.partition(".")[0]
        assert after[queue, "retried"] == 0, "what can never succeed was tried again"
        there = before.parked[service] + after[queue, "parked"]
        # Kept one after the other: a hundred thousand take their time, and the last ones are on their way for a while.
        eventually(lambda: not parked_waiting(node, service), within=HANDLED_WITHIN + EACH / 20, every=1.0)  # noqa: B023 (now)
        eventually(lambda: equal(parked_count(node, service), there), within=HANDLED_WITHIN)  # noqa: B023 (now)
        assert verdicts[PARK] <= after[queue, "parked"] <= verdicts[PARK] + verdicts[EITHER]


def test_operators_can_look_at_all_of_it(scene: Scene) -> None:
    for service in sorted({queue.partition(".")[0] for noun in NOUNS for queue in queues_of(noun)}):
        assert scene.node.call(service, "list_parked", {"page_size": 200})["items"]


def equal(found: int, expected: int) -> bool:
    """True, or an error that tells both."""
    assert found == expected
    return True


def tell(noun: str, taken: list[Bad], seconds: float, slowest: float, after: Counter[tuple[str, str]]) -> None:
    """The figures of a noun, for who runs it with -s."""
    outcomes: Counter[str] = Counter()
    for (queue, outcome), many in after.items():
        if queue in queues_of(noun):
            outcomes[outcome] += many
    many = len(taken) * len(queues_of(noun))
    print(f"\n{noun}: seed {SEED}, {many} deliveries in {seconds:.0f} s, slowest good one {slowest:.1f} s, {outcomes}")


def assert_unchanged(scene: Scene, state: dict[str, Any]) -> None:
    """Everything is as it was but for the good institutions in between, of which there is one event each."""
    changed = scene.state()
    news = {one["_id"] for one in changed["actors.institutions"]} - {one["_id"] for one in state["actors.institutions"]}
    assert len(news) == changed["actors"] - state["actors"]
    assert all(scene.made[id] for id in news), "an institution that nobody asked for"
    for name, documents in state.items():
        if name == "actors":
            continue
        found = changed[name]
        kept = [one for one in found if one["_id"] not in news] if isinstance(found, list) else found
        assert kept == documents, f"{name} changed"
