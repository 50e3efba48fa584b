"""A node at work whose queues are fuzzed, and what its services count of it."""

import time
import urllib.request
from collections import Counter
from typing import Any

from chassis.process.settings import SERVICES
from services import registry
from services.meetings.contract.events import MINUTES_CIRCULATED
from tests.integration.node import Node
from tests.integration.notifications.story import envelope_of, publish
from tests.unit.notifications.builders import an_event, some_minutes

HANDLED_WITHIN = 60.0  # a good one behind a round of bad ones, on two busy cores
RECORDS = (("actors", "institutions"), ("meetings", "meetings"), ("notifications", "notifications"))
NOUNS = ("institution", "group", "focal_point", "meeting", "minutes", "merge")
COPIES = {"indicators": ("institution",), "meetings": ("institution", "group", "merge")}
COPIES["notifications"] = ("institution", "group", "focal_point", "meeting", "merge")


def queues_of(noun: str) -> list[str]:
    """Every queue that takes events of a noun."""
    return [one.queue for name in SERVICES for one in registry.queues_of(name) if one.queue.endswith(f".on_{noun}")]


def counted(node: Node) -> Counter[tuple[str, str]]:
    """(queue, outcome) → how many, as the services count themselves."""
    found: Counter[tuple[str, str]] = Counter()
    for port in node.ports.values():
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
            for line in answer.read().decode().splitlines():
                if line.startswith("gtm_consumer_events_total{"):
                    labels = dict(pair.split("=") for pair in line[line.index("{") + 1 : line.index("}")].split(","))
                    found[labels["queue"].strip('"'), labels["outcome"].strip('"')] += int(float(line.split()[-1]))
    return found


class Scene:
    """A node at work, and its real events, all of them handled."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self.made: dict[str, str] = {}
        made = [self.institution(f"Institution {number}") for number in range(3)]
        for version in (1, 2, 3):
            change = {"id": made[0]["id"], "version": version, "changes": {"note": f"note {version}"}}
            node.call("actors", "change_institution", change)
        node.call("actors", "merge_institutions", {"kept_id": made[1]["id"], "merged_id": made[2]["id"]})
        group = {"acronym": "GTX", "name": "Groupe", "kind": "gtm", "level": "central"}
        group_id = node.call("actors", "create_group", group)["id"]
        person = {"institution_id": made[0]["id"], "name": "Aïssa Abdou", "email": "aissa@example.ne"}
        node.call("actors", "create_focal_point", person)
        meeting = {"group_id": group_id, "title": "Réunion", "date": "2026-02-24", "kind": "ordinary"}
        planned = node.call("meetings", "create_meeting", meeting)
        circulated = an_event(MINUTES_CIRCULATED, some_minutes(planned, made[:1], group_id=group_id))
        publish(node, circulated)
        minutes = envelope_of(circulated)
        self.known = {noun: [] for noun in NOUNS} | {"minutes": [minutes]}
        for service in ("actors", "meetings"):
            for event in node.events(service):
                noun = event["type"].split(".")[2]
                if noun in self.known and len(self.known[noun]) < 60:
                    self.known[noun].append(event)

    def institution(self, name: str) -> dict[str, Any]:
        record = dict(self.node.call("actors", "create_institution", {"name": name}))
        self.made[record["id"]] = name
        return record

    def good_one_passes(self) -> float:
        """Seconds until a new institution is at all who keep copies."""
        id, began = self.institution(f"Bonne {len(self.made)}")["id"], time.monotonic()
        waiting = set(COPIES)
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
            for service, name in RECORDS
        }
        logs = {name: self.node.database(name)["outbox"].count_documents({}) for name in SERVICES}
        return {**copies, **records, **logs}
