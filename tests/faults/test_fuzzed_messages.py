"""Bad messages by the thousand in every consumer queue: none ends a process, changes a record, or holds up a good one.

GTM_FUZZ: how many for each noun's queues (default: what a run of all tests bears). GTM_FUZZ_SEED: repeats a run.
"""

import os
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import pytest
from kombu import Connection

from chassis.settings import SERVICES
from chassis.topology import parked_name
from services import registry
from services.meetings.contract.events import MINUTES_CIRCULATED
from tests.faults.flood import flood
from tests.faults.fuzz import EITHER, HUGE, PARK, Bad, Fuzzer, key_of
from tests.integration.node import Node
from tests.integration.notifications.story import publish
from tests.unit.notifications.builders import an_event, some_minutes

pytestmark = [pytest.mark.slow, pytest.mark.timeout(6 * 3600)]
EACH = int(os.environ.get("GTM_FUZZ") or 600)
SEED = int(os.environ.get("GTM_FUZZ_SEED") or 20260301)
ROUND = 200  # bad ones, then a good one
HANDLED_WITHIN = 60.0  # a good one behind a round of bad ones, on two busy cores
NOUNS = ("institution", "group", "focal_point", "meeting", "minutes")
COPIES = {"indicators": ("institution",), "meetings": ("institution", "group")}
COPIES["notifications"] = ("institution", "group", "focal_point", "meeting")


def queues_of(noun: str) -> list[str]:
    """Every queue that takes events of a noun."""
    return [one.queue for name in SERVICES for one in registry.queues_of(name) if one.queue.endswith(f".on_{noun}")]


def counted(node: Node) -> Counter[tuple[str, str]]:
    """(queue, outcome) → how many, as the services count themselves."""
    found: Counter[tuple[str, str]] = Counter()
    for service in SERVICES:
        with urllib.request.urlopen(f"http://127.0.0.1:{node.ports[service]}/metrics", timeout=10) as answer:
            for line in answer.read().decode().splitlines():
                if line.startswith("gtm_consumer_events_total{"):
                    labels = dict(pair.split("=") for pair in line[line.index("{") + 1 : line.index("}")].split(","))
                    found[labels["queue"].strip('"'), labels["outcome"].strip('"')] += int(float(line.split()[-1]))
    return found


def parked(node: Node, service: str) -> int:
    with Connection(node.amqp_uri) as connection:
        return int(connection.channel().queue_declare(parked_name(service), passive=True).message_count)


def handled(node: Node, noun: str) -> int:
    """Deliveries that the queues of a noun have settled, whatever became of them."""
    return sum(many for (queue, _), many in counted(node).items() if queue in queues_of(noun))


