"""A person's data is erased in every version, answer, message and copy, and nothing that comes later brings it back."""

from typing import Any

import orjson
import pytest
from kombu import Connection

from chassis.contract.envelope import CONTENT_TYPE
from chassis.kernel.errors import ConflictError, ForbiddenError, NotFoundError
from chassis.kernel.ids import new_id
from chassis.process.erasures import ErasureList
from tests.integration.chassis.test_trail import verify
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
    faults, explained = verify(node)
    assert (faults, explained["redaction"]) == ([], 2)  # the trail vouches for the rows as they are now


def test_erased_twice_is_once_and_nothing_can_be_changed_afterwards(node: Node) -> None:
    made = person(node)
    erased = node.call("actors", "erase_focal_point", {"id": made["id"], "reason": "mistake"})
    assert node.call("actors", "erase_focal_point", {"id": made["id"], "reason": "asked"}) == erased
    for call, said in (
        ("change_focal_point", {"changes": {"name": "Quelqu’un"}}),
        ("consent_focal_point", {"purpose": "sharing"}),
    ):
        with pytest.raises(ConflictError, match="focal-point-erased"):
            node.call("actors", call, {"id": made["id"], **said})
    with pytest.raises(ForbiddenError):
        node.call("actors", "erase_focal_point", {"id": made["id"], "reason": "asked"}, roles=("focal_point",))
    # Another person at the same address, and that one erased too: the empty address is nobody's.
    other = {"institution_id": made["institution_id"], "name": NAME, "email": EMAIL}
    again = node.call("actors", "create_focal_point", other)
    assert node.call("actors", "erase_focal_point", {"id": again["id"], "reason": "asked"})["version"] == 2


def test_the_past_says_only_what_may_stay(node: Node) -> None:
    made = person(node)
    moment = node.call("actors", "change_focal_point", {"id": made["id"], "changes": {"language": "en"}})["updated_at"]
    node.call("actors", "erase_focal_point", {"id": made["id"], "reason": "asked"})
    then = node.call("actors", "get_focal_point", {"id": made["id"], "as_of": moment})
    assert (then["language"], then["name"], then["version"]) == ("en", "(effacé / erased)", 2)
    told = node.events("actors", subject=made["id"])
    assert [one["type"].split(".")[3] for one in told] == ["created", "changed", "redacted"]
    assert NAME not in str(told)


def send(node: Node, body: bytes, queue: str, encoding: str = "utf-8", **headers: str) -> None:
    """A message as it comes back from the ladder."""
    with Connection(node.amqp_uri, transport_options={"confirm_publish": True}) as connection:
        key = "central.internal.actors.focal_point.created"
        connection.Producer(auto_declare=False).publish(
            body, exchange="", routing_key=queue, content_type=CONTENT_TYPE, content_encoding=encoding,
            headers={"x-origin-routing-key": key, **headers}, delivery_mode=2, mandatory=True,
        )  # fmt: skip


def test_what_comes_later_brings_nothing_back(node: Node) -> None:
    """An older version, one that nobody can read any more, and one cut short: all of before, all come after."""
    queue, parked = "notifications.on_focal_point", node.database("notifications")["parked"]
    made = person(node)
    (told,) = node.events("actors", subject=made["id"])
    node.call("actors", "erase_focal_point", {"id": made["id"], "reason": "asked"})
    eventually(lambda: copied(node, made["id"], 2))
    before = parked.count_documents({})
    older = new_id()
    send(node, orjson.dumps({**told, "id": older}), queue, **{"x-replay": new_id()})
    send(node, orjson.dumps({**told, "id": new_id(), "type": told["type"].replace(".v1", ".v9")}), queue)
    send(node, orjson.dumps(told)[:-40], queue)
    eventually(lambda: parked.count_documents({}) == before + 2)
    eventually(lambda: node.database("notifications")["inbox"].find_one({"_id": {"$regex": older}}))
    copy = node.database("notifications")["replica_focal_point"].find_one({"_id": made["id"]})
    assert copy is not None and copy["recordversion"] == 2
    assert not [one for one in SECRETS if one in everywhere(node)]


def test_what_was_parked_and_dropped_before_is_emptied_too(node: Node) -> None:
    parked = node.database("notifications")["parked"]
    made = person(node)
    (told,) = node.events("actors", subject=made["id"])
    lost = orjson.dumps({**told, "id": new_id(), "type": told["type"].replace(".v1", ".v9")})
    for _ in range(2):
        send(node, lost, "notifications.on_focal_point", **{"x-traceback": f"Traceback: {NAME}"})
    mine = {"type": None, "body": {"$exists": True}}
    found = eventually(lambda: [one["_id"] for one in parked.find(mine) if NAME.encode() in bytes(one["body"])])
    node.call("notifications", "drop_parked", {"id": found[0], "reason": "Sans suite"})
    node.call("actors", "erase_focal_point", {"id": made["id"], "reason": "asked"})
    eventually(lambda: copied(node, made["id"], 2))
    assert not [one for one in SECRETS if one in everywhere(node)]
    with pytest.raises(NotFoundError):
        node.call("actors", "erase_focal_point", {"id": new_id(), "reason": "asked"})
