"""A backup made while services write is of one instant over all their databases, and is loaded as it was.

The store is one that was given (GTM_MONGO_URI): restored under another prefix beside the one that goes on.
"""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pymongo.database import Database

from launcher.backup import making, moment, restoring
from launcher.backup.loading import MARK
from launcher.errors import LauncherError
from launcher.settings import Settings
from tests.integration.eventually import PATIENCE, eventually
from tests.integration.node import Node

WRITERS, ROUNDS = 3, 4
ON_INSTITUTION = "on_institution"
COPYING = ("meetings", "indicators", "notifications")

pytestmark = [pytest.mark.slow]
Databases = dict[str, Database[dict[str, Any]]]


class Writer(threading.Thread):
    """Enters institutions and changes each twice, with a key for each request, until told to stop."""

    def __init__(self, node: Node, number: int) -> None:
        super().__init__(daemon=True)
        self.node, self.number = node, number
        self.acknowledged: dict[str, int] = {}
        self.enough = threading.Event()

    def run(self) -> None:
        round_ = 0
        while not self.enough.is_set():
            round_ += 1
            key = f"{self.number}-{round_}"
            made = self._call("create_institution", {"name": f"Institution {key}"}, key)
            for version in (1, 2):
                change = {"id": made["id"], "version": version, "changes": {"note": f"note {version}"}}
                self._call("change_institution", change, f"{key}-{version}")

    def _call(self, method: str, payload: dict[str, Any], key: str) -> Any:
        record = self.node.call("actors", method, payload, idempotency_key=key)
        self.acknowledged[record["id"]] = record["version"]
        return record


@pytest.fixture(scope="module")
def writing(node: Node) -> Iterator[list[Writer]]:
    """Three callers write, three services copy."""
    node.run("actors", *COPYING)
    writers = [Writer(node, number) for number in range(WRITERS)]
    for one in writers:
        one.start()
    eventually(lambda: all(len(one.acknowledged) >= 5 for one in writers), within=60)
    yield writers
    for one in writers:
        one.enough.set()
        one.join(PATIENCE)


def versions(writers: list[Writer]) -> int:
    """How many were acknowledged so far."""
    return sum(sum(dict(one.acknowledged).values()) for one in writers)


def settings(node: Node, **environment: str) -> Settings:
    return Settings.from_environment(node.environment(**environment))


def restored(node: Node, file: Path, number: int) -> Databases:
    """The backup, taken in under a prefix of its own that ends with the node's databases."""
    prefix, home = f"{node.prefix}r{number}_", file.parent / f"home{number}"
    told = settings(node, GTM_MONGO_PREFIX=prefix, GTM_HOME=str(home), GTM_KEYS=str(home / "keys"))
    done = restoring.restore(told, file, restoring.Wishes())
    assert (done.incarnation, done.aside) == (2, None)
    client = node.database("actors").client
    return {name: client[f"{prefix}{name}"] for name in ("actors", *COPYING)}


def versions_logged(databases: Databases) -> dict[str, list[int]]:
    logged: dict[str, list[int]] = {}
    for row in databases["actors"]["outbox"].find({"type": {"$regex": "institution"}}):
        logged.setdefault(row["subject"], []).append(row["recordversion"])
    return {id: sorted(versions) for id, versions in logged.items()}


