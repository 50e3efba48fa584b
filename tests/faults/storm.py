"""A storm: writers at work while processes, broker and store are killed or suspended, by a plan that its seed decides.

In order of time: plan → two instances of the writing and of the reading service → writers and faults side by side → all
revived → everything arrives → the counts, and tests/faults/checks.py. Broker and store may serve many storms (Ground),
each with databases and a virtual host of its own, which go with it.
"""

import contextlib
import random
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from pymongo.errors import PyMongoError

from tests.faults.checks import Counts, all_arrived, assert_nothing_lost_nothing_twice
from tests.faults.own import OwnSurroundings, start_own
from tests.faults.victims import INSTANCES, Instance, Recovery, Victim
from tests.faults.writers import ManyWriter
from tests.integration.eventually import eventually
from tests.integration.node import Node

GAP = {"broker": (20.0, 45.0), "store": (20.0, 45.0)}  # seconds between a revival and the next fault
GAP_OF_PROCESSES = (6.0, 16.0)
KILLED = 0.85  # of the faults of a process; broker and store are suspended more often
WRITERS = 8  # some wait for an answer that died with its process
FARTHEST_BEHIND = 4000  # events that the readers lag before the writers wait
ARRIVED_WITHIN = 240.0
WATCHED = 200  # copies looked at each time


@dataclass(frozen=True)
class Fault:
    """At `at` seconds, a victim is killed or suspended for `lasting` seconds."""

    at: float
    victim: str
    how: str
    lasting: float


@dataclass(frozen=True)
class Report:
    """What a storm came to; a line of a soak's report. Recoveries: seconds from each revival to being of use."""

    seed: int
    seconds: float
    kills: int
    kills_by: dict[str, int]
    suspensions: int
    events: int
    acknowledged: int
    retries: int
    recovery_seconds: float
    recoveries: list[float]
    lost: int
    applied_twice: int
    out_of_order: int


def plan(seed: int, seconds: float, calm: float = 1.0) -> list[Fault]:
    """The faults of a seed: the same whenever it is asked. `calm` times as much time lies between them."""
    found = []
    for victim in (*INSTANCES, *GAP):
        chance = random.Random(f"{seed} {victim}")
        at = chance.uniform(3.0, 12.0)
        while True:
            how = "kill" if chance.random() < (0.7 if victim in GAP else KILLED) else "suspend"
            lasting = chance.uniform(0.0, 2.0) if how == "kill" else chance.uniform(1.0, 9.0)
            if at + lasting > seconds:
                break
            found.append(Fault(round(at, 2), victim, how, round(lasting, 2)))
            at += lasting + calm * chance.uniform(*GAP.get(victim, GAP_OF_PROCESSES))
    return sorted(found, key=lambda fault: fault.at)


class Ground:
    """A broker and a store for storms, one after the other."""

    def __init__(self, folder: Path) -> None:
        self.broker, self.store, self.surroundings = start_own(folder)

    @contextlib.contextmanager
    def node(self, folder: Path) -> Iterator[Node]:
        """A node of its own, gone afterwards with all that it stored."""
        folder.mkdir(parents=True, exist_ok=True)
        vhost = f"storm-{folder.name}"
        self.broker.control("add_vhost", vhost)
        self.broker.control("set_permissions", "-p", vhost, "guest", ".*", ".*", ".*")
        node = Node(_InVhost(vhost, self.surroundings), folder)
        try:
            yield node
        finally:
            node.close()
            with contextlib.suppress(PyMongoError, subprocess.SubprocessError):  # what failed before counts more
                self.broker.control("delete_vhost", vhost)
                super(OwnSurroundings, self.surroundings).drop_databases(node.prefix)

    def close(self) -> None:
        """End both."""
        self.broker.close()
        self.store.close()


class _InVhost(OwnSurroundings):
    """The same broker and store, another virtual host."""

    def __init__(self, vhost: str, like: OwnSurroundings) -> None:
        super().__init__(like.amqp, like.mongo, like.management, like.user, like.password)
        object.__setattr__(self, "own", vhost)

    def make_vhost(self) -> str:
        return str(self.own)  # type: ignore[attr-defined]

    def amqp_uri(self, vhost: str) -> str:
        return f"{self.amqp}/{vhost}"


