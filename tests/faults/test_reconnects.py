"""Broker and store die, hang or refuse; the services come back by themselves in seconds, and nothing is lost meanwhile.

One node over a broker and a store of its own; every test leaves it whole, with everything applied (checks.py).
"""

import os
import signal
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.faults.scene import ARRIVED_WITHIN, LEDGER, SERVICES, Scene, own_scene
from tests.integration.eventually import eventually

pytestmark = [pytest.mark.slow]
SUSPENDED_SECONDS = 20.0
STOPPED_WITHIN = 10.0


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with own_scene(tmp_path_factory.mktemp("reconnects")) as made:
        yield made


@pytest.mark.parametrize("name", ["broker", "store"])
def test_killed_and_started_again(scene: Scene, name: str) -> None:
    victim: Any = getattr(scene, name)
    pids = scene.pids()
    with scene.writing():
        victim.kill()
        eventually(scene.not_ready, within=15, every=0.2)
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
            eventually(scene.not_ready, within=SUSPENDED_SECONDS, every=0.5)
            time.sleep(max(0.0, began + SUSPENDED_SECONDS - time.monotonic()))
        finally:
            victim.resume()
        print(f"\n{name} suspended: ready again {scene.back():.1f} s after it was")
    assert scene.pids() == pids


def test_a_full_queue_does_not_keep_the_service_from_storing(scene: Scene) -> None:
    """The broker refuses (nack): the backlog grows, requests are answered, and all of it leaves once there is room."""
    waiting = scene.waiting()
    scene.broker.control("set_policy", "full", "^ledger.on_institution$", '{"max-length": 3}', "--apply-to", "queues")
    os.kill(scene.node.processes[LEDGER].pid, signal.SIGSTOP)
    try:
        with scene.writing() as writer:
            eventually(lambda: waiting.count_documents({}) > 20, within=30, every=0.2)
            before = writer.answers
            eventually(lambda: writer.answers > before + 20, within=20)
            os.kill(scene.node.processes[LEDGER].pid, signal.SIGCONT)
            scene.broker.control("clear_policy", "full")
    finally:
        os.kill(scene.node.processes[LEDGER].pid, signal.SIGCONT)
    eventually(lambda: waiting.count_documents({}) == 0, within=ARRIVED_WITHIN, every=0.2)


ALARMS = {
    "memory": (("set_vm_memory_high_watermark", "0"), ("set_vm_memory_high_watermark", "0.4")),
    "disk": (("set_disk_free_limit", "1000000GB"), ("set_disk_free_limit", "50MB")),
}


@pytest.mark.parametrize("name", ALARMS)
def test_an_alarm_of_the_broker_is_waited_out(scene: Scene, name: str) -> None:
    """It takes nothing from anybody, calls neither; what is stored meanwhile leaves when it takes again."""
    pids, (raised, over) = scene.pids(), ALARMS[name]
    with scene.writing() as writer:
        scene.broker.control(*raised)
        try:
            retries = writer.retries
            eventually(lambda: writer.retries > retries, within=20)
            stored = scene.store_behind_the_broker(20)
            assert set(stored) <= {mark["_id"] for mark in scene.waiting().find()}
        finally:
            scene.broker.control(*over)
        print(f"\n{name} alarm over: ready again after {scene.back():.1f} s")
    assert scene.waiting().count_documents({"_id": {"$in": stored}}) == 0
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
