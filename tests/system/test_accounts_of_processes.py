"""A node's processes have accounts of their own at its broker and store; the passwords change while it works."""

import subprocess
import threading
import time
import urllib.error
from collections.abc import Iterator
from typing import Any

import pytest
from amqp.exceptions import AMQPError
from kombu import Connection
from pymongo import MongoClient
from pymongo.errors import OperationFailure

from tests.integration.eventually import eventually
from tests.integration.ports import free_port
from tests.system.launched import PROC, ROOT
from tests.system.speaking import SpokenNode

SERVICES = ["actors", "meetings", "federation"]
PROCESSES = [*SERVICES, "gateway"]

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SpokenNode]:
    """A centre with few services: each is started anew by a rotation."""
    more = {"GTM_SERVICES": " ".join(SERVICES)}
    made = SpokenNode(tmp_path_factory.mktemp("accounts") / "home", free_port(above=20), more)
    try:
        started = made.gtm("up", "--detach")
        assert started.returncode == 0, started.stderr
        yield made
    finally:
        made.end()


class Writer(threading.Thread):
    """Makes institutions one after the other until it is over; each is asked for until it is acknowledged."""

    def __init__(self, node: SpokenNode, name: str) -> None:
        super().__init__()
        self.node = SpokenNode(node.home, node.port)  # with a token of its own
        self.tag, self.over = name, threading.Event()
        self.acknowledged: list[str] = []

    def run(self) -> None:
        """A connection that was refused is no answer: the same request comes again, under the same key."""
        while not self.over.wait(0.05):
            name = f"{self.tag} {len(self.acknowledged)}"
            body, key = {"name": name}, {"Idempotency-Key": f"writer-{self.tag}-{len(self.acknowledged)}"}
            while True:
                try:
                    made = self.node.api("POST", "/institutions", body, 201, key)
                except (OSError, urllib.error.URLError):
                    time.sleep(0.2)
                    continue
                self.acknowledged.append(made["id"])
                break


def secrets(node: SpokenNode) -> dict[str, str]:
    folder = node.home / "secrets"
    return {path.name: path.read_text(encoding="utf-8") for path in folder.glob("[!.]*")}


def environment(pid: int | None) -> str:
    return (PROC / str(pid) / "environ").read_text(errors="replace")


def store(node: SpokenNode, who: str, password: str) -> MongoClient[dict[str, Any]]:
    return MongoClient(
        f"mongodb://{who}:{password}@127.0.0.1:{node.port + 6}/?directConnection=true&authSource=admin", tz_aware=True
    )


def lets_in(node: SpokenNode, kind: str, who: str, password: str) -> bool:
    """Whether broker or store takes this password."""
    try:
        if kind == "broker":
            with Connection(f"amqp://central.{who}:{password}@127.0.0.1:{node.port + 1}/gtm") as connection:
                connection.connect()
        else:
            with store(node, who, password) as client:
                client.admin.command("connectionStatus")
    except (AMQPError, OperationFailure):
        return False
    return True


def test_each_process_is_told_its_own_secrets_alone(node: SpokenNode) -> None:
    known, pids = secrets(node), node.pids()
    assert len(known) > 12
    for process in PROCESSES:
        told = environment(pids[process])
        held = {name for name, secret in known.items() if secret in told}
        administers = {"broker.administrator"} if process == "federation" else set()
        assert held == {f"broker.{process}", f"store.{process}"} | administers, process
        assert (node.home / "keys" / "signing.jwk").read_text("utf-8") not in told
    for process in ("broker", "store"):
        assert [name for name, secret in known.items() if secret in environment(pids[process])] == []


def test_no_secret_is_an_argument_or_in_a_log(node: SpokenNode) -> None:
    known = secrets(node)
    shown = node.command_lines()
    logs = {path.name: path.read_text(errors="replace") for path in (node.home / "log").iterdir()}
    assert len(logs) >= 6
    assert [name for name, secret in known.items() if secret in shown] == []
    assert [(log, name) for log, text in logs.items() for name, secret in known.items() if secret in text] == []


