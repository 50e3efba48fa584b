"""What the event backbone costs beside the bare tools under it. `python -m bench.events`.

Stored writes, relay, consumer and the way from one to the other, each beside what it is measured against, in turns in
one run over a broker and a store that the run starts for itself: medians of the rounds, ratios, targets.
"""

import eventlet

eventlet.monkey_patch()

import argparse  # noqa: E402 (the patch comes first, as in a service)
import os  # noqa: E402
import signal  # noqa: E402
import statistics  # noqa: E402
import sys  # noqa: E402
import tempfile  # noqa: E402
import time  # noqa: E402
from collections.abc import Callable  # noqa: E402
from functools import cached_property  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

import orjson  # noqa: E402
from kombu import Connection, Consumer, Producer, Queue  # noqa: E402
from nameko.amqp.publish import Publisher  # noqa: E402
from pymongo.write_concern import WriteConcern  # noqa: E402

from bench import peer  # noqa: E402
from bench.alone.contract.subscriptions import ON_INSTITUTION as ON_INSTITUTION_ALONE  # noqa: E402
from chassis.broker.topology import EVENTS, declare  # noqa: E402
from chassis.contract.envelope import CONTENT_TYPE, write  # noqa: E402
from chassis.events.consumer import PREFETCH_IN_LINE  # noqa: E402
from chassis.kernel.ids import new_id  # noqa: E402
from chassis.kernel.principal import SYSTEM, Caller  # noqa: E402
from chassis.process.settings import Settings  # noqa: E402
from chassis.storage.relay import BATCH, ConfirmingPublisher  # noqa: E402
from chassis.storage.store import Store  # noqa: E402
from services.actors.contract.events import INSTITUTION_CREATED  # noqa: E402
from services.actors.domain.institution import Institution  # noqa: E402
from services.actors.repository.institution import Institutions  # noqa: E402
from services.indicators.contract.subscriptions import ON_INSTITUTION  # noqa: E402
from tests.faults.own import start_own  # noqa: E402
from tests.integration.eventually import eventually  # noqa: E402
from tests.integration.node import Node  # noqa: E402

BARE = WriteConcern(w="majority", j=True)
KEY = "central.public.actors.institution.created"
ASIDE_KEY = "central.public.bench.record.made"  # no service wants it
ASIDE = Queue("bench.aside", EVENTS, ASIDE_KEY, durable=True, queue_arguments={"x-queue-type": "quorum"})
ALONE, PEER = "bench.alone", "peer"
SERVICES = f"actors indicators {ALONE}"