def assert_one_instant(databases: Databases) -> None:
    """What one commit wrote is there together or not at all, and no consumer is ahead of what it consumed."""
    records = {one["_id"]: one for one in databases["actors"]["institutions"].find()}
    logged = versions_logged(databases)
    assert logged == {id: list(range(1, one["version"] + 1)) for id, one in records.items()}
    rows = {row["_id"]: row for row in databases["actors"]["outbox"].find()}
    answered = {one["_id"] for one in databases["actors"]["answers"].find({}, {"_id": 1})}
    assert len(answered) == sum(one["version"] for one in records.values() if one["name"].startswith("Institution "))
    for service in COPYING:
        copies = {one["_id"]: one for one in databases[service]["replica_institution"].find()}
        queue = f"{service}.{ON_INSTITUTION}"
        seen = [one["_id"].split(" ")[2] for one in databases[service]["inbox"].find({"_id": {"$regex": f"^{queue} "}})]
        assert set(seen) <= set(rows), f"{service} has seen what was not sent"
        highest: dict[str, int] = {}
        for id in seen:
            row = rows[id]
            highest[row["subject"]] = max(row["recordversion"], highest.get(row["subject"], 0))
        assert {id: copy["recordversion"] for id, copy in copies.items()} == highest
    for database in databases.values():
        assert {mark["_id"] for mark in database["unsent"].find()} == {row["_id"] for row in database["outbox"].find()}
        assert MARK not in database.list_collection_names()


def test_it_is_of_one_instant(
    node: Node, writing: list[Writer], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moment, "BATCH", 20)  # many round trips: much is written while it is read
    for number in range(ROUNDS):
        before = {id: version for one in writing for id, version in dict(one.acknowledged).items()}
        file, manifest = making.make(settings(node), tmp_path / f"{number}.backup")
        assert len(node.database("actors").list_collection_names()) == len(manifest.databases["actors"])
        written = sum(len(one.acknowledged) for one in writing) - len(before)
        assert written > 0, "nothing was written meanwhile: this shows nothing"
        databases = restored(node, file, number)
        assert_one_instant(databases)
        kept = {one["_id"]: one["version"] for one in databases["actors"]["institutions"].find()}
        assert {id for id, version in before.items() if kept.get(id, 0) < version} == set()


def test_read_one_after_the_other_it_would_not_be(
    node: Node, writing: list[Writer], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same, with reads that are of no instant: so that the test above is known to notice."""
    monkeypatch.setattr(moment, "BATCH", 20)

    def newest(self: moment.Moment, owner: str, collection: str) -> Iterator[bytes]:
        before = versions(writing)
        eventually(lambda: versions(writing) > before)  # or chance might make it of one instant
        rows = self._client[f"{self._prefix}{owner}"][collection]
        with rows.find({}, batch_size=moment.BATCH) as found:
            for document in found:
                yield bytes(document.raw)

    monkeypatch.setattr(moment.Moment, "documents", newest)
    file, _ = making.make(settings(node), tmp_path / "torn.backup")
    torn = restored(node, file, 90)
    with pytest.raises(AssertionError):
        assert_one_instant(torn)


def test_databases_that_hold_something_are_left_alone(node: Node, writing: list[Writer], tmp_path: Path) -> None:
    file, _ = making.make(settings(node), tmp_path / "x.backup")
    home = tmp_path / "home"
    told = settings(node, GTM_HOME=str(home), GTM_KEYS=str(home / "keys"))
    with pytest.raises(LauncherError) as refused:
        restoring.restore(told, file, restoring.Wishes(force=True))
    assert refused.value.code == "restore-databases"
    assert not home.exists()
    node.call("actors", "create_institution", {"name": "Toujours là"})


def test_a_restore_that_failed_half_way_leaves_nothing(
    node: Node, writing: list[Writer], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, _ = making.make(settings(node), tmp_path / "x.backup")

    def fail(_self: Any, _client: Any, _manifest: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr("launcher.backup.loading.Databases._count", fail)
        restored(node, file.rename(tmp_path / "y.backup"), 91)
    names = node.database("actors").client.list_database_names()
    assert [name for name in names if name.startswith(f"{node.prefix}r91_")] == []
    assert not (tmp_path / "home91" / "restoring").exists()
    assert_one_instant(restored(node, tmp_path / "y.backup", 91))


def test_the_writers_were_never_held_up_or_refused(writing: list[Writer]) -> None:
    assert all(one.is_alive() for one in writing)
