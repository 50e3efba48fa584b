"""People at work on all nodes at once, over HTTP; each asks until answered, and remembers what was acknowledged."""

import threading
import time
from typing import Any

import requests

from chassis.kernel.errors import UnavailableError
from chassis.kernel.record import FEDERATED
from tests.faults.writers import Writer
from tests.integration.eventually import eventually
from tests.system.federation.nodes import HUB, Three, Whole

AWAY = (502, 503, 504)
REST = 0.2  # seconds between two requests of one person
WAYS = {
    "create_institution": ("POST", "/institutions"),
    "change_institution": ("PATCH", "/institutions/{id}"),
    "create_meeting": ("POST", "/meetings"),
    "create_recommendation": ("POST", "/recommendations"),
    "report_progress": ("POST", "/recommendations/{id}/progress-reports"),
}


class Person(Writer):
    """Makes institutions and recommendations here, and reports on those of other nodes."""

    within = 20.0

    def __init__(self, node: Whole, seed: int, over: threading.Event, tag: str) -> None:
        super().__init__("", node.token("admin", "secretariat"), seed, 1, over, f"{tag}-{node.name}-")
        self.node = node
        self.meeting = ""

    def work(self, name: str) -> None:
        """One institution and its changes; one recommendation and what is said of somebody's."""
        visibility = self.random.choice(("internal", *FEDERATED))
        body = {"name": f"Institution {name}", "visibility": visibility}
        made = self._ask("create_institution", body, name)
        for version in range(1, self.random.randint(2, 4)):
            change = {"id": made["id"], "version": version, "note": f"note {version}"}
            self._ask("change_institution", change, f"{name}-{version}")
        self.meeting = self.meeting or self._ask("create_meeting", {"date": "2026-02-26"}, f"{name}-m")["id"]
        asked = {"text": f"Recommandation {name}", "meeting_id": self.meeting}
        self._ask("create_recommendation", asked, f"{name}-r")
        copies = self.node.database("meetings")
        known = copies["recommendations"].find({"text": {"$regex": "^Recommandation "}}, {"_id": 1})
        about = self.random.choice([one["_id"] for one in known])
        speaker = copies["replica_institution"].find_one({"origin": HUB, "visibility": "public"}, {"_id": 1})
        if speaker is not None:
            said = {"percent": self.random.randint(0, 99), "institution_id": speaker["_id"]}
            self._ask("report_progress", {"id": about, **said}, f"{name}-p")

    def _call(self, method: str, payload: dict[str, Any], key: str) -> Any:
        time.sleep(REST)
        verb, path = WAYS[method]
        body = dict(payload)
        if "{id}" in path:
            path = path.format(id=body.pop("id"))
        headers = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": key}
        if "version" in body:
            headers["If-Match"] = f'"{body.pop("version")}"'
        address = f"{self.node.http}/api/v1{path}"
        answer = requests.request(verb, address, json=body, headers=headers, timeout=self.within)
        if answer.status_code in AWAY:
            raise UnavailableError("busy")
        assert answer.ok, (verb, path, answer.status_code, answer.text)
        return answer.json()


class AtWork:
    """While this lasts there is a person at work on each node."""

    def __init__(self, three: Three, seed: int, tag: str, but: str = "") -> None:
        self._over = threading.Event()
        at_work = [node for node in three.nodes.values() if node.name != but]
        self.people = [Person(node, seed, self._over, f"{tag}{seed}") for node in at_work]

    def __enter__(self) -> "AtWork":
        for one in self.people:
            one.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for one in self.people:
            one.join()

    def go_on(self, more: int = 5) -> None:
        """Wait until each of them had some more answers."""
        before = [one.answers for one in self.people]

        def moved() -> bool:
            return all(one.failures or one.answers >= was + more for one, was in zip(self.people, before, strict=True))

        eventually(moved, within=240, every=0.2)

    def assert_kept(self) -> int:
        """Each acknowledged version is there, where it was written; how many records."""
        for one in self.people:
            assert not one.failures, one.failures
            kept = [one.node.database(service)[name] for service, name in HOLDING]
            found = {
                row["_id"]: row["version"]
                for rows in kept
                for row in rows.find({"_id": {"$in": list(one.acknowledged)}}, {"version": 1})
            }
            lost = {id for id, version in one.acknowledged.items() if found.get(id, 0) < version}
            assert not lost, f"{one.node.name} lost what it acknowledged: {lost}"
        return sum(len(one.acknowledged) for one in self.people)


HOLDING = (
    ("actors", "institutions"),
    ("meetings", "meetings"),
    ("meetings", "recommendations"),
    ("meetings", "progress_reports"),
)
