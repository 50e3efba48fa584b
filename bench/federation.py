"""What the platform costs on a link, beside the bare shovel and a bare broker. `python -m bench.federation`.

A centre and a region, each with a RabbitMQ and services of its own, joined by a link with TLS on the loopback device.
All kinds take turns in one run: medians of the rounds, ratios, latencies; then a backlog after an outage. What a thin
line makes of a link: bench/thin.py.
"""

import eventlet

eventlet.monkey_patch()

import argparse  # noqa: E402 (the patch comes first, as in a service)
import statistics  # noqa: E402
import tempfile  # noqa: E402
import time  # noqa: E402
from collections.abc import Callable  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

from kombu import Connection, Consumer, Exchange, Queue  # noqa: E402

from bench.thin import store_for  # noqa: E402
from chassis.broker.topology import EVENTS  # noqa: E402
from chassis.kernel.ids import new_id  # noqa: E402
from chassis.storage.relay import BATCH, ConfirmingPublisher  # noqa: E402
from tests.integration.eventually import eventually  # noqa: E402
from tests.integration.federation.far import far_pair  # noqa: E402
from tests.integration.federation.linked import Linked, joined  # noqa: E402

PREFETCH = 1000
ASIDE = "agadez.gtm.bench.record.made"
"""A key that the link carries and no service wants."""
SHARED = Exchange("gtm.shared.agadez", type="topic", durable=True, arguments=EVENTS.arguments)
SHOVEL = "to-central"


