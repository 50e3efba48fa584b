"""A storm: writers at work while processes, broker and store are killed or suspended, by a plan that its seed decides.

In order of time: plan → two instances of the writing and of the reading service → writers and faults side by side → all
revived → everything arrives → the counts, and tests/faults/checks.py.
"""

import contextlib
import os
import random
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

from pymongo.errors import PyMongoError

from tests.faults.checks import all_arrived, assert_nothing_lost_nothing_twice, institution_events, lines
from tests.faults.own import start_own
from tests.faults.writers import Writer
from tests.integration.eventually import eventually
from tests.integration.node import Node

ACTORS, LEDGER = "actors", "tests.faults.ledger"
INSTANCES = {"actors-1": ACTORS, "actors-2": ACTORS, "ledger-1": LEDGER, "ledger-2": LEDGER}
GAP = {"broker": (14.0, 34.0), "store": (14.0, 34.0)}  # seconds between a revival and the next fault
GAP_OF_PROCESSES = (5.0, 16.0)
WRITERS = 4
ARRIVED_WITHIN = 180.0


@dataclass(frozen=True)
class Fault:
    """At `at` seconds, a victim is killed or suspended for `lasting` seconds."""

    at: float
    victim: str
    how: str
    lasting: float


@dataclass(frozen=True)
class Report:
    """What a storm came to; it is one line of a soak's report."""

    seed: int
    seconds: float
    kills: int
    suspensions: int
    events: int
    acknowledged: int
    retries: int
    recovery_seconds: float
    lost: int
    applied_twice: int


class Victim(Protocol):
    """What can be struck."""

    name: str

    def kill(self) -> None: ...
    def start(self) -> None: ...
    def suspend(self) -> None: ...
    def resume(self) -> None: ...


def plan(seed: int, seconds: float) -> list[Fault]:
    """The faults of a seed: the same whenever it is asked."""
    found = []
    for victim in (*INSTANCES, *GAP):
        chance = random.Random(f"{seed} {victim}")
        at = chance.uniform(3.0, 12.0)
        while True:
            how = "kill" if chance.random() < 0.7 else "suspend"
            lasting = chance.uniform(0.0, 4.0) if how == "kill" else chance.uniform(1.0, 9.0)
            if at + lasting > seconds:
                break
            found.append(Fault(round(at, 2), victim, how, round(lasting, 2)))
            at += lasting + chance.uniform(*GAP.get(victim, GAP_OF_PROCESSES))
    return sorted(found, key=lambda fault: fault.at)


class Instance:
    """One of several processes of a service."""

    def __init__(self, node: Node, name: str) -> None:
        self.node, self.name = node, name
        self.start()

    def start(self) -> None:
        """Without waiting: broker or store may be away."""
        command = [sys.executable, "-m", "chassis.runner", INSTANCES[self.name]]
        self.node.spawn(self.name, command, self.node.environment(GTM_SERVICES=f"{ACTORS} {LEDGER}"))

    def kill(self) -> None:
        """kill -9. Raises: AssertionError when it had ended by itself."""
        self.must_live()
        self.node.stop(self.name, by=signal.SIGKILL)

    def suspend(self) -> None:
        """Half-open: its connections stay, nobody is there."""
        self.must_live()
        os.kill(self.node.processes[self.name].pid, signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on."""
        os.kill(self.node.processes[self.name].pid, signal.SIGCONT)

    def must_live(self) -> None:
        """No fault that is not its own may end a service."""
        code = self.node.processes[self.name].poll()
        assert code is None, f"{self.name} ended by itself ({code}):\n{self.node.log(self.name)[-3000:]}"


class Storm:
    """One storm over a broker and a store of its own."""

    def __init__(self, seed: int, seconds: float, folder: Path) -> None:
        self.seed, self.seconds, self.folder = seed, seconds, folder
        self.failures: list[str] = []
        self.versions: dict[str, int] = {}
        self.over = threading.Event()

    def run(self) -> Report:
        """The report, if all that must hold does. Raises: AssertionError."""
        with self._surroundings() as node:
            began = time.monotonic()
            faults = plan(self.seed, self.seconds)
            threads = [threading.Thread(target=self._strike, args=(one, faults)) for one in self.victims]
            writers = [
                Writer(node.amqp_uri, node.token("secretariat"), self.seed, n, self.over) for n in range(WRITERS)
            ]
            watcher = threading.Thread(target=self._watch, args=(node,))
            for thread in (*threads, *writers, watcher):
                thread.start()
            for thread in threads:
                thread.join()
            self.over.wait(max(0.0, began + self.seconds - time.monotonic()))
            self.over.set()
            for writer in writers:
                writer.join()
            calm = time.monotonic()
            watcher.join()
            for writer in writers:
                self.failures += writer.failures
            assert not self.failures, "\n".join(self.failures)
            eventually(lambda: all_arrived(node), within=ARRIVED_WITHIN, every=0.5)
            return self._judged(node, writers, faults, time.monotonic() - began, time.monotonic() - calm)

    @contextlib.contextmanager
    def _surroundings(self) -> Iterator[Node]:
        broker, store, surroundings = start_own(self.folder)
        node = Node(surroundings, self.folder)
        try:
            self.victims: list[Victim] = [*(Instance(node, name) for name in INSTANCES), broker, store]
            eventually(lambda: len(institution_events(node)) and all_arrived(node), within=60, every=0.5)
            yield node
        finally:
            node.close()
            broker.close()
            store.close()

    def _strike(self, victim: Victim, faults: list[Fault]) -> None:
        began = time.monotonic()
        for fault in (one for one in faults if one.victim == victim.name):
            time.sleep(max(0.0, began + fault.at - time.monotonic()))
            try:
                victim.kill() if fault.how == "kill" else victim.suspend()
                time.sleep(fault.lasting)
                victim.start() if fault.how == "kill" else victim.resume()
            except (AssertionError, RuntimeError) as error:
                self.failures.append(str(error))
                return

    def _watch(self, node: Node) -> None:
        """No copy ever goes back to an older version."""
        copies = node.database("ledger")["replica_institution"]
        while not self.over.wait(0.5):
            with contextlib.suppress(PyMongoError):
                for copy in copies.find({}, {"recordversion": 1}):
                    before = self.versions.get(copy["_id"], 0)
                    if copy["recordversion"] < before:
                        self.failures.append(f"{copy['_id']} went back from {before} to {copy['recordversion']}")
                    self.versions[copy["_id"]] = copy["recordversion"]

    def _judged(self, node: Node, writers: list[Writer], faults: list[Fault], took: float, calm: float) -> Report:
        for instance in self.victims:
            if isinstance(instance, Instance):
                instance.must_live()
        acknowledged = {id: version for writer in writers for id, version in writer.acknowledged.items()}
        events = {event["id"] for event in institution_events(node)}
        written = Counter(line["event"] for line in lines(node))
        assert_nothing_lost_nothing_twice(node, acknowledged)
        how = Counter(fault.how for fault in faults)
        return Report(
            seed=self.seed,
            seconds=round(took, 1),
            kills=how["kill"],
            suspensions=how["suspend"],
            events=len(events),
            acknowledged=sum(writer.answers for writer in writers),
            retries=sum(writer.retries for writer in writers),
            recovery_seconds=round(calm, 1),
            lost=len(events - set(written)),
            applied_twice=sum(many - 1 for many in written.values()),
        )


def told(report: Report) -> str:
    """The report in one line for people."""
    return " ".join(f"{name}={value}" for name, value in asdict(report).items())
