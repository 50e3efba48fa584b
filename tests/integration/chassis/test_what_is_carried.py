"""What a service gives for a file to another node, and what it says of events that such a file brings."""

import base64
from datetime import timedelta
from typing import Any

import pytest

from chassis.contract.parcel import inflated
from chassis.kernel.clock import now, rfc3339
from chassis.kernel.errors import ForbiddenError
from chassis.kernel.ids import new_id
from services.actors.contract.events import INSTITUTION_CREATED
from tests.integration.federation.foreign import make_known, send, told
from tests.integration.node import Node


@pytest.fixture(scope="module", autouse=True)
def running(node: Node, eventually: Any) -> None:
    """The centre's actors with their reference data, over which pages go; the broker knows Agadez."""
    node.run("actors")
    make_known(node, "agadez")
    eventually(lambda: node.database("actors")["institutions"].count_documents({}) >= 40)


def given(node: Node, to: str, since: str | None = None) -> list[dict[str, Any]]:
    """Every event, page after page."""
    found: list[dict[str, Any]] = []
    page: dict[str, Any] = {"next_cursor": None}
    while True:
        page = node.call("actors", "list_carried", {"to": to, "since": since, "cursor": page["next_cursor"]})
        events = inflated(base64.b64decode(page["content_base64"]))
        assert len(events) == sum(page["nouns"].values()) <= 200
        found += events
        if page["next_cursor"] is None:
            return found


def create(node: Node, visibility: str = "gtm") -> str:
    body = {"name": f"Essai {new_id()}", "kind": "cso", "visibility": visibility}
    return str(node.call("actors", "create_institution", body)["id"])


def hear(node: Node, eventually: Any) -> dict[str, Any]:
    """An institution of Agadez, made long ago, heard of now."""
    event = told(INSTITUTION_CREATED, name=f"Essai {new_id()}", acronym=None, aliases=[])
    send(node, event)
    eventually(lambda: node.database("actors")["institutions"].find_one({"_id": event["subject"]}))
    return event


def sought(event: dict[str, Any]) -> dict[str, Any]:
    names = {name: event[name] for name in ("id", "source", "subject", "incarnation")}
    return {**names, "noun": "institution", "version": event["recordversion"]}


def test_all_versions_of_what_may_leave_but_the_receivers_own(node: Node, eventually: Any) -> None:
    ours, secret, theirs = create(node), create(node, "internal"), hear(node, eventually)
    node.call("actors", "change_institution", {"id": ours, "version": 1, "changes": {"note": "deux fois"}})
    for_zinder, for_agadez = given(node, "zinder"), given(node, "agadez")
    assert [one["recordversion"] for one in for_zinder if one["subject"] == ours] == [1, 2]
    assert theirs in for_zinder and theirs not in for_agadez
    assert secret not in {one["subject"] for one in for_zinder + for_agadez}
    assert {one["visibility"] for one in for_zinder} <= {"gtm", "public"}
    assert len({one["id"] for one in for_zinder}) == len(for_zinder) > 40


def test_since_is_a_place_in_the_log(node: Node, eventually: Any) -> None:
    """What another node made long ago, and we heard of late, is new to a third."""
    create(node)
    later = rfc3339(now() + timedelta(hours=2))
    assert given(node, "zinder", later) == []
    late = hear(node, eventually)
    assert given(node, "zinder", later) == [late]
    assert len(given(node, "zinder", rfc3339(now() - timedelta(days=1)))) > 40


def test_what_is_known_is_told_by_event_and_by_record(node: Node, eventually: Any) -> None:
    event = hear(node, eventually)
    older = {**event, "id": new_id(), "recordversion": 1}
    newer = {**event, "id": new_id(), "recordversion": event["recordversion"] + 1}
    other = told(INSTITUTION_CREATED)
    asked = {"events": [sought(one) for one in (event, older, newer, other)]}
    assert set(node.call("actors", "look_for_events", asked)["known"]) == {event["id"], older["id"]}


def test_it_is_for_the_role_admin(node: Node) -> None:
    for method, payload in (("list_carried", {"to": "zinder"}), ("look_for_events", {"events": []})):
        with pytest.raises(ForbiddenError):
            node.call("actors", method, payload, roles=("member",))
