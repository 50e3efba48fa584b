"""Broker and store die, hang or refuse; the services come back by themselves in seconds, and nothing is lost meanwhile.

One node over a broker and a store of its own; every test leaves it whole, with everything applied (checks.py).
"""

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from tests.faults.checks import all_arrived, assert_nothing_lost_nothing_twice
from tests.faults.own import OwnBroker, OwnStore, start_own
from tests.faults.writers import Writer
from tests.integration.eventually import eventually
from tests.integration.node import Node

pytestmark = [pytest.mark.slow]
ACTORS, LEDGER = "actors", "tests.faults.ledger"
SERVICES = (ACTORS, LEDGER)
SUSPENDED_SECONDS = 20.0
BACK_WITHIN = 25.0  # seconds after what was away is back
ARRIVED_WITHIN = 150.0  # an event that failed twice while its store was away waits a minute for its third try
STOPPED_WITHIN = 10.0
NEW_QUEUE_SECONDS = 3.0  # RabbitMQ forgets a queue made less than a second before kill -9 (docs/decisions/0031)


@dataclass
class Scene:
    """The node, and what it stands on."""

    node: Node
    broker: OwnBroker
    store: OwnStore
    writers: int = 0

    def ready(self) -> bool:
        return all(self.node.is_ready(service) for service in SERVICES)

    def run(self, *services: str) -> None:
        self.node.run(*services, GTM_SERVICES=f"{ACTORS} {LEDGER}")

    @contextmanager
    def writing(self) -> Iterator[Writer]:
        """Writers at work throughout; afterwards everything that was acknowledged is where it must be."""
        over = threading.Event()
        self.writers += 1
        writer = Writer(self.node.amqp_uri, self.node.token("secretariat"), 1, 0, over, f"{self.writers}-")
        writer.start()
        try:
            eventually(lambda: writer.answers > 3, within=30)
            yield writer
            before = writer.answers
            eventually(lambda: writer.answers > before, within=BACK_WITHIN)
        finally:
            over.set()
            writer.join()
        assert not writer.failures
        eventually(lambda: all_arrived(self.node), within=ARRIVED_WITHIN, every=0.2)
        assert_nothing_lost_nothing_twice(self.node, writer.acknowledged)

    def back(self) -> float:
        """Seconds until all is ready again."""
        began = time.monotonic()
        eventually(self.ready, within=BACK_WITHIN, every=0.2)
        return time.monotonic() - began

    def pids(self) -> dict[str, int]:
        return {name: process.pid for name, process in self.node.processes.items() if process.poll() is None}


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    folder = tmp_path_factory.mktemp("reconnects")
    broker, store, surroundings = start_own(folder)
    node = Node(surroundings, folder)
    try:
        made = Scene(node, broker, store)
        made.run(*SERVICES)
        time.sleep(NEW_QUEUE_SECONDS)
        yield made
    finally:
        node.close()
        broker.close()
        store.close()


def not_ready(scene: Scene) -> bool:
    return not any(scene.node.is_ready(service) for service in SERVICES)


@pytest.mark.parametrize("name", ["broker", "store"])
def test_killed_and_started_again(scene: Scene, name: str) -> None:
    victim: Any = getattr(scene, name)
    pids = scene.pids()
    with scene.writing():
        victim.kill()
        eventually(lambda: not_ready(scene), within=15, every=0.2)
        victim.start()
        print(f"\n{name} killed: ready again {scene.back():.1f} s after it was")
    assert scene.pids() == pids


@pytest.mark.parametrize("name", ["broker", "store"])
def test_suspended(scene: Scene, name: str) -> None:
    """Half-open: connections stay, nobody answers."""
    victim: Any = getattr(scene, name)
    pids = scene.pids()
    with scene.writing():
        began = time.monotonic()
        victim.suspend()
        try:
            eventually(lambda: not_ready(scene), within=SUSPENDED_SECONDS, every=0.5)
            time.sleep(max(0.0, began + SUSPENDED_SECONDS - time.monotonic()))
        finally:
            victim.resume()
        print(f"\n{name} suspended: ready again {scene.back():.1f} s after it was")
    assert scene.pids() == pids


def test_a_full_queue_does_not_keep_the_service_from_storing(scene: Scene) -> None:
    """The broker refuses (nack): the backlog grows, requests are answered, and all of it leaves once there is room."""
    rows = scene.node.database("actors")["outbox"]
    scene.broker.control("set_policy", "full", "^ledger.on_institution$", '{"max-length": 3}', "--apply-to", "queues")
    os.kill(scene.node.processes[LEDGER].pid, signal.SIGSTOP)
    try:
        with scene.writing() as writer:
            eventually(lambda: rows.count_documents({"sent": False}) > 20, within=30, every=0.2)
            before = writer.answers
            eventually(lambda: writer.answers > before + 20, within=20)
            os.kill(scene.node.processes[LEDGER].pid, signal.SIGCONT)
            scene.broker.control("clear_policy", "full")
    finally:
        os.kill(scene.node.processes[LEDGER].pid, signal.SIGCONT)
    eventually(lambda: rows.count_documents({"sent": False}) == 0, within=ARRIVED_WITHIN, every=0.2)


def test_a_memory_alarm_is_waited_out(scene: Scene) -> None:
    """The broker takes nothing from anybody, calls neither; nothing ends, and after it all goes on."""
    pids = scene.pids()
    with scene.writing() as writer:
        scene.broker.control("set_vm_memory_high_watermark", "0")
        try:
            retries = writer.retries
            eventually(lambda: writer.retries > retries, within=20)
        finally:
            scene.broker.control("set_vm_memory_high_watermark", "0.4")
        scene.back()
    assert scene.pids() == pids


def test_told_to_stop_it_ends_its_work_first(scene: Scene) -> None:
    with scene.writing():
        for service in SERVICES:
            process, began = scene.node.processes[service], time.monotonic()
            process.send_signal(signal.SIGTERM)
            assert process.wait(STOPPED_WITHIN) == 0
            print(f"\n{service} stopped in {time.monotonic() - began:.1f} s")
            scene.run(service)


def test_told_to_stop_without_broker_or_store(scene: Scene) -> None:
    """Nobody is there to finish the work with: it ends all the same, and goes on when everything is back."""
    scene.broker.suspend()
    scene.store.suspend()
    try:
        for service in SERVICES:
            scene.node.processes[service].send_signal(signal.SIGTERM)
        for service in SERVICES:
            scene.node.processes[service].wait(STOPPED_WITHIN)
    finally:
        scene.broker.resume()
        scene.store.resume()
    scene.run(*SERVICES)
    with scene.writing():
        pass
