"""One node over a broker and a store of its own, for tests that strike them; every test leaves it whole.

`with scene.writing():` writers are at work throughout; afterwards everything that was acknowledged is where it must be.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pymongo.collection import Collection

from chassis.kernel.ids import new_id
from chassis.kernel.principal import SYSTEM, Caller
from chassis.process.settings import Settings
from chassis.storage.outbox import UNSENT
from services.actors.handlers.institution import propose_institution
from services.actors.service import ActorsService
from tests.faults.checks import all_arrived, assert_nothing_lost_nothing_twice
from tests.faults.own import OwnBroker, OwnStore, start_own
from tests.faults.writers import Writer
from tests.integration.eventually import eventually
from tests.integration.node import Node

ACTORS, LEDGER = "actors", "tests.faults.ledger"
SERVICES = (ACTORS, LEDGER)
BACK_WITHIN = 25.0  # seconds after what was away is back
ARRIVED_WITHIN = 150.0  # an event that failed twice while its store was away waits a minute for its third try
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

    def waiting(self) -> Collection[dict[str, Any]]:
        """The marks of the actors' events that the relay has not sent."""
        return self.node.database(ACTORS)[UNSENT]

    def store_behind_the_broker(self, count: int) -> list[str]:
        """Ids of events that another process of the actors stores without being called, as a sweep of its own would."""
        store = ActorsService.store.open(ACTORS, Settings.from_environment(self.node.environment()))
        with store.client:
            before = {row["_id"] for row in store.outbox.rows.find({}, {"_id": 1})}
            for number in range(count):
                with store.work(Caller(principal=SYSTEM, correlation_id=new_id())) as work:
                    propose_institution(work, name=f"Derrière {self.writers} {number}", acronym=None, seen_in="")
            return [row["_id"] for row in store.outbox.rows.find({}, {"_id": 1}) if row["_id"] not in before]

    def not_ready(self) -> bool:
        """Whether all services say that they cannot work."""
        return not any(self.node.is_ready(service) for service in SERVICES)


@contextmanager
def own_scene(folder: Path) -> Iterator[Scene]:
    """On the loopback address; gone afterwards."""
    broker, store, surroundings = start_own(folder)
    node = Node(surroundings, folder)
    try:
        scene = Scene(node, broker, store)
        scene.run(*SERVICES)
        time.sleep(NEW_QUEUE_SECONDS)
        yield scene
    finally:
        node.close()
        broker.close()
        store.close()
