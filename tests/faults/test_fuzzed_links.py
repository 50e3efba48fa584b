"""What a careless or hostile node sends over its link, by the hundred: nothing of it ends a process, changes a record
or is stored, nothing holds up what is in order, and what it provokes is counted.

GTM_FUZZ: how many for each service (default: what a run of all tests bears). GTM_FUZZ_SEED: repeats a run.
"""

import json
import os
import re
import time
from collections import Counter
from collections.abc import Iterator
from itertools import groupby, islice
from typing import Any

import pytest
from kombu import Connection, Queue

from chassis.broker.topology import INBOUND, Subscription
from chassis.contract.bodies import decoded
from chassis.contract.envelope import EventType
from chassis.events.incoming import LARGEST_BODY
from chassis.kernel.ids import new_id
from chassis.storage.repository import DISPUTED
from services import registry
from services.actors.contract.events import INSTITUTION_CREATED
from services.indicators.contract.events import FRAMEWORK_CREATED
from services.meetings.contract.events import MEETING_CREATED
from tests.faults.flood import flood
from tests.faults.fuzz import EITHER, IGNORE, PARK, Bad, Envelope, key_of
from tests.faults.fuzz_links import INSIDE, LINKED, THIRD, LinkFuzzer, fresh, largest
from tests.faults.fuzzed import HANDLED_WITHIN, Scene, counted
from tests.integration.eventually import eventually
from tests.integration.federation.foreign import make_known, told
from tests.integration.node import Node
from tests.integration.parked import parked_count

pytestmark = [pytest.mark.slow, pytest.mark.timeout(6 * 3600)]
EACH = int(os.environ.get("GTM_FUZZ") or 120)
SEED = int(os.environ.get("GTM_FUZZ_SEED") or 20260302)
ROUND = 100  # bad ones, then a good one
RUNNING = ("actors", "meetings", "indicators", "notifications")
ASIDE = {"inbox", "trail", "parked", "parked_pieces", "outbox", "unsent", "log_positions", "comparisons"}  # of messages
ASIDE |= {"standings"}  # how often one was derived: that writers of one recommendation meet
HOMES = {"institution": "institutions", "meeting": "meetings", "framework": "frameworks"}
ANSWERS = f"peer.{LINKED}"
Tally = Counter[str]


@pytest.fixture(scope="module")
def scene(node: Node) -> Iterator[Scene]:
    node.run(*RUNNING)
    make_known(node, LINKED, THIRD, node.name)
    with Connection(node.amqp_uri) as connection:
        Queue(ANSWERS, durable=True)(connection.default_channel).declare()
    made = Scene(node)
    eventually(lambda: counted(node)["notifications.on_minutes", "applied"] == 1, every=0.2)
    made.good_one_passes()
    yield made


def queues() -> list[Subscription]:
    """Those that take something of other nodes."""
    return [one for service in RUNNING for one in registry.queues_of(service) if one.hears != "own"]


def reached(key: str) -> list[Subscription]:
    """The queues that a message to gtm.inbound comes to."""
    return [
        one
        for one in queues()
        for exchange, keys in one.bindings()
        if exchange.name == INBOUND.name and any(_fits(key, pattern) for pattern in keys)
    ]


def _fits(key: str, pattern: str) -> bool:
    return bool(re.fullmatch(re.escape(pattern).replace(r"\.\#", r"(\..*)?").replace(r"\*", r"[^.]*"), key))


def expected(messages: list[Bad]) -> tuple[Tally, Tally, Tally]:
    """For each queue: how many deliveries, how many of them parked at least, and at most."""
    deliveries, least, most = Tally(), Tally(), Tally()
    for bad in messages:
        first = {one.queue: one for one in reached(bad.key)}
        for key in bad.also:
            for one in reached(key):
                assert one.queue not in first
                deliveries[one.queue], least[one.queue] = deliveries[one.queue] + 1, least[one.queue] + 1
                most[one.queue] += 1
        for queue, one in first.items():
            within = sum(one.takes(type) for type in bad.inside)
            opened = bool(bad.inside) and (bad.verdict != PARK or not within)
            deliveries[queue] += 1 + (within if opened else 0)
            parked = within if bad.verdict == INSIDE else int(bad.verdict in (PARK, EITHER) and not opened)
            least[queue] += 0 if bad.verdict == EITHER else parked
            most[queue] += parked
    return deliveries, least, most


