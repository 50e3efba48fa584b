"""What a node is asked before, during and after a backup; and losing it."""

import shutil
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pymongo import MongoClient

from tests.integration.eventually import eventually
from tests.system.launched import ROOT
from tests.system.speaking import SpokenNode

FOLDER = ROOT / "tests" / "fixtures" / "compte_rendus"
# Each names institutions that the shipped directory knows, so that there is somebody to write to.
FIXTURES = [FOLDER / f"{name}.txt" for name in ("niamey-official", "central-english", "niamey-unnumbered")]
LISTS = (
    *("/institutions", "/focal-points", "/groups", "/meetings", "/minutes", "/recommendations", "/indicators"),
    "/notifications?all=true",
)
COPIED = ("name", "acronym", "status", "note", "visibility")


class Writer(threading.Thread):
    """Enters institutions and changes each once, as fast as it is answered."""

    def __init__(self, node: SpokenNode) -> None:
        super().__init__(daemon=True)
        self.node = node
        self.known: dict[str, int] = {}
        self._enough = threading.Event()
        self.failure: BaseException | None = None

    def run(self) -> None:
        number = 0
        try:
            while not self._enough.is_set():
                number += 1
                made = self.node.api("POST", "/institutions", {"name": f"Écrite au vol {number}"}, 201)
                self.known[made["id"]] = 1
                changed = note(self.node, made, "suivie")
                self.known[made["id"]] = changed["version"]
        except (AssertionError, OSError) as error:
            self.failure = error

    def stop(self) -> None:
        self._enough.set()
        self.join(60)
        assert self.failure is None


@dataclass
class Story:
    """What was there before the backup began, what the writer had been told by then, and what came after its end."""

    node: SpokenNode
    file: Path
    lists: dict[str, dict[str, Any]] = field(default_factory=dict)
    events: dict[str, Any] = field(default_factory=dict)
    acknowledged: dict[str, int] = field(default_factory=dict)
    lost: set[str] = field(default_factory=set)
    mails: Counter[str] = field(default_factory=Counter)
    said: str = ""


def note(node: SpokenNode, institution: Any, text: str) -> Any:
    """The institution with another note."""
    match = {"If-Match": f'"{institution["version"]}"'}
    return node.api("PATCH", f"/institutions/{institution['id']}", {"note": text}, headers=match)


def told_of(node: SpokenNode, minutes_id: str) -> list[Any]:
    return [one for one in node.every("/notifications?all=true") if one["subject"] == minutes_id]


def circulate(node: SpokenNode, path: Path) -> str:
    """Minutes read in and circulated to one focal point, whose mail is written and noted."""
    minutes_id = node.api("POST", "/minutes/import", path.read_text(encoding="utf-8"), 201)["minutes_id"]
    present = node.api("GET", f"/minutes/{minutes_id}")["present"]
    person = {"institution_id": present[0], "name": "Aïcha Exemple", "language": "fr"}
    node.api("POST", "/focal-points", {**person, "email": f"aicha.{minutes_id[-12:]}@exemple.ne"}, 201)
    node.api("POST", f"/minutes/{minutes_id}/circulate", {"deadline": "2099-12-31"})
    eventually(lambda: mailed(node, minutes_id), within=60, every=0.5)
    return str(minutes_id)


def mailed(node: SpokenNode, minutes_id: str) -> bool:
    sent = [delivery for one in told_of(node, minutes_id) for delivery in one["deliveries"]]
    return any(one["channel"] == "email" and one["status"] == "done" for one in sent)


def subjects(node: SpokenNode) -> Counter[str]:
    """How many mails there are, by whom they are to and what they say."""
    heads = (mail.partition("\n\n")[0].partition("\r\n\r\n")[0].splitlines() for mail in node.mails())
    return Counter(" ".join(sorted(x for x in head if x.startswith(("To:", "Subject:")))) for head in heads)


def look(node: SpokenNode) -> tuple[dict[str, dict[str, Any]], dict[str, Any]]:
    """Every record by list and id, and every event by id, as the API shows them."""
    lists = {path: {one["id"]: one for one in node.every(path)} for path in LISTS}
    return lists, {one["id"]: one for one in node.every("/events")}


def back_up_at_work(node: SpokenNode, file: Path, story: Story) -> None:
    """Back up while a writer goes on; note what must be there and what must not."""
    story.lists, story.events = look(node)
    story.mails = subjects(node)
    writer = Writer(node)
    writer.start()
    eventually(lambda: len(writer.known) >= 10, within=60)
    story.acknowledged = dict(writer.known)
    done = node.gtm("backup", str(file))
    after = set(writer.known)
    assert done.returncode == 0, done.stderr
    story.said = done.stdout + done.stderr
    eventually(lambda: len(writer.known) >= len(after) + 5, within=60)
    writer.stop()
    # The one under way when the backup ended may be on either side.
    story.lost = set(list(writer.known)[len(after) + 1 :])


def lose_and_restore(node: SpokenNode, file: Path) -> None:
    assert node.gtm("down").returncode == 0
    shutil.rmtree(node.home)
    done = node.gtm("restore", str(file))
    assert done.returncode == 0, done.stderr
    assert "./gtm up" in done.stdout
    assert node.processes() == []
    started = node.gtm("up", "--detach")
    assert started.returncode == 0, started.stderr
    assert "Password" not in started.stdout
    eventually(lambda: settled(node), within=120, every=1)


def settled(node: SpokenNode) -> bool:
    """Whether every event was sent and handled: nothing unsent, nothing in any queue, and so for a second."""
    for _ in range(2):
        for one in node.api("GET", "/admin/lag")["items"]:
            if one["outbox"]["waiting"] or one["parked"] or any(one["queues"].values()) or any(one["retries"].values()):
                return False
        time.sleep(1)
    return True


def copies_at(node: SpokenNode, service: str) -> dict[str, Any]:
    """A service's copies of institutions, by id, looked at behind its back."""
    password = (node.home / "secrets" / "store.launcher").read_text("utf-8")
    uri = f"mongodb://launcher:{password}@127.0.0.1:{node.port + 6}/?directConnection=true&authSource=admin"
    client: MongoClient[dict[str, Any]]
    with MongoClient(uri) as client:
        return {one["_id"]: one for one in client[service]["replica_institution"].find()}