class Bench:
    """A node with actors and indicators; the actors' log is also written by this process, which then is their relay."""

    def __init__(self, node: Node, size: int) -> None:
        self.node, self.size, self.made = node, size, 0
        settings = Settings(
            amqp_uri=node.amqp_uri, mongo_uri=node.surroundings.mongo, mongo_prefix=node.prefix, home=node.home,
            keys=node.home / "keys",
        )  # fmt: skip
        self.store = Store([Institutions]).open("bench", settings)
        self.caller = Caller(principal=SYSTEM, correlation_id=new_id())
        self.connection = Connection(node.amqp_uri)
        ASIDE(self.connection.channel()).declare()

    @cached_property
    def sample(self) -> dict[str, Any]:
        """An envelope of the log."""
        return dict((self.store.outbox.rows.find_one() or {})["envelope"])

    def institution(self) -> dict[str, Any]:
        """What the name of a new one needs to be."""
        self.made += 1
        return {"name": f"Institution {self.made}", "note": "n" * 200}

    def stored(self) -> float:
        """Records with their events, a commit each."""
        return self._rate(self.size, self._store_one)

    def _store_one(self) -> None:
        with self.store.work(self.caller) as work:
            work.save(work.new(Institution, "public", **self.institution()), INSTITUTION_CREATED)

    def inserted(self) -> float:
        """The same documents by bare insert_one, as safe."""
        bare = self.store.database.get_collection("bare", write_concern=BARE)
        sample = self.store.database["institutions"].find_one() or {}
        return self._rate(self.size, lambda: bare.insert_one({**sample, "_id": new_id(), "name": new_id()}))

    def relayed(self) -> float:
        """The outbox emptied as the relay does it."""
        self._refill()
        publisher, outbox, sent, began = ConfirmingPublisher(self.connection.clone()), self.store.outbox, 0, _now()
        while rows := outbox.unsent(BATCH):
            outbox.positions.place(rows)
            outbox.mark_sent(publisher.publish(rows))
            sent += len(rows)
        publisher.connection.release()
        return sent / (_now() - began)

    def _refill(self) -> None:
        """Rows of many records; the setting up is not measured."""
        row = self.store.outbox.rows.find_one() or {}
        ids = [new_id() for _ in range(self.size * 10)]
        outbox = self.store.outbox
        outbox.rows.insert_many(
            [
                {**row, "_id": id, "subject": id, "key": ASIDE_KEY, "envelope": {**row["envelope"], "id": id}}
                for id in ids
            ]
        )
        outbox.marks.insert_many([{"_id": id, "time": row["time"]} for id in ids])

    def pipelined(self, visibility: str = "public") -> float:
        """The relay's publisher alone, without the store."""
        envelope = self.sample | {"visibility": visibility}
        told = {"key": ASIDE_KEY, "envelope": envelope}
        rows = [{"_id": new_id(), **told} for _ in range(BATCH)]
        publisher, batches = ConfirmingPublisher(self.connection.clone()), max(1, self.size * 10 // BATCH)
        rate = BATCH * self._rate(batches, lambda: publisher.publish(rows))
        publisher.connection.release()
        return rate

    def pipelined_plain(self) -> float:
        """The same of what never leaves the node, and is not deflated."""
        return self.pipelined("internal")

    def nameko_published(self) -> float:
        """nameko's publisher, as its services use it."""
        envelope = self.sample
        publisher = Publisher(self.node.amqp_uri, exchange=EVENTS, routing_key=ASIDE_KEY, serializer="json")
        return self._rate(self.size, lambda: publisher.publish(envelope))

    def confirmed_one_by_one(self) -> float:
        """kombu's producer, a confirm a message."""
        return self._published(self.size, confirm_publish=True)

    def unconfirmed(self) -> float:
        """kombu's producer, no confirm."""
        return self._published(self.size * 10, confirm_publish=False)

    def _published(self, many: int, **options: bool) -> float:
        body = write(self.sample)
        with Connection(self.node.amqp_uri, transport_options=options) as connection:
            producer = Producer(connection.channel(), auto_declare=False)
            how = {"content_type": CONTENT_TYPE, "content_encoding": "utf-8", "delivery_mode": 2}
            return self._rate(many, lambda: producer.publish(body, exchange=EVENTS, routing_key=ASIDE_KEY, **how))

    def consumed(self) -> float:
        """The indicators' copies: seen marks and copies of many events in one commit."""
        inbox = self.node.database("indicators")["inbox"]
        return self._taken_from("indicators", inbox, self.size * 5, lambda: self._send_real(ON_INSTITUTION.queue))

    def consumed_alone(self) -> float:
        """The same handler with a commit an event."""
        inbox = self.node.database("alone")["inbox"]
        return self._taken_from(ALONE, inbox, self.size, lambda: self._send_real(ON_INSTITUTION_ALONE.queue))

    def nameko_consumed(self) -> float:
        """nameko's event handler with one insert an event; no mark, no transaction."""
        copies = self.store.client[peer.DATABASE][peer.COLLECTION]
        return self._taken_from(
            PEER, copies, self.size, lambda: self._send(peer.QUEUE, {}, content_type="application/json")
        )

    def _taken_from(self, process: str, collection: Any, many: int, send: Callable[[], None]) -> float:
        """Sent while the process stands still, then timed until all of it is there."""
        pid, before = self.node.processes[process].pid, collection.estimated_document_count()
        os.kill(pid, signal.SIGSTOP)
        for _ in range(many):
            send()
        began = _now()
        os.kill(pid, signal.SIGCONT)
        eventually(lambda: collection.estimated_document_count() >= before + many, within=300, every=0.02)
        return many / (_now() - began)

    def _send_real(self, queue: str) -> None:
        self._send(queue, {"x-origin-routing-key": KEY})

    def _send(self, queue: str, headers: dict[str, str], **properties: Any) -> None:
        envelope, subject = self.sample, new_id()
        sent = {**envelope, "id": new_id(), "subject": subject, "data": {**envelope["data"], "id": subject}}
        channel = self.connection.default_channel
        properties = {"delivery_mode": 2, "content_encoding": "utf-8", "content_type": CONTENT_TYPE} | properties
        Producer(channel, auto_declare=False).publish(write(sent), routing_key=queue, headers=headers, **properties)

    def drained(self) -> float:
        """kombu's consumer on a queue of the same kind: the body read as JSON, then acked; no store."""
        many, taken = self.size * 2, [0]
        ASIDE(self.connection.default_channel).purge()
        with Connection(self.node.amqp_uri, transport_options={"confirm_publish": True}) as connection:
            body = write(self.sample)
            for _ in range(many):
                connection.Producer(auto_declare=False).publish(body, routing_key=ASIDE.name, delivery_mode=2)

            def on_message(message: Any) -> None:
                orjson.loads(message.body)
                message.ack()
                taken[0] += 1

            began = _now()
            with Consumer(connection.channel(), [ASIDE], on_message=on_message, prefetch_count=PREFETCH_IN_LINE):
                while taken[0] < many:
                    connection.drain_events(timeout=10)
        return many / (_now() - began)

    def latencies(self) -> list[float]:
        """Seconds from the answer to a request (its commit) until another service has applied the event."""
        copies, found = self.node.database("indicators")["replica_institution"], []
        for _ in range(self.size):
            record = self.node.call("actors", "create_institution", self.institution())
            began = _now()
            while copies.find_one({"_id": record["id"]}, {"_id": 1}) is None:
                eventlet.sleep(0.001)
            found.append(_now() - began)
        return found

    def _rate(self, many: int, act: Callable[[], Any]) -> float:
        began = _now()
        for _ in range(many):
            act()
        return many / (_now() - began)


_now = time.perf_counter
MEASURED = (
    "stored", "inserted", "relayed", "pipelined", "pipelined_plain", "nameko_published", "confirmed_one_by_one",
    "unconfirmed", "consumed", "consumed_alone", "nameko_consumed", "drained",
)  # fmt: skip
COMPARED = (
    ("stored", "inserted", 0.8),
    ("pipelined", "confirmed_one_by_one", 12.0),
    ("pipelined", "unconfirmed", 0.5),
    ("pipelined", "pipelined_plain", None),
    ("relayed", "unconfirmed", 0.5),
    ("relayed", "nameko_published", None),
    ("consumed", "drained", 0.6),
    ("consumed", "consumed_alone", None),
    ("consumed", "nameko_consumed", None),
)


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=5, help="rounds, of which medians are given (default 5)")
    options.add_argument("--size", type=int, default=200, help="writes a round; others in proportion (default 200)")
    asked = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="gtm-bench-") as folder:
        broker, store, surroundings = start_own(Path(folder))
        node = Node(surroundings, Path(folder))
        try:
            assert not [
                name for name in node.database("x").client.list_database_names() if name.startswith(node.prefix)
            ]
            node.run("actors", "indicators", ALONE, GTM_SERVICES=SERVICES)
            command = [sys.executable, "-m", "bench.peer", node.amqp_uri, surroundings.mongo]
            node.spawn(PEER, command, node.environment())
            measure(Bench(node, asked.size), asked.rounds)
        finally:
            node.close()
            broker.close()
            store.close()