def send(node: Node, messages: list[Bad]) -> list[Bad]:
    """To gtm.inbound, each by its account; those that the broker took."""
    taken: list[Bad] = []
    who = node.amqp_uri.split("//")[1].split("@")[0]
    for by, those in groupby(messages, key=lambda bad: bad.by):
        taken += flood(node.amqp_uri.replace(who, f"{by}.essai:essai"), list(those), INBOUND.name)
    return taken


def good(event: Envelope) -> Bad:
    """A message that is in order; its parcel is made by the fuzzer."""
    properties = {"user_id": f"{event['origin']}.essai", "content_type": "application/json"}
    return Bad(json.dumps(event).encode(), IGNORE, key_of(event), by=event["origin"], properties=properties)


class Link:
    """The other end's records of one noun, and what came of them here."""

    def __init__(self, scene: Scene, kind: EventType, ours: Envelope) -> None:
        self.node, self.service, self.noun = scene.node, kind.words[0], kind.words[1]
        plain = told(kind, LINKED, version=5) | {"incarnation": 2}
        known = [fresh(plain) for _ in range(4)]
        third = fresh(plain, origin=THIRD)
        self.kept: dict[str, Envelope] = {}
        self.arrived([good(event) for event in (*known, third)], *known, third)
        self.fuzzer = LinkFuzzer(SEED + len(self.noun), known, ours, third)

    def arrived(self, messages: list[Bad], *events: Envelope) -> float:
        """Seconds until these are where they belong, as they are."""
        began = time.monotonic()
        assert len(send(self.node, messages)) == len(messages)
        self.kept |= {event["subject"]: event for event in events}
        eventually(lambda: all(self.stands(event) for event in events), within=HANDLED_WITHIN)
        return time.monotonic() - began

    def stands(self, event: Envelope) -> bool:
        """Whether its record, and every copy, is as the event says."""
        id, name = event["subject"], "name" if "name" in event["data"] else "title"
        places = {self.service: HOMES[self.noun]}
        places |= {one.service: f"replica_{self.noun}" for one in reached(key_of(event)) if one.service != self.service}
        found = [self.node.database(where)[home].find_one({"_id": id}) for where, home in places.items()]
        return all(one and (one["origin"], one[name]) == (event["origin"], event["data"][name]) for one in found)

    def good_one_passes(self) -> tuple[float, list[Bad]]:
        """A new record alone, again, and twice in parcels: it is kept once."""
        event, other = fresh(self.fuzzer.known[0]), fresh(self.fuzzer.known[0])
        parcels = [self.fuzzer.parcel([event, other], IGNORE) for _ in range(2)]
        for one in parcels:
            one.by, one.properties = LINKED, {"user_id": f"{LINKED}.essai"}
        messages = [good(event), *parcels, good(event)]
        return self.arrived(messages, event, other), messages


def state(node: Node) -> dict[str, dict[str, Any]]:
    """All that is kept of records, by collection and id; but not when it was heard, or disputed."""
    return {
        f"{service}.{name}": {
            one["_id"]: one for one in node.database(service)[name].find({}, {DISPUTED: 0, "heard_at": 0})
        }
        for service in RUNNING
        for name in node.database(service).list_collection_names()
        if name not in ASIDE
    }


def answers(node: Node) -> Counter[str]:
    """What was sent to the other end since the last look, by type."""
    found: Counter[str] = Counter()
    with Connection(node.amqp_uri) as connection:
        channel = connection.channel()
        while (message := channel.basic_get(ANSWERS, no_ack=True)) is not None:
            body = decoded(message.body, message.properties["content_encoding"], LARGEST_BODY)
            found[json.loads(body)["type"].split(".")[2]] += 1
    return found


