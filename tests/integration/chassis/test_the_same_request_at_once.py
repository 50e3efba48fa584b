"""Many copies of one request at once, and the process killed at a given place: one effect, one answer for all."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from chassis.kernel.errors import PlatformError
from tests.integration.node import Node

COPIES = 8
POINTS = ("store.before_commit", "store.committed")


def ask(node: Node, method: str, payload: dict[str, Any], key: str) -> dict[str, Any]:
    """Until there is an answer, as a patient caller does."""
    for _ in range(30):
        try:
            return dict(node.call("actors", method, payload, idempotency_key=key, within=4))
        except (TimeoutError, OSError):
            continue
        except PlatformError as error:
            if type(error).__name__ != "UnavailableError":
                raise
    raise AssertionError("no answer")


@pytest.mark.parametrize("point", POINTS)
def test_killed_among_them(point: str, make_node: Callable[..., Node], eventually: Any) -> None:
    node = make_node()
    node.run("actors", GTM_SERVICES="actors")
    eventually(lambda: node.database("actors")["groups"].count_documents({}))  # the directory, then these: it is loaded
    node.stop("actors")
    node.run("actors", GTM_SERVICES="actors", GTM_CRASH_AT=point)
    victim = node.processes["actors"]
    with ThreadPoolExecutor(COPIES) as pool:
        asked = [
            pool.submit(ask, node, "create_institution", {"name": "Une seule fois"}, "la-même") for _ in range(COPIES)
        ]
        eventually(lambda: victim.poll() is not None)
        del node.processes["actors"]
        node.run("actors", GTM_SERVICES="actors")
        answers = [one.result() for one in asked]
    assert victim.returncode == -9
    assert all(answer == answers[0] for answer in answers)
    made = list(node.database("actors")["institutions"].find({"name": "Une seule fois"}))
    assert [one["_id"] for one in made] == [answers[0]["id"]]
    assert node.database("actors")["outbox"].count_documents({"subject": answers[0]["id"]}) == 1