def test_every_file_with_a_secret_is_its_owners_alone(node: SpokenNode) -> None:
    known = [secret.encode() for secret in secrets(node).values()]
    holding = [
        path
        for path in node.home.rglob("*")
        if path.is_file() and "mongod" not in path.parts and any(secret in path.read_bytes() for secret in known)
    ]
    assert len(holding) > 12
    assert [path for path in holding if path.stat().st_mode & 0o077] == []


def test_the_store_gives_each_its_own_database_and_nobody_without_an_account_anything(node: SpokenNode) -> None:
    with store(node, "actors", secrets(node)["store.actors"]) as client:
        assert client["actors"]["institutions"].find_one() is not None
        for act in (
            lambda: client["meetings"]["meetings"].find_one(),
            lambda: client["gateway"]["accounts"].find_one(),
            lambda: client["meetings"]["meetings"].insert_one({}),
            lambda: list(client["actors"]["institutions"].aggregate([{"$out": {"db": "meetings", "coll": "x"}}])),
            lambda: client.drop_database("gateway"),
            lambda: client.list_database_names(),
            lambda: client.admin.command("createUser", "thief", pwd="thief", roles=["root"]),
            lambda: client.admin.command("updateUser", "meetings", pwd="thief"),
            lambda: client["admin"]["system.users"].find_one(),
        ):
            with pytest.raises(OperationFailure):
                act()
    place = f"mongodb://127.0.0.1:{node.port + 6}/?directConnection=true"
    with MongoClient[dict[str, Any]](place) as nobody, pytest.raises(OperationFailure, match="auth"):
        nobody["actors"]["institutions"].find_one()


@pytest.fixture
def writer(node: SpokenNode, request: pytest.FixtureRequest) -> Iterator[Writer]:
    """At work before and after; what it was told is there, and came to the others."""
    made = Writer(node, request.node.name)
    made.start()
    eventually(lambda: len(made.acknowledged) > 3)
    try:
        yield made
        before = len(made.acknowledged)
        eventually(lambda: len(made.acknowledged) > before + 3)
    finally:
        made.over.set()
        made.join(120)
    with store(node, "launcher", secrets(node)["store.launcher"]) as client:
        wanted = set(made.acknowledged)
        assert wanted == {one["_id"] for one in client["actors"]["institutions"].find({"_id": {"$in": list(wanted)}})}
        copies = client["meetings"]["replica_institution"]
        eventually(lambda: copies.count_documents({"_id": {"$in": list(wanted)}}) == len(wanted))


def all_are_new(node: SpokenNode, before: dict[str, str]) -> None:
    """Everybody has another password, which counts, and the one before does not."""
    known = secrets(node)
    assert set(known) == set(before)
    for name, secret in known.items():
        kind, _, who = name.partition(".")
        if kind in ("broker", "store") and who not in ("", "watch"):
            assert secret != before[name]
            assert lets_in(node, kind, who, secret), name
            assert not lets_in(node, kind, who, before[name]), name


def test_passwords_change_while_people_write(node: SpokenNode, writer: Writer) -> None:
    before, pids = secrets(node), node.pids()
    done = node.gtm("secrets", "rotate")
    assert done.returncode == 0, done.stderr
    all_are_new(node, before)
    after = node.pids()
    assert [name for name in PROCESSES if after[name] == pids[name]] == []
    assert (after["broker"], after["store"]) == (pids["broker"], pids["store"])
    assert not any(secret in done.stdout + done.stderr for secret in (*before.values(), *secrets(node).values()))


def test_a_change_that_was_killed_is_brought_to_its_end_by_the_next_start(node: SpokenNode, writer: Writer) -> None:
    before, pids = secrets(node), node.pids()
    with subprocess.Popen([ROOT / "gtm", "secrets", "rotate"], cwd=ROOT, env=node.env, stderr=subprocess.PIPE) as gtm:
        eventually(lambda: secrets(node)["store.actors"] != before["store.actors"], within=240, every=0.01)
        gtm.kill()
        gtm.communicate()
    assert (node.home / "run" / "rotating.json").exists()
    done = node.gtm("up", "--detach")
    assert done.returncode == 0, done.stderr
    assert not (node.home / "run" / "rotating.json").exists()
    all_are_new(node, before)
    assert (node.pids()["broker"], node.status()["ready"]) == (pids["broker"], True)