class Storm:
    """One storm over a node of its own."""

    def __init__(
        self, seed: int, seconds: float, ground: Ground, folder: Path, many: int = ManyWriter.many, calm: float = 1.0
    ) -> None:
        """`many`: records a request; `calm`: see plan."""
        self.seed, self.seconds, self.ground, self.folder = seed, seconds, ground, folder
        self.many, self.calm = many, calm
        self.failures: list[str] = []
        self.versions: dict[str, int] = {}
        self.over, self.held = threading.Event(), threading.Event()
        self.recovery = Recovery()
        self.back = 0

    def run(self) -> Report:
        """The report, if all that must hold does. Raises: AssertionError."""
        with self._node() as node:
            began, faults = time.monotonic(), plan(self.seed, self.seconds, self.calm)
            token = node.token("secretariat")
            writers = [ManyWriter(node.amqp_uri, token, self.seed, n, self.over) for n in range(WRITERS)]
            strikers = [threading.Thread(target=self._strike, args=(one, faults, writers)) for one in self.victims]
            watcher = threading.Thread(target=self._watch, args=(node, writers))
            for writer in writers:
                writer.held, writer.many = self.held, self.many
            for thread in (*strikers, *writers, watcher):
                thread.start()
            for thread in strikers:
                thread.join()
            self.over.wait(max(0.0, began + self.seconds - time.monotonic()))
            self.over.set()
            calm = time.monotonic()
            for thread in (*writers, watcher):
                thread.join()
            for writer in writers:
                self.failures += writer.failures
            assert not self.failures, "\n".join(self.failures)
            eventually(lambda: all_arrived(node), within=ARRIVED_WITHIN, every=1.0)
            return self._judged(node, writers, faults, time.monotonic() - began, time.monotonic() - calm)

    @contextlib.contextmanager
    def _node(self) -> Iterator[Node]:
        with self.ground.node(self.folder) as node:
            instances = [Instance(node, name) for name in INSTANCES]
            self.victims: list[Victim] = [*instances, self.ground.broker, self.ground.store]
            eventually(lambda: all(one.ready() for one in instances) and all_arrived(node), within=90, every=0.5)
            yield node

    def _strike(self, victim: Victim, faults: list[Fault], writers: list[ManyWriter]) -> None:
        began = time.monotonic()
        own = [one for one in faults if one.victim == victim.name]
        ends = [*(one.at for one in own[1:]), self.seconds + 30.0]
        for fault, end in zip(own, ends, strict=True):
            time.sleep(max(0.0, began + fault.at - time.monotonic()))
            try:
                victim.kill() if fault.how == "kill" else victim.suspend()
                time.sleep(fault.lasting)
                victim.start() if fault.how == "kill" else victim.resume()
                self.recovery.wait(victim, lambda: sum(one.answers for one in writers), began + end - 0.5, self.over)
            except (AssertionError, RuntimeError) as error:
                self.failures.append(str(error))
                return

    def _watch(self, node: Node, writers: list[ManyWriter]) -> None:
        """No copy ever goes back to an older version; the writers wait while the readers are far behind."""
        chance = random.Random(self.seed)
        while not self.over.wait(1.0):
            known = [id for writer in writers for id in list(writer.acknowledged)]
            with contextlib.suppress(PyMongoError):
                self._look(node, chance.sample(known, min(WATCHED, len(known))))
                lines = node.database("ledger")["lines"].estimated_document_count()
                rows = node.database("actors")["outbox"].estimated_document_count()
                (self.held.set if rows - lines > FARTHEST_BEHIND else self.held.clear)()

    def _look(self, node: Node, ids: list[str]) -> None:
        copies = node.database("ledger")["replica_institution"]
        for copy in copies.find({"_id": {"$in": ids}}, {"recordversion": 1}):
            before = self.versions.get(copy["_id"], 0)
            self.back += copy["recordversion"] < before
            self.versions[copy["_id"]] = copy["recordversion"]

    def _judged(self, node: Node, writers: list[ManyWriter], faults: list[Fault], took: float, calm: float) -> Report:
        for instance in self.victims:
            if isinstance(instance, Instance):
                instance.must_live()
        assert self.back == 0, f"{self.back} copies went back to an older version"
        acknowledged = {id: version for writer in writers for id, version in writer.acknowledged.items()}
        counts: Counts = assert_nothing_lost_nothing_twice(node, acknowledged)
        killed = Counter(fault.victim.partition("-")[0] for fault in faults if fault.how == "kill")
        return Report(
            seed=self.seed,
            seconds=round(took, 1),
            kills=killed.total(),
            kills_by=dict(killed),
            suspensions=len(faults) - killed.total(),
            events=counts.events,
            acknowledged=sum(acknowledged.values()),
            retries=sum(writer.retries for writer in writers),
            recovery_seconds=round(calm, 1),
            recoveries=[round(one, 1) for one in self.recovery.seconds],
            lost=counts.events - counts.lines,
            applied_twice=counts.lines - counts.events,
            out_of_order=self.back,
        )


def told(report: Report) -> str:
    """The report in one line for people."""
    return " ".join(f"{name}={value}" for name, value in asdict(report).items() if name != "recoveries")