class Bench:
    """The two nodes, joined; raw queues on both brokers."""

    def __init__(self, centre: Linked, region: Linked, size: int) -> None:
        self.centre, self.region, self.size = centre, region, size
        self.near, self.far = Connection(region.amqp_uri), Connection(centre.amqp_uri)
        self.publisher = ConfirmingPublisher(Connection(region.amqp_uri), "agadez")
        self.here = self._queue("bench.here", EVENTS, self.near)
        self.there = self._queue("bench.there", SHARED, self.far)
        made = region.call("actors", "create_institution", self._institution())
        (self.sample,) = region.events("actors", subject=made["id"])
        self.kept = centre.database("actors")["institutions"]

    def _queue(self, name: str, exchange: Exchange, connection: Connection) -> Queue:
        queue = Queue(name, exchange, ASIDE, durable=True, queue_arguments={"x-queue-type": "quorum"})
        queue(connection.default_channel).declare()
        return queue

    def _institution(self) -> dict[str, str]:
        return {"name": f"Institution {new_id()}", "note": "n" * 200, "visibility": "gtm"}

    def rows(self, many: int, key: str) -> list[dict[str, Any]]:
        """Events of records that nobody knows yet, as an outbox has them."""
        made = []
        for _ in range(many):
            id, subject = new_id(), new_id()
            data = self.sample["data"] | {"id": subject, "name": f"Institution {subject}"}
            envelope = self.sample | {"id": id, "subject": subject, "data": data}
            made.append({"_id": id, "subject": subject, "key": key, "type": self.sample["type"], "envelope": envelope})
        return made

    def bare(self) -> float:
        """One broker: published with pipelined confirms, consumed raw."""
        return self._raw(self.here, self.near)

    def shovelled(self) -> float:
        """The link's own shovel: published raw in the region, consumed raw at the centre."""
        return self._raw(self.there, self.far)

    def _raw(self, queue: Queue, connection: Connection) -> float:
        many, rows, taken = self.size * 5, self.rows(self.size * 5, ASIDE), [0]
        queue(connection.default_channel).purge()

        def on_message(message: Any) -> None:
            message.ack()
            taken[0] += 1

        began = _now()
        publishing = eventlet.spawn(self._publish, rows)
        with Consumer(
            connection.channel(), [queue], on_message=on_message, prefetch_count=PREFETCH, auto_declare=False
        ):
            while taken[0] < many:
                connection.drain_events(timeout=60)
        rate = many / (_now() - began)
        publishing.wait()
        return rate

    def _publish(self, rows: list[dict[str, Any]]) -> None:
        for start in range(0, len(rows), BATCH):
            assert len(self.publisher.publish(rows[start : start + BATCH])) == len(rows[start : start + BATCH])

    def whole(self) -> float:
        """From the region's outbox, by its relay, to the centre's record."""
        outbox = self.region.database("actors")
        time_of = (outbox["outbox"].find_one() or {})["time"]
        rows = self.rows(self.size, f"agadez.gtm.actors.{'.'.join(self.sample['type'].split('.')[2:4])}")
        told = {"recordversion": 1, "visibility": "gtm", "time": time_of}
        before = self.kept.estimated_document_count()
        outbox["outbox"].insert_many([row | told for row in rows])
        began = _now()
        outbox["unsent"].insert_many([{"_id": row["_id"], "time": time_of} for row in rows])
        self.region.call("actors", "create_institution", self._institution())  # wakes the relay
        return self._until(lambda: self.kept.estimated_document_count() > before + self.size, self.size, began)

    def _until(self, done: Callable[[], bool], many: int, began: float) -> float:
        eventually(done, within=1800, every=0.05)
        return many / (_now() - began)

    def applied_latencies(self) -> list[float]:
        """From the answer to a request in the region until the centre has the record."""
        found = []
        for _ in range(self.size // 4):
            made, began = self.region.call("actors", "create_institution", self._institution()), _now()
            while self.kept.find_one({"_id": made["id"]}, {"_id": 1}) is None:
                eventlet.sleep(0.001)
            found.append(_now() - began)
        return found

    def raw_latencies(self, queue: Queue, connection: Connection) -> list[float]:
        """From before a raw publish until a raw consumer has it, one at a time."""
        found, taken = [], [0]

        def on_message(message: Any) -> None:
            message.ack()
            taken[0] += 1

        with Consumer(connection.channel(), [queue], on_message=on_message, auto_declare=False):
            for number, row in enumerate(self.rows(self.size // 4, ASIDE), 1):
                began = _now()
                self._publish([row])
                while taken[0] < number:
                    connection.drain_events(timeout=60)
                found.append(_now() - began)
        return found

    def backlog(self, many: int, most: float) -> None:
        """The link is away while events pile up in the region, then it is there again."""
        manage, place = self.region.surroundings.manage, f"parameters/shovel/{self.region.vhost}/{SHOVEL}"
        shovel = manage("GET", place)["value"]
        self.region.stop("federation")  # it would begin the transport anew
        manage("DELETE", place)
        began, before = _now(), self.kept.estimated_document_count()
        key = f"agadez.gtm.actors.{'.'.join(self.sample['type'].split('.')[2:4])}"
        for _ in range(0, many, BATCH):
            self._publish(self.rows(BATCH, key))
        print(f"\nbacklog of {many}: published in {_now() - began:.0f} s", flush=True)
        manage("PUT", place, {"value": shovel})
        began = _now()
        self._until(lambda: self._waiting() == 0, many, began)
        crossed = _now() - began
        print(f"  crossed the link {crossed:.1f} s after it was back: {many / crossed:.0f} a second", flush=True)
        while (applied := self.kept.estimated_document_count() - before) < many and _now() - began < most:
            eventlet.sleep(0.5)
        took = _now() - began
        print(f"  {applied} applied at the centre {took:.0f} s after: {applied / took:.0f} a second")

    def _waiting(self) -> int:
        queue = Queue("outbound.central")(self.near.default_channel)
        ready = int(queue.queue_declare(passive=True).message_count)
        return ready or self.region.waiting("outbound.central")


_now = time.perf_counter
MEASURED = ("bare", "shovelled", "whole")


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=5, help="rounds, of which medians are given (default 5)")
    options.add_argument("--size", type=int, default=400, help="events a round; raw ones five times (default 400)")
    options.add_argument("--backlog", type=int, default=100_000, help="events of the backlog (default 100000; 0: none)")
    options.add_argument("--most", type=float, default=900, help="seconds to wait for it to be applied (default 900)")
    asked = options.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="gtm-bench-") as folder,
        store_for(Path(folder)) as store,
        far_pair(Path(folder), store, None, GTM_HEARTBEAT_SECONDS="10") as (centre, region, _),
    ):
        joined((centre, region))
        eventually(lambda: region.link("central").get("state") == "up_to_date", within=300)
        bench = Bench(centre, region, asked.size)
        measure(bench, asked.rounds)
        if asked.backlog:
            bench.backlog(asked.backlog, asked.most)


def measure(bench: Bench, rounds: int) -> None:
    """All kinds in each round, so that a busy moment of the machine strikes all."""
    found: dict[str, list[float]] = {name: [] for name in MEASURED}
    late: dict[str, list[float]] = {name: [] for name in MEASURED}
    for _ in range(rounds):
        for name in MEASURED:
            found[name].append(getattr(bench, name)())
        late["bare"] += bench.raw_latencies(bench.here, bench.near)
        late["shovelled"] += bench.raw_latencies(bench.there, bench.far)
        late["whole"] += bench.applied_latencies()
    medians = {name: statistics.median(rates) for name, rates in found.items()}
    print(f"\n{'':12}{'a second':>10}{'least':>10}{'most':>10}{'p50 ms':>10}{'p99 ms':>10}")
    for name, rates in found.items():
        cuts = statistics.quantiles(late[name], n=100)
        shown = (medians[name], min(rates), max(rates), cuts[49] * 1000, cuts[98] * 1000)
        print(f"{name:12}{''.join(f'{one:10.0f}' for one in shown)}")
    for ours, other in (("shovelled", "bare"), ("whole", "shovelled"), ("whole", "bare")):
        print(f"{ours} / {other}: {medians[ours] / medians[other]:.3f}")


if __name__ == "__main__":
    main()
