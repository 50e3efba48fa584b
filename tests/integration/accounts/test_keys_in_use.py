"""Another signing key while the node runs: a real service and the gateway take it up, the old one goes."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from chassis.kernel.errors import ForbiddenError
from chassis.kernel.principal import Principal
from chassis.process.tokens import UNTIL, sign
from gateway.keys import PUBLIC, SigningKey
from tests.integration.node import ROOT, Node

WHO = Principal(account_id="tester", roles=frozenset({"secretariat", "admin"}))


def rotate(node: Node, *more: str) -> dict[str, str]:
    """`./gtm keys rotate` asks the same command."""
    command = [sys.executable, "-m", "gateway.keys", "rotate", *more]
    done = subprocess.run(command, cwd=ROOT, env=node.environment(), capture_output=True, check=True)
    return dict(json.loads(done.stdout))


def test_a_running_service_takes_up_another_key_and_drops_the_old_one(node: Node) -> None:
    node.run("actors")
    keys = node.home / "keys"
    signing = SigningKey(keys)
    old = signing.current()
    before = sign(old, "central", WHO, 600)
    node.call("actors", "list_institutions", {}, token=before)
    told = rotate(node)
    after = sign(signing.current(), "central", WHO, 600)
    assert signing.current().kid == told["key"] != old.kid
    node.call("actors", "list_institutions", {}, token=after)
    node.call("actors", "list_institutions", {}, token=before)
    _end(keys / PUBLIC, str(old.kid))
    with pytest.raises(ForbiddenError, match="invalid-token"):
        node.call("actors", "list_institutions", {}, token=before)
    node.call("actors", "list_institutions", {}, token=after)
    rotate(node, "--now")
    with pytest.raises(ForbiddenError, match="invalid-token"):
        node.call("actors", "list_institutions", {}, token=after)
    node.call("actors", "list_institutions", {}, token=sign(signing.current(), "central", WHO, 600))
    assert len(json.loads((keys / PUBLIC).read_text())["keys"]) == 1


def _end(path: Path, kid: str) -> None:
    """Let the hour of an old key be over."""
    keys = json.loads(path.read_text())["keys"]
    path.write_text(json.dumps({"keys": [{**one, UNTIL: 1} if one["kid"] == kid else one for one in keys]}))