def ours_of(scene: Scene, service: str) -> Envelope:
    """The newest event of a record of the node's own, which everybody has."""
    if service == "indicators":
        framework = {"code": f"C{new_id()[-12:]}", "name": "Cadre", "starts": 2022, "ends": 2026}
        scene.node.call("indicators", "create_framework", framework)
    noun = {"actors": "institution", "meetings": "meeting", "indicators": "framework"}[service]
    found = [one for one in scene.node.events(service) if one["type"].split(".")[2] == noun]
    return next(one for one in found if one["origin"] == scene.node.name and one["visibility"] != "internal")


@pytest.mark.parametrize(
    "kind", [INSTITUTION_CREATED, MEETING_CREATED, FRAMEWORK_CREATED], ids=lambda kind: kind.words[1]
)
def test_what_another_node_sends_changes_nothing_and_holds_up_nothing(scene: Scene, kind: EventType) -> None:
    node, ours = scene.node, ours_of(scene, kind.words[0])
    link = Link(scene, kind, ours)
    pids = {name: process.pid for name, process in node.processes.items()}
    eventually(lambda: all(node.queue(one.queue).get("messages", 1) == 0 for one in queues()), every=0.5)
    before, counts, parked = state(node), counted(node), {name: parked_count(node, name) for name in RUNNING}
    logs = {name: node.database(name)["outbox"].count_documents({}) for name in RUNNING}
    known, began, slowest = set(link.kept), time.monotonic(), 0.0
    large = largest(link.fuzzer, link.fuzzer.known[0])
    taken = send(node, large if "GTM_FUZZ" in os.environ else large[list(HOMES).index(link.noun) :: len(HOMES)])
    answers(node)
    stream = link.fuzzer.messages(EACH)
    while batch := list(islice(stream, ROUND)):
        taken += send(node, batch)
        seconds, goods = link.good_one_passes()
        taken, slowest = taken + goods, max(slowest, seconds)
    deliveries, least, most = expected(taken)
    settled(node, deliveries, counts)
    after = counted(node) - counts
    print(
        f"\n{kind.words[1]}: seed {SEED}, {deliveries.total()} deliveries in {time.monotonic() - began:.0f} s, "
        f"slowest good one {slowest:.1f} s, {totals(after)}"
    )
    assert {name: process.pid for name, process in node.processes.items() if process.poll() is None} == pids
    for one in queues():
        assert after[one.queue, "retried"] == 0, f"{one.queue}: what can never succeed was tried again"
        assert least[one.queue] <= after[one.queue, "parked"] <= most[one.queue], one.queue
    for service in RUNNING:
        there = parked[service] + sum(after[one.queue, "parked"] for one in queues() if one.service == service)
        eventually(lambda: parked_count(node, service) == there, within=HANDLED_WITHIN)  # noqa: B023 (now)
    assert answers(node).total() <= sum(bad.answers for bad in taken)
    assert_kept(link, before, logs, set(link.kept) - known)
    scene.good_one_passes()


def settled(node: Node, deliveries: Tally, since: Counter[tuple[str, str]]) -> None:
    """Wait until every delivery was handled, whatever became of it."""

    def all_of_it() -> bool:
        found: Tally = Counter()
        for (queue, _), many in (counted(node) - since).items():
            found[queue] += many
        missing = {queue: (many, found[queue]) for queue, many in deliveries.items() if found[queue] != many}
        assert not missing, f"expected, handled: {missing}"
        return True

    eventually(all_of_it, within=HANDLED_WITHIN, every=0.3)


def totals(after: Counter[tuple[str, str]]) -> dict[str, int]:
    """By outcome."""
    found: Tally = Counter()
    for (_, outcome), many in after.items():
        found[outcome] += many
    return dict(found)


def assert_kept(link: Link, before: dict[str, Any], logs: dict[str, int], news: set[str]) -> None:
    """Everything is as it was but for the good ones, of each of which there is one event."""
    node, after = link.node, state(link.node)
    for name, documents in after.items():
        assert {id: one for id, one in documents.items() if id not in news} == before.get(name, {}), f"{name} changed"
    assert all(link.stands(event) for event in link.kept.values())
    for name, many in logs.items():
        added = node.database(name)["outbox"].count_documents({}) - many
        assert added == (len(news) if name == link.service else 0), f"{name} logged what it should not"
