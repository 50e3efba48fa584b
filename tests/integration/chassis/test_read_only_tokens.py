"""A token that may only look, or that opens one service alone, is refused by the services themselves."""

import time
from typing import Any

import pytest

from chassis.kernel.errors import ForbiddenError, PlatformError
from chassis.kernel.ids import new_id
from chassis.kernel.policy import EVERY_SERVICE
from chassis.kernel.principal import ROLES, Principal
from chassis.process.settings import SERVICES
from chassis.process.tokens import sign
from launcher import roles
from tests.integration.eventually import eventually as wait_until
from tests.integration.node import Node

POLICY = roles.policy()
HERE = [name for name in SERVICES if name != "federation"]  # that one needs a broker of its own to administer


@pytest.fixture(scope="module", autouse=True)
def running(node: Node) -> None:
    node.run(*HERE)


def token(node: Node, **more: Any) -> str:
    """Of somebody with every role."""
    return sign(node.key, node.name, Principal(account_id="m", roles=frozenset(ROLES), **more), seconds=600)


def refusal(node: Node, service: str, call: str, given: str, payload: Any = None) -> str | None:
    """The code of a ForbiddenError; None: it was let in, to fail for its payload or not."""
    try:
        node.call(service, call, payload or {"nonsense": 1}, token=given)
    except ForbiddenError as error:
        return error.code
    except PlatformError:
        return None
    return None


def calls() -> list[tuple[str, str, bool]]:
    return [
        (name, call, rule.looks)
        for name in HERE
        for (of, call), rule in POLICY.rules.items()
        if of in (name, EVERY_SERVICE)
    ]


def test_every_call_that_changes_something_refuses_a_read_only_token(node: Node) -> None:
    given = token(node, read_only=True)
    found = {(service, call): refusal(node, service, call, given) == "read-only-token" for service, call, _ in calls()}
    assert found == {(service, call): not looks for service, call, looks in calls()}


def test_nothing_is_changed_by_it(node: Node) -> None:
    made = node.call("actors", "create_institution", {"name": f"Avant {new_id()}"})
    given = token(node, read_only=True)
    change = {"id": made["id"], "version": 1, "changes": {"name": "Après"}}
    assert refusal(node, "actors", "change_institution", given, change) == "read-only-token"
    assert node.call("actors", "get_institution", {"id": made["id"]}, token=given)["version"] == 1
    assert refusal(node, "actors", "create_institution", given, {"name": (name := f"Jamais {new_id()}")})
    assert node.database("actors")["institutions"].count_documents({"name": name}) == 0


def test_every_look_leaves_the_databases_as_they_are(node: Node) -> None:
    """What is in the table under `looks` does look: called in several ways, it leaves as many documents as before."""
    institution, given = node.every("actors", "list_institutions")[0]["id"], token(node, read_only=True)

    def everything() -> dict[tuple[str, str], int]:
        found = {}
        for name in HERE:
            # The trail follows the log by itself, a while later.
            for collection in set(node.database(name).list_collection_names()) - {"trail"}:
                found[name, collection] = node.database(name)[collection].count_documents({})
        return found

    def settled() -> dict[tuple[str, str], int] | None:
        before = everything()
        time.sleep(1)
        return before if everything() == before else None

    before = wait_until(settled)
    for service, call, looks in calls():
        if looks:
            for payload in ({}, {"page_size": 5}, {"id": institution}, {"noun": "institution", "id": institution}):
                refusal(node, service, call, given, payload)
    assert everything() == before


def test_a_token_for_one_service_is_refused_by_the_others(node: Node) -> None:
    given = token(node, services=frozenset({"indicators"}))
    assert node.call("indicators", "list_indicators", {}, token=given)["items"] == []
    for name in set(HERE) - {"indicators"}:
        assert refusal(node, name, "list_events", given, {"page_size": 1}) == "beyond-scope"
