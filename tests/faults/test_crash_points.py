"""Each numbered place of the store, the relay and the consumer, killed with SIGKILL as work goes through it.

relay.py cases 1 and 2, consumer.py cases 2, 4, 5. A dead process is started again without the fault; then everything
that was acknowledged must have arrived, once, in order.
"""

import contextlib
from collections.abc import Callable
from typing import Any

import pytest

from chassis.kernel.errors import PlatformError
from chassis.process.crash import POINTS
from tests.faults.checks import all_arrived, assert_nothing_lost_nothing_twice
from tests.integration.node import Node

pytestmark = [pytest.mark.slow]
WRITERS = "actors"
READER = "tests.faults.ledger"
SERVICES = f"{WRITERS} {READER}"


def revive(node: Node) -> list[str]:
    """Start what has died, without the fault."""
    dead = [name for name, process in node.processes.items() if process.poll() is not None]
    for name in dead:
        del node.processes[name]
        node.run(name, GTM_SERVICES=SERVICES)
    return dead


def write(node: Node, acknowledged: dict[str, int], method: str, payload: dict[str, Any], key: str) -> dict[str, Any]:
    """Ask until there is an answer, with the same key, reviving what dies in between."""
    for _ in range(10):
        with contextlib.suppress(TimeoutError, OSError, PlatformError):
            record = dict(node.call("actors", method, payload, idempotency_key=key, within=4))
            acknowledged[record["id"]] = max(record["version"], acknowledged.get(record["id"], 0))
            return record
        revive(node)
    raise AssertionError("no answer in ten attempts")


@pytest.mark.parametrize("point", POINTS)
def test_killed_at(point: str, make_node: Callable[..., Node], eventually: Any) -> None:
    node = make_node()
    victim = READER if point.startswith("consumer") else WRITERS
    bystander = WRITERS if victim == READER else READER
    node.run(bystander, GTM_SERVICES=SERVICES)
    # The starter directory passes first: 45 events in a batch or two; the fault strikes amid the test's own.
    at = {"store": "4", "relay": "5", "consumer": "50"}[point.partition(".")[0]]
    at = "2" if point in ("consumer.before_send_on", "consumer.sent_on") else at
    node.run(victim, GTM_SERVICES=SERVICES, GTM_CRASH_AT=f"{point}:{at}")
    victim_process = node.processes[victim]
    acknowledged: dict[str, int] = {}
    for number in range(6):
        name = f"Échoue {number}" if number in (1, 3) else f"Institution {number}"
        made = write(node, acknowledged, "create_institution", {"name": name}, f"new-{number}")
        for version in (1, 2):
            change = {"id": made["id"], "version": version, "changes": {"note": f"note {version}"}}
            write(node, acknowledged, "change_institution", change, f"change-{number}-{version}")
    eventually(lambda: victim_process.poll() is not None, within=20)
    revive(node)
    eventually(lambda: all_arrived(node), within=60)
    assert victim_process.returncode == -9
    assert_nothing_lost_nothing_twice(node, acknowledged)