def measure(bench: Bench, rounds: int) -> None:
    """All kinds in each round, so that a busy moment of the machine strikes all."""
    declare(bench.node.amqp_uri, [ON_INSTITUTION])
    bench.stored()
    found: dict[str, list[float]] = {name: [] for name in MEASURED}
    latencies: list[float] = []
    for _ in range(rounds):
        for name in MEASURED:
            found[name].append(getattr(bench, name)())
        _emptied(bench)
        latencies += bench.latencies()
    medians = {name: statistics.median(rates) for name, rates in found.items()}
    print(f"\n{'a second':24}{'median':>10}{'least':>10}{'most':>10}")
    for name, rates in found.items():
        print(f"{name.replace('_', ' '):24}{medians[name]:10.0f}{min(rates):10.0f}{max(rates):10.0f}")
    print(f"\n{'ratio':48}{'found':>8}{'target':>8}")
    for ours, other, target in COMPARED:
        print(f"{f'{ours} / {other}'.replace('_', ' '):48}{medians[ours] / medians[other]:8.2f}{target or '':>8}")
    cuts = statistics.quantiles(latencies, n=100)
    print(f"\ncommit to applied, {len(latencies)} events: p50 {cuts[49] * 1000:.0f} ms, p99 {cuts[98] * 1000:.0f} ms")


def _emptied(bench: Bench) -> None:
    """What the publishing left in the consumers' queues is handled before latencies are measured."""
    ASIDE(bench.connection.default_channel).purge()
    queue = ON_INSTITUTION.queue
    channel = bench.connection.default_channel
    eventually(lambda: channel.queue_declare(queue, passive=True).message_count == 0, within=600, every=0.5)


if __name__ == "__main__":
    main()
