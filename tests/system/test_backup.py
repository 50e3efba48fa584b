"""A node backed up at work, lost with everything, and made again from the file; then the same once more.

One story for the whole module: work → backup while a writer goes on → more work, which will be lost → the home is
deleted → restore into a fresh home → up. The tests look at what is there afterwards; each lets the node stay up.
"""

import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.eventually import eventually
from tests.integration.ports import free_port
from tests.system.backing_up import (
    COPIED,
    FIXTURES,
    Story,
    back_up_at_work,
    circulate,
    copies_at,
    look,
    lose_and_restore,
    note,
    settled,
    subjects,
    told_of,
)
from tests.system.launched import ROOT
from tests.system.speaking import SpokenNode

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    folder = tmp_path_factory.mktemp("backup")
    node = SpokenNode(folder / "home", free_port(above=20))
    told = Story(node, folder / "first.backup")
    try:
        started = node.gtm("up", "--detach")
        assert started.returncode == 0, started.stderr
        circulate(node, FIXTURES[0])
        eventually(lambda: settled(node), within=60, every=0.5)
        back_up_at_work(node, told.file, told)
        lost = node.api("POST", "/institutions", {"name": "Perdue avec la machine"}, 201)
        told.lost |= {lost["id"], circulate(node, FIXTURES[1])}
        lose_and_restore(node, told.file)
        yield told
    finally:
        node.end()


def test_it_says_what_the_file_holds(story: Story):
    assert str(story.file) in story.said
    assert "signing key" in story.said
    assert story.file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in story.file.parent.iterdir() if path.suffix == ".part"] == []


def test_what_was_there_is_there_as_it_was(story: Story):
    lists, events = look(story.node)
    for path, before in story.lists.items():
        assert {id: lists[path].get(id) for id in before} == before
    assert {id: events.get(id) for id in story.events} == story.events


def test_what_was_acknowledged_before_the_backup_is_there(story: Story):
    now = story.node.every("/institutions")
    versions = {one["id"]: one["version"] for one in now}
    assert {id for id, version in story.acknowledged.items() if versions.get(id, 0) < version} == set()


def test_nothing_is_there_of_what_came_later(story: Story):
    lists, events = look(story.node)
    there = {id for records in lists.values() for id in records} | {one["subject"] for one in events.values()}
    assert len(story.lost) >= 5
    assert there & story.lost == set()


def test_nobody_is_told_twice(story: Story):
    assert story.mails
    assert subjects(story.node) == story.mails
    notices = [(one["event_id"], one["recipient"]["id"]) for one in story.node.every("/notifications?all=true")]
    assert len(notices) == len(set(notices))


def test_every_copy_is_as_its_record(story: Story):
    records = {one["id"]: one for one in story.node.every("/institutions")}
    for service in ("meetings", "indicators", "notifications"):
        copies = copies_at(story.node, service)
        assert {id: copy["recordversion"] for id, copy in copies.items()} == {
            id: record["version"] for id, record in records.items()
        }
        for id, record in records.items():
            assert {name: copies[id].get(name) for name in COPIED} == {name: record.get(name) for name in COPIED}


def test_what_comes_after_is_of_another_incarnation_and_is_taken(story: Story):
    node = story.node
    id = next(iter(story.acknowledged))
    before = node.api("GET", f"/institutions/{id}")
    note(node, before, "après la restauration")
    event = node.every(f"/events?subject={id}")[-1]
    assert (event["incarnation"], event["recordversion"]) == (2, before["version"] + 1)

    def taken() -> bool:
        copies = [copies_at(node, service)[id] for service in ("meetings", "indicators", "notifications")]
        return all((copy["incarnation"], copy["note"]) == (2, "après la restauration") for copy in copies)

    eventually(taken, within=30)


def test_the_next_circulation_goes_out_once(story: Story):
    minutes_id = circulate(story.node, FIXTURES[2])
    eventually(lambda: settled(story.node), within=60, every=0.5)
    people = [one["recipient"]["id"] for one in told_of(story.node, minutes_id)]
    assert len(people) == len(set(people)) >= 2


def test_a_node_that_runs_is_not_restored(story: Story):
    before = story.node.pids()
    done = story.node.gtm("restore", "--force", str(story.file))
    assert done.returncode == 1
    assert [line for line in done.stderr.splitlines() if line.startswith("gtm: the platform is up")]
    assert story.node.pids() == before


def test_a_second_round_over_a_home_that_is_there(story: Story):
    node, file = story.node, story.file.with_name("second.backup")
    assert node.gtm("down").returncode == 0
    done = node.gtm("backup", str(file))
    assert done.returncode == 0, done.stderr
    assert "only its database is started" in done.stderr
    assert node.processes() == []
    refused = node.gtm("restore", str(file))
    assert refused.returncode == 1
    assert "--force" in refused.stderr
    incarnation = (node.home / "incarnation").read_text()
    done = node.gtm("restore", "--force", str(file))
    assert done.returncode == 0, done.stderr
    (aside,) = node.home.glob("replaced-*")
    assert {"store", "broker", "keys", "mail", "incarnation"} <= {path.name for path in aside.iterdir()}
    assert ((aside / "incarnation").read_text(), (node.home / "incarnation").read_text()) == (incarnation, "3")
    assert node.gtm("up", "--detach").returncode == 0
    eventually(lambda: settled(node), within=120, every=1)
    test_every_copy_is_as_its_record(story)
    made = node.api("POST", "/institutions", {"name": "Après la seconde"}, 201)
    assert node.every(f"/events?subject={made['id']}")[0]["incarnation"] == 3


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {str(one.relative_to(folder)): one.read_bytes() for one in folder.rglob("*") if one.is_file()}


def test_a_restore_that_is_killed_is_simply_run_again(story: Story, tmp_path: Path):
    fresh = SpokenNode(tmp_path / "home", free_port(above=20))
    with subprocess.Popen(
        [ROOT / "gtm", "restore", str(story.file)],
        env=fresh.env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        eventually((fresh.home / "restoring" / "node" / "store" / "embedded").exists, within=60)
        process.send_signal(signal.SIGKILL)
    eventually(lambda: fresh.processes() == [], within=60)
    refused = fresh.gtm("up", "--detach")
    assert refused.returncode == 1
    assert "interrupted" in refused.stderr
    done = fresh.gtm("restore", str(story.file))
    assert done.returncode == 0, done.stderr
    assert {"store", "keys", "mail", "incarnation"} <= {path.name for path in fresh.home.iterdir()}
    assert not (fresh.home / "restoring").exists()
    keys = contents(story.node.home / "keys")
    assert contents(fresh.home / "keys") == keys
    assert "federation/ca.key" in keys
    assert fresh.processes() == []
