"""Nodes of an older and of a newer release: what is not understood is parked, and handled after the upgrade."""

import base64
import json
from typing import Any

import pytest

from chassis.contract import exchange
from chassis.contract.bodies import decoded
from chassis.contract.envelope import EventType, Place
from chassis.contract.parcel import packed
from chassis.events.incoming import LARGEST_BODY
from chassis.federation.digest import digests, nothing
from chassis.kernel.clock import now, rfc3339
from chassis.kernel.ids import new_id
from tests.integration.federation.foreign import make_known, send
from tests.integration.federation.shelf.contract.events import ARCHIVED_V1, CREATED_V1, CREATED_V2, VOLUME_V1
from tests.integration.node import Node

SHELF = "tests.integration.federation.shelf"
REGION = Place("agadez", "http://agadez")


@pytest.fixture(scope="module", autouse=True)
def running(node: Node) -> None:
    """A centre of the first release."""
    node.run(SHELF, GTM_SERVICES=SHELF)
    make_known(node, "agadez")


def upgrade(node: Node, release: str) -> None:
    node.stop(SHELF)
    node.run(SHELF, GTM_SERVICES=SHELF, GTM_TEST_RELEASE=release)


def said(event: EventType, version: int = 1, id: str | None = None, **fields: Any) -> dict[str, Any]:
    """An event of Agadez, with whatever its release says."""
    at, subject = rfc3339(now()), id or new_id()
    stamp = {"created_at": at, "created_by": "system", "updated_at": at, "updated_by": "system"}
    data = {
        "id": subject,
        "origin": "agadez",
        "version": version,
        "visibility": "gtm",
        **stamp,
        "changed": [],
        **fields,
    }
    made = exchange.compose(exchange.digest_taken("shelf"), REGION, {"digests": []})
    named = {"type": event.name, "subject": subject, "recordversion": version, "data": data}
    return made | named


def stored(node: Node, collection: str = "papers") -> dict[str, dict[str, Any]]:
    return {one["_id"]: one for one in node.database("shelf")[collection].find()}


def parked(node: Node) -> list[str]:
    return [one["reason"] for one in node.call("shelf", "list_parked", {})["items"]]


def requests(node: Node) -> list[dict[str, Any]]:
    """What the node asks Agadez for, taken out of its queue."""
    body = {"count": 100, "ackmode": "ack_requeue_false", "encoding": "base64"}
    found = node.surroundings.manage("POST", f"queues/{node.vhost}/peer.agadez/get", body) or []
    return [json.loads(_body(one)) for one in found]


def _body(got: dict[str, Any]) -> bytes:
    encoding = got["properties"].get("content_encoding")
    return decoded(base64.b64decode(got["payload"]), encoding, LARGEST_BODY)


def digest(node: Node, told: list[Any], **more: Any) -> None:
    data = {"to": "central", "digests": [vars(one) for one in told], **more}
    send(node, exchange.compose(exchange.digest_taken("shelf"), REGION, data))


def test_a_digest_of_a_node_that_is_no_member_is_noted_and_not_tried_again(node: Node, eventually: Any) -> None:
    digest(node, [digests("paper", [("agadez", new_id(), (1, 1))])["agadez"]], hello=True)
    eventually(lambda: "repair.nobody_there" in node.log(SHELF))
    assert node.database("shelf")["comparisons"].find_one({"peer": "agadez", "nobody_there": True})
    eventually(lambda: not node.queue("shelf.inbound").get("messages"))
    assert not [one for one in (1, 10, 60) if node.queue(f"shelf.retry.{one}").get("messages")]
    assert parked(node) == []


def test_nouns_and_buckets_of_another_release_are_left_aside(node: Node, eventually: Any) -> None:
    node.surroundings.manage("PUT", f"queues/{node.vhost}/peer.agadez", {"durable": True})
    known, unknown = said(CREATED_V1, title="Connu"), nothing("map", "agadez")
    send(node, known)
    eventually(lambda: known["subject"] in stored(node))
    finer = digests("paper", [("agadez", new_id(), (1, 1))])["agadez"]
    more = vars(finer) | {"buckets": (*finer.buckets, *finer.buckets), "count": 7}
    digest(node, [unknown, type(finer)(**more)])
    (asked,) = eventually(lambda: requests(node))
    # What differs cannot be told bucket by bucket: so all of the noun is compared.
    assert (asked["data"]["noun"], asked["data"]["buckets"]) == ("paper", list(range(128)))
    assert [one["id"] for one in asked["data"]["held"]] == [known["subject"]]
    assert parked(node) == []


def test_what_a_newer_release_says_is_parked_and_handled_after_the_upgrade(node: Node, eventually: Any) -> None:
    old, fuller = said(CREATED_V1, title="Ancien"), said(CREATED_V1, title="Plus", colour="vert")
    newer = said(CREATED_V2, title="Nouveau", language="ha")
    archived = said(ARCHIVED_V1, version=2, id=newer["subject"], title="Nouveau, classé", language="ha")
    unknown = said(VOLUME_V1, title="Recueil")  # no queue takes that noun yet: the greeting after the upgrade will
    for event in (old, fuller, newer, archived, unknown):
        send(node, event)
    eventually(lambda: {old["subject"], fuller["subject"]} <= set(stored(node)))
    assert "colour" not in stored(node)[fuller["subject"]]
    reasons = eventually(lambda: len(parked(node)) == 2 and parked(node))
    assert {one.partition("gtm.")[2].split()[0].strip("'") for one in reasons} == {
        "shelf.paper.created.v2",
        "shelf.paper.archived.v1",
    }
    upgrade(node, "2")
    assert len(parked(node)) == 2, "they are not tried again before an operator says so"
    done = node.call("shelf", "replay_parked", {})
    assert done["replayed"] == 2
    eventually(lambda: (stored(node).get(newer["subject"]) or {}).get("version") == 2)
    kept = stored(node)[newer["subject"]]
    assert (kept["title"], kept["language"]) == ("Nouveau, classé", "ha")
    assert parked(node) == []
    # An older node's word is lifted; what this one had stored before is still readable, and greeted for.
    later = said(CREATED_V1, title="D'une région pas encore mise à jour")
    send(node, later)
    eventually(lambda: (stored(node).get(later["subject"]) or {}).get("language") == "fr")
    requests(node)
    theirs = digests("volume", [("agadez", unknown["subject"], (1, 1))])["agadez"]
    digest(node, [theirs])
    (asked,) = eventually(lambda: requests(node))
    assert (asked["data"]["noun"], asked["data"]["of"]) == ("volume", "agadez")
    for data in packed([unknown], "central"):
        send(node, exchange.compose(exchange.records_sent("shelf"), REGION, data))
    eventually(lambda: unknown["subject"] in stored(node, "volumes"))
