"""One chain without a gap, whoever is killed where and however many seal at once; restores are explained."""

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from chassis.history.chain_check import ChainCheck
from chassis.history.heads import Heads
from chassis.history.verification import Verification
from chassis.kernel.ids import new_id
from chassis.kernel.principal import SYSTEM, Caller
from chassis.process.crash import OF_TRAIL
from chassis.process.settings import Settings
from chassis.storage.store import Store
from services.actors.contract import events
from services.actors.domain.institution import Institution
from services.actors.repository.institution import Institutions
from tests.integration.node import ROOT, Node


@pytest.fixture
def opened(node: Node) -> Iterator[Callable[..., Store]]:
    """Opens the database as a process of its own would, in that incarnation of the node."""
    stores: list[Store] = []

    def open_one(incarnation: int = 1) -> Store:
        home = Path(node.home)
        settings = Settings(
            amqp_uri=node.amqp_uri, mongo_uri=node.surroundings.mongo, mongo_prefix=node.prefix, home=home, keys=home,
            incarnation=incarnation,
        )  # fmt: skip
        stores.append(Store([Institutions]).open("sealed", settings))
        return stores[-1]

    yield open_one
    stores[0].client.drop_database(f"{node.prefix}sealed")
    for store in stores:
        store.client.close()


def change(store: Store, many: int = 1) -> None:
    """So many institutions more, and a note."""
    for _ in range(many):
        with store.work(Caller(principal=SYSTEM, correlation_id=new_id())) as work:
            work.save(work.new(Institution, "public", name=new_id()), events.INSTITUTION_CREATED)
    with store.client.start_session() as session:
        session.with_transaction(lambda inside: store.trail.note("forgotten", [new_id()], "tester", inside))


def assert_whole(store: Store) -> None:
    """Each row and each note has its one entry, and the chain holds."""
    found = ChainCheck(store.trail).entries(0)
    assert (found.faults, found.following) == ([], None)
    entries = list(store.trail.collection.find())
    rows = {row["_id"] for row in store.outbox.rows.find({}, {"_id": 1})}
    notes = {note["_id"] for note in store.trail.notes.collection.find({}, {"_id": 1})}
    assert sorted(one["ref"] for one in entries) == sorted(rows | notes)
    assert not store.trail.notes.collection.count_documents({"unsealed": True})


@pytest.mark.parametrize("point", OF_TRAIL)
def test_who_takes_over_from_a_killed_sealer_makes_no_gap_and_nothing_twice(
    point: str, node: Node, opened: Callable[..., Store]
) -> None:
    store = opened()
    change(store, 3)
    store.seal_trail()
    change(store, 3)
    child = [sys.executable, "-m", "tests.integration.chassis.sealing_child"]
    killed = subprocess.run(child, cwd=ROOT, env=node.environment(GTM_CRASH_AT=point), check=False, timeout=100)
    assert killed.returncode == -9
    change(store, 2)
    store.seal_trail()
    assert_whole(store)
    assert store.trail.behind() == (0, 0.0)


def test_several_at_once_make_one_chain(opened: Callable[..., Store]) -> None:
    stores = [opened() for _ in range(3)]
    change(stores[0], 4)

    def seal(store: Store) -> None:
        for _ in range(6):
            change(store, 2)
            store.seal_trail()

    threads = [threading.Thread(target=seal, args=(one,)) for one in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    stores[0].seal_trail()
    assert_whole(stores[0])
    assert stores[0].outbox.rows.count_documents({}) == 40


def verify(store: Store, folder: Path) -> tuple[list[str], dict[str, int]]:
    verification = Verification(store.trail, Heads(folder, "sealed"), store.seal_trail, {})
    codes, explained, page = list[str](), dict[str, int](), dict[str, Any]()
    while not page or page["next_cursor"]:
        page = verification.page(page.get("next_cursor"), page.get("run"), "tester", None)
        codes += [one["code"] for one in page["faults"]]
        explained |= page["explained"]
    verification.keep_head()
    return codes, explained


def test_what_a_restore_lost_is_explained_and_a_cut_end_is_not(opened: Callable[..., Store], tmp_path: Path) -> None:
    store = opened()
    change(store, 3)
    assert verify(store, tmp_path) == ([], {})
    at_backup = {
        name: list(store.database[name].find()) for name in ("outbox", "trail", "trail_notes", "log_positions")
    }
    change(store, 2)
    assert verify(store, tmp_path)[0] == []
    for name, documents in at_backup.items():
        store.database[name].delete_many({})
        store.database[name].insert_many(documents)
    assert set(verify(opened(), tmp_path)[0]) == {"head-missing"}
    restored = opened(incarnation=2)
    change(restored, 4)
    codes, explained = verify(restored, tmp_path)
    assert (codes, explained["restored"], explained["lost-in-restore"]) == ([], 1, 1)
    last = restored.trail.last()
    assert last is not None
    restored.trail.collection.delete_one({"_id": last["_id"]})
    restored.outbox.rows.delete_one({"_id": last["ref"]})
    restored.outbox.positions.collection.delete_one({"event": last["ref"]})
    assert verify(restored, tmp_path)[0] == ["head-missing"]


def test_a_row_that_went_before_it_was_chained_is_told(opened: Callable[..., Store], tmp_path: Path) -> None:
    store = opened()
    change(store, 2)
    store.outbox.place_waiting()
    row = store.outbox.rows.find_one({})
    assert row is not None
    store.outbox.rows.delete_one({"_id": row["_id"]})
    assert verify(store, tmp_path)[0] == ["content-missing"]
