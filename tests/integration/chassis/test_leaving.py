"""What of a service's own events may leave the node since an instant, counted by noun."""

import json
from typing import Any

import pytest

from chassis.kernel.clock import now, rfc3339
from chassis.kernel.ids import new_id
from services.actors.domain.reference import FOLDER
from tests.integration.node import Node

STARTER = json.loads((FOLDER / "groups.json").read_text(encoding="utf-8"))["items"]


@pytest.fixture(scope="module", autouse=True)
def running(node: Node, eventually: Any) -> None:
    """The starter directory, which is loaded after the start, is in."""
    node.run("actors")
    eventually(lambda: len(node.every("actors", "list_groups")) == len(STARTER))


def create(node: Node, visibility: str = "gtm") -> dict[str, Any]:
    body = {"name": f"Essai {new_id()}", "kind": "cso", "visibility": visibility}
    return dict(node.call("actors", "create_institution", body))


def test_each_record_counts_once_and_only_what_may_leave(node: Node) -> None:
    create(node)
    since = rfc3339(now())
    first, _ = create(node), create(node)
    create(node, "internal")
    node.call("actors", "change_institution", {"id": first["id"], "version": 1, "changes": {"note": "deux fois"}})
    found = node.call("actors", "count_leaving", {"since": since})
    assert found == {"nouns": {"institution": 2}, "oldest": first["created_at"]}


def test_nothing_since_now_is_nothing(node: Node) -> None:
    assert node.call("actors", "count_leaving", {"since": rfc3339(now())}) == {"nouns": {}, "oldest": None}