class Scene:
    """A node at work, and its real events, all of them handled."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self.good = 0
        made = [self.institution(f"Institution {number}") for number in range(3)]
        for version in (1, 2, 3):
            change = {"id": made[0]["id"], "version": version, "changes": {"note": f"note {version}"}}
            node.call("actors", "change_institution", change)
        group = {"acronym": "GTX", "name": "Groupe", "kind": "gtm", "level": "central"}
        group_id = node.call("actors", "create_group", group)["id"]
        person = {"institution_id": made[0]["id"], "name": "Aïssa Abdou", "email": "aissa@example.ne"}
        node.call("actors", "create_focal_point", person)
        meeting = {"group_id": group_id, "title": "Réunion", "date": "2026-02-24", "kind": "ordinary"}
        planned = node.call("meetings", "create_meeting", meeting)
        circulated = an_event(MINUTES_CIRCULATED, some_minutes(planned, made[:1], group_id=group_id))
        publish(node, circulated)
        minutes = {"specversion": "1.0", "datacontenttype": "application/json", **asdict(circulated)}
        self.known = {noun: [] for noun in NOUNS} | {"minutes": [minutes]}
        for service in ("actors", "meetings"):
            for event in node.events(service):
                noun = event["type"].split(".")[2]
                if noun in self.known and len(self.known[noun]) < 60:
                    self.known[noun].append(event)

    def institution(self, name: str) -> dict[str, Any]:
        self.good += 1
        return dict(self.node.call("actors", "create_institution", {"name": name}))

    def good_one_passes(self) -> float:
        """Seconds until a new institution is at all who keep copies."""
        id, began = self.institution(f"Bonne {self.good}")["id"], time.monotonic()
        waiting = {name for name in COPIES}
        while waiting and time.monotonic() - began < HANDLED_WITHIN:
            waiting -= {name for name in waiting if self.node.database(name)["replica_institution"].find_one(id)}
            time.sleep(0.05)
        assert not waiting, f"{waiting} handled nothing for {HANDLED_WITHIN} s"
        return time.monotonic() - began

    def state(self) -> dict[str, Any]:
        """Everything that bad messages must leave as it is."""
        copies = {
            f"{service}.{noun}": list(self.node.database(service)[f"replica_{noun}"].find().sort("_id", 1))
            for service, nouns in COPIES.items()
            for noun in nouns
        }
        records = {
            f"{service}.{name}": list(self.node.database(service)[name].find().sort("_id", 1))
            for service, name in (("actors", "institutions"), ("meetings", "meetings"), ("notifications", "notifications"))
        }
        logs = {name: self.node.database(name)["outbox"].count_documents({}) for name in SERVICES}
        return {**copies, **records, **logs}


@pytest.fixture(scope="module")
def scene(node: Node, eventually: Any) -> Iterator[Scene]:
    node.run(*SERVICES)
    made = Scene(node)
    eventually(lambda: len(made.state()["notifications.meeting"]) == 1, within=30)
    eventually(lambda: sum(many for (queue, _), many in counted(node).items() if "minutes" in queue) == 1, within=30)
    made.good_one_passes()
    yield made


@pytest.mark.parametrize("noun", NOUNS)
def test_bad_messages_change_nothing_and_hold_up_nothing(scene: Scene, noun: str, eventually: Any) -> None:
    node, fuzz = scene.node, Fuzzer(SEED + NOUNS.index(noun), scene.known[noun])
    queues = queues_of(noun)
    pids = {name: process.pid for name, process in node.processes.items()}
    state, before = scene.state(), counted(node)
    parked_before = {name: parked(node, name) for name in SERVICES}
    taken: list[Bad] = flood(node.amqp_uri, [Bad(b" " * HUGE, PARK, key_of(scene.known[noun][0])) for _ in range(2)])
    slowest, goods = 0.0, scene.good
    stream = fuzz.messages(EACH)
    began = time.monotonic()
    while batch := [bad for bad, _ in zip(stream, range(ROUND), strict=False)]:
        taken += flood(node.amqp_uri, batch)
        slowest = max(slowest, scene.good_one_passes())
        assert all(process.poll() is None for process in node.processes.values()), "a process ended"
    goods = (scene.good - goods) * (len(queues) if noun == "institution" else 0)
    eventually(lambda: handled(node, noun) >= sum(before[k] for k in before if k[0] in queues) + len(taken) * len(queues) + goods, within=60)
    seconds = time.monotonic() - began
    after = counted(node) - before
    verdicts = Counter(bad.verdict for bad in taken)
    print(f"\n{noun}: seed {SEED}, {len(taken)} messages × {len(queues)} queues {dict(verdicts)}, {seconds:.0f} s, "
          f"slowest good one {slowest:.1f} s, {dict(after)}")
    assert {name: process.pid for name, process in node.processes.items()} == pids
    for queue in queues:
        service = queue.partition(".")[0]
        held = parked(node, service) - parked_before[service]
        assert after[queue, "retried"] == 0, "what can never succeed was tried again"
        assert held == after[queue, "parked"]
        assert verdicts[PARK] <= held <= verdicts[PARK] + verdicts[EITHER]
    changed = scene.state()
    news = {one["_id"] for one in changed["actors.institutions"]} - {one["_id"] for one in state["actors.institutions"]}
    for name, documents in state.items():
        if isinstance(documents, list):
            assert [one for one in changed[name] if one["_id"] not in news] == documents, f"{name} changed"
    assert len(news) == scene.good - (scene.good - len(news))


def test_operators_can_look_at_all_of_it(scene: Scene) -> None:
    for service in SERVICES:
        assert scene.node.call(service, "list_parked", {"page_size": 1000})["items"]
