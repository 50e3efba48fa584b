"""A person's data is erased in every version, answer, message and copy, and nothing that comes later brings it back."""

from typing import Any

import pytest

from chassis.kernel.errors import ConflictError, ForbiddenError, NotFoundError
from chassis.kernel.ids import new_id
from chassis.process.erasures import ErasureList
from tests.integration.eventually import eventually
from tests.integration.node import Node

NAME, EMAIL, PHONE = "Zeïnabou Œdipe-Trwqx", "zq.trwqx@ins.exemple.ne", "+227 98 76 54 32"
SECRETS = (NAME, EMAIL, PHONE, "Trwqx", "zq.trwqx")
NOUN = "actors.focal_point"


@pytest.fixture(scope="module", autouse=True)
def running(node: Node) -> None:
    node.run("actors", "notifications")


def person(node: Node, **others: Any) -> dict[str, Any]:
    institution = node.call("actors", "create_institution", {"name": f"Institution {new_id()}"})["id"]
    fields = {"institution_id": institution, "name": NAME, "email": EMAIL, "phone": PHONE, **others}
    return dict(node.call("actors", "create_focal_point", fields, idempotency_key=new_id()))


def everywhere(node: Node) -> str:
    """Every document of every database of the node, as text."""
    return "\n".join(
        f"{service}.{name}: {document!r}"
        for service in ("actors", "notifications")
        for name in node.database(service).list_collection_names()
        for document in node.database(service)[name].find({})
    )


def copied(node: Node, id: str, version: int) -> bool:
    copy = node.database("notifications")["replica_focal_point"].find_one({"_id": id})
    return copy is not None and copy["recordversion"] >= version


def test_erased_everywhere_at_once(node: Node) -> None:
    made = person(node)
    changes = {"id": made["id"], "version": 1, "changes": {"function": "Cheffe Trwqx"}}
    node.call("actors", "change_focal_point", changes, idempotency_key=new_id())
    eventually(lambda: copied(node, made["id"], 2))
    assert any(one in everywhere(node) for one in SECRETS)
    erased = node.call("actors", "erase_focal_point", {"id": made["id"], "reason": "asked"})
    assert erased["status"] == "ended" and erased["erased"]["emptied"] == ["name", "email", "phone", "function"]
    left = [line for line in everywhere(node).splitlines() if line.startswith("actors.")]
    assert not [one for one in SECRETS for line in left if one in line]
    eventually(lambda: copied(node, made["id"], 3))
    assert not [one for one in SECRETS if one in everywhere(node)]
    history = node.call("actors", "list_history", {"noun": "focal_point", "id": made["id"], "page_size": 9})
    assert [one["version"] for one in history["items"]] == [3, 2, 1]
    assert ErasureList(node.home, NOUN).read()[-1]["record"] == made["id"]
