"""A handler that needs the versions of a record in order has them so, also when one of them fails at first."""

from typing import Any

import pytest

from tests.integration.node import Node

READER = "tests.integration.chassis.inorder"
SERVICES = f"actors {READER}"


@pytest.fixture(scope="module", autouse=True)
def running(node: Node) -> None:
    """One writes, one reads."""
    node.run("actors", READER, GTM_SERVICES=SERVICES)


def lines(node: Node, name: str) -> list[int]:
    found = node.database("inorder")["lines"].find({"name": name}).sort("_id", 1)
    return [line["version"] for line in found]


def institution(node: Node, name: str, versions: int) -> None:
    made = node.call("actors", "create_institution", {"name": name})
    for version in range(1, versions):
        change = {"id": made["id"], "version": version, "changes": {"note": f"note {version}"}}
        node.call("actors", "change_institution", change)


def obstacle(node: Node, name: str, version: int, fails: int) -> None:
    node.database("inorder")["obstacles"].insert_one({"_id": f"{name} {version}", "fails": fails, "tries": 0})


def test_later_versions_wait_for_one_that_fails_and_other_records_do_not(node: Node, eventually: Any) -> None:
    obstacle(node, "Retenue", 2, fails=2)
    institution(node, "Retenue", 4)
    institution(node, "Libre", 3)
    eventually(lambda: lines(node, "Libre") == [1, 2, 3])
    assert lines(node, "Retenue") == [1], "what the first test is about did not come about"
    eventually(lambda: lines(node, "Retenue") == [1, 2, 3, 4])
    eventually(lambda: node.database("inorder")["turns"].count_documents({}) == 0)


def test_the_order_holds_when_the_process_is_killed_while_some_wait(node: Node, eventually: Any) -> None:
    obstacle(node, "Interrompue", 2, fails=2)
    institution(node, "Interrompue", 4)
    eventually(lambda: node.database("inorder")["turns"].count_documents({}) == 1)
    node.processes[READER].kill()
    node.processes.pop(READER).wait()
    node.run(READER, GTM_SERVICES=SERVICES)
    eventually(lambda: lines(node, "Interrompue") == [1, 2, 3, 4])


def test_many_versions_at_once_are_in_order(node: Node, eventually: Any) -> None:
    node.processes[READER].kill()
    node.processes.pop(READER).wait()
    for number in range(5):
        institution(node, f"Nombreuse {number}", 6)
    node.run(READER, GTM_SERVICES=SERVICES)
    for number in range(5):
        eventually(lambda number=number: lines(node, f"Nombreuse {number}") == [1, 2, 3, 4, 5, 6])
