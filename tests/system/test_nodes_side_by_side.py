"""Described nodes through `./gtm` alone: the INS in an empty folder, and a centre beside it on the same machine.

The INS runs no meetings; what it says of them leads to those who have them.
"""

import json
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from chassis.federation import nodes
from tests.integration.eventually import eventually
from tests.integration.ports import free_port
from tests.system.speaking import SpokenNode

OWN = ("actors", "indicators", "notifications")

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@contextmanager
def started(home: Path, id: str, **more: str) -> Iterator[SpokenNode]:
    node = SpokenNode(home, free_port(above=20), more)
    try:
        done = node.gtm("up", "--node", id, "--detach")
        assert done.returncode == 0, done.stderr
        yield node
    finally:
        node.end()


@pytest.fixture(scope="module")
def ins(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SpokenNode]:
    with started(tmp_path_factory.mktemp("ins") / "home", "ins") as node:
        yield node


@pytest.fixture(scope="module")
def centre(ins: SpokenNode, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SpokenNode]:
    with started(
        tmp_path_factory.mktemp("central") / "home", "central", GTM_SERVICES="actors meetings federation"
    ) as node:
        yield node


def raw(node: SpokenNode, path: str) -> Any:
    """What an address outside the API gives, as JSON."""
    with urllib.request.urlopen(f"http://127.0.0.1:{node.port}{path}", timeout=30) as answer:
        return json.load(answer)


def environment(pid: int | None) -> dict[str, str]:
    assert pid is not None
    raw = Path(f"/proc/{pid}/environ").read_bytes().decode().split("\0")
    return dict(one.split("=", 1) for one in raw if "=" in one)


def test_it_runs_what_its_description_says_and_no_more(ins: SpokenNode):
    told = ins.status()
    assert (told["node"], told["ready"]) == ("ins", True)
    expected = nodes.installed((*OWN, "federation"))
    assert [one["name"] for one in told["processes"]] == [*expected, "gateway", "broker", "store"]
    ready = raw(ins, "/health/ready")
    assert set(ready["checks"]) == {"store", "broker", *expected}


def test_no_command_needs_the_nodes_name_again(ins: SpokenNode):
    assert (ins.home / "node").read_text() == "ins"
    assert "GTM_NODE" not in ins.env
    assert ins.gtm("status").returncode == 0
    assert "ins" in ins.gtm("status").stdout
    assert ins.gtm("up", "--detach").returncode == 0


def test_its_home_is_no_other_nodes(ins: SpokenNode):
    before = ins.pids()
    done = ins.gtm("up", "--node", "tahoua", "--detach")
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("gtm: ") and "belongs to the node “ins”" in done.stderr
    assert ins.pids() == before


def test_an_unknown_name_starts_nothing(ins: SpokenNode, tmp_path: Path):
    other = SpokenNode(tmp_path / "home", ins.port + 1)
    done = other.gtm("up", "--node", "agadz", "--detach")
    assert done.returncode == 1
    assert "agadez, central, ins, tahoua, zinder" in done.stderr
    assert not other.home.exists()


def test_what_it_has_is_given_and_of_the_rest_it_says_where(ins: SpokenNode):
    made = ins.api("POST", "/institutions", {"name": "Observatoire d’essai"}, expect=201)
    assert made["origin"] == "ins"
    assert ins.api("GET", f"/institutions/{made['id']}")["name"] == "Observatoire d’essai"
    assert ins.api("GET", "/indicators")["items"] == []
    told = json.loads(ins.api("GET", "/meetings", expect=404, headers={"Accept-Language": "en"}))
    assert told["code"] == "not-on-this-node"
    assert [one["id"] for one in told["nodes"]] == ["central", "agadez", "tahoua", "zinder"]
    assert "Agadez GTM (http://127.0.0.1:8100)" in told["detail"]
    node = ins.api("GET", "/node")
    assert (node["id"], node["hub"], node["address"]) == ("ins", "central", f"http://127.0.0.1:{ins.port}")
    assert "/api/v1/meetings" not in raw(ins, "/api/v1/openapi.json")["paths"]


def test_two_nodes_stand_side_by_side(ins: SpokenNode, centre: SpokenNode):
    assert (centre.status()["node"], centre.status()["ready"]) == ("central", True)
    assert ins.status()["ready"]
    assert centre.api("GET", "/meetings")["items"] == []
    assert not set(ins.pids().values()) & set(centre.pids().values())
    # Only the centre listens for links, and only where it was told to.
    assert ("127.0.0.1", centre.port + 8) in centre.listeners()
    assert ("127.0.0.1", ins.port + 8) not in ins.listeners()
    modes = {path.name: path.stat().st_mode & 0o777 for path in (centre.home / "keys" / "federation").iterdir()}
    assert modes == dict.fromkeys(("ca.key", "ca.pem", "node.key", "node.pem"), 0o600)


def test_only_the_federation_service_may_administer_the_broker(ins: SpokenNode, centre: SpokenNode):
    for node in (ins, centre):
        secret = (node.home / "secrets" / "broker.administrator").read_text()
        knowing = [name for name, pid in node.pids().items() if secret in str(environment(pid))]
        assert knowing == [name for name in ("federation",) if name in node.pids()]


def test_the_broker_knows_each_node_by_its_name(ins: SpokenNode, centre: SpokenNode):
    for node, id in ((ins, "ins"), (centre, "central")):
        assert environment(node.pids()["actors"])["GTM_AMQP_URI"].startswith(f"amqp://{id}.actors:")


def test_two_commands_join_them_and_each_has_what_the_other_tells(ins: SpokenNode, centre: SpokenNode):
    before = centre.api("POST", "/institutions", {"name": "Tenue avant l’adhésion"}, expect=201)
    told = centre.gtm("node", "invite", "ins", "--json")
    assert told.returncode == 0, told.stderr
    invitation = json.loads(told.stdout)["invitation"]
    done = ins.gtm("node", "join", invitation)
    assert done.returncode == 0, done.stderr
    assert ins.gtm("node", "join", invitation).returncode == 0  # again: nothing more happens
    eventually(lambda: found(ins, before["id"]), within=120)
    theirs = ins.api("POST", "/institutions", {"name": "Dite par l’INS"}, expect=201)
    eventually(lambda: found(centre, theirs["id"]), within=60)
    assert centre.api("GET", f"/institutions/{theirs['id']}")["origin"] == "ins"
    refused = centre.api(
        "PATCH", f"/institutions/{theirs['id']}", {"note": "x"}, expect=409, headers={"If-Match": '"1"'}
    )
    assert (json.loads(refused)["code"], json.loads(refused)["origin"]) == ("not-the-origin", "ins")
    assert "ins" in centre.gtm("node", "list").stdout
    assert ins.gtm("node", "status").returncode == 0


def found(node: SpokenNode, id: str) -> bool:
    return id in [one["id"] for one in node.api("GET", "/institutions?page_size=200")["items"]]


def test_a_mistake_in_its_description_is_one_line_and_starts_nothing(tmp_path: Path):
    folder = tmp_path / "nodes"
    folder.mkdir()
    wrong = (nodes.FOLDER / "ins.toml").read_text(encoding="utf-8").replace("NE008", "Niamey")
    (folder / "ins.toml").write_text(wrong, encoding="utf-8")
    node = SpokenNode(tmp_path / "home", 1024, {"GTM_NODES": str(folder)})
    done = node.gtm("up", "--node", "ins")
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert "ins.toml" in line and "region" in line and "NE001" in line
    assert not node.home.exists()
