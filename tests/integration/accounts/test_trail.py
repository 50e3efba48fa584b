"""The journal of accounts is chained like every log: what is done to accounts behind the gateway's back shows."""

from typing import Any

import pytest

from chassis.kernel.ids import new_id
from gateway.settings import GatewaySettings
from tests.integration.accounts.conftest import Door

PLACE = "/admin/trail/gateway/verify"


@pytest.fixture
def store(door: Door) -> Any:
    return door.authority.parts.store


def verify(door: Door, admin: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    page: dict[str, Any] = {}
    while not page or page["next_cursor"]:
        body = {"cursor": page["next_cursor"], "run": page["run"]} if page else {}
        answer = door.ask("POST", PLACE, body, admin)
        assert answer.status_code == 200, answer.text
        page = answer.json
        found += page["faults"]
    return found


def test_each_line_of_the_journal_is_chained_and_names_nobody(door: Door, admin: str, invite: Any, store: Any) -> None:
    id, name = invite("member")
    assert verify(door, admin) == []
    lines = [line["_id"] for line in store.database["journal"].find({"account_id": id})]
    entries = list(store.database["trail"].find({"subject": id}).sort("number", 1))
    assert [one["ref"] for one in entries] == sorted(lines)
    assert {one["type"] for one in entries} >= {"invite"}
    assert name not in str(entries)
    assert not store.database["journal"].count_documents({"unsealed": True})


def test_it_is_for_the_admin(door: Door, invite: Any) -> None:
    _, name = invite("member", "focal_point")
    token = door.sign_in(name)["access_token"]
    assert door.refusal("POST", PLACE, {}, token) == (403, "role-required")
    assert door.refusal("POST", PLACE, {}) == (401, "sign-in-required")


def test_a_role_given_behind_the_gateway_shows(door: Door, admin: str, invite: Any, store: Any) -> None:
    id, _ = invite("member")
    accounts = store.database["accounts"]
    accounts.update_one({"_id": id}, {"$set": {"roles": ["admin"]}})
    (fault,) = verify(door, admin)
    assert (fault["code"], fault["subject"], fault["fields"]) == ("record-differs", id, "roles")
    accounts.update_one({"_id": id}, {"$set": {"roles": ["member"]}})
    document = accounts.find_one({"_id": id})
    accounts.insert_one({**document, "_id": new_id(), "username": f"p-{new_id()}"})
    (fault,) = verify(door, admin)
    assert (fault["code"], fault["fields"]) == ("record-differs", "roles, status")
    accounts.delete_one({"_id": fault["subject"]})
    accounts.delete_one({"_id": id})
    assert {one["code"] for one in verify(door, admin)} == {"record-missing"}
    accounts.insert_one(document)
    assert verify(door, admin) == []


def test_a_line_that_is_changed_gone_or_put_in_shows(door: Door, admin: str, invite: Any, store: Any) -> None:
    id, _ = invite("member")
    journal = store.database["journal"]
    line = journal.find_one({"account_id": id})
    journal.update_one({"_id": line["_id"]}, {"$set": {"by": "somebody"}})
    assert [one["code"] for one in verify(door, admin)] == ["content-changed"]
    journal.delete_one({"_id": line["_id"]})
    assert "content-missing" in {one["code"] for one in verify(door, admin)}
    journal.insert_one(line)
    put_in = {**line, "_id": new_id()}
    journal.insert_one(put_in)
    assert [(one["code"], one["event"]) for one in verify(door, admin)] == [("unknown-change", put_in["_id"])]
    journal.delete_one({"_id": put_in["_id"]})
    assert verify(door, admin) == []


def test_a_journal_of_before_is_chained_when_the_gateway_starts(door: Door, admin: str, store: Any) -> None:
    """A line that a killed worker left, and an account of a release without a journal."""
    other = type(store)(store.settings)
    line = {"_id": new_id(), "account_id": new_id(), "act": "invite", "by": "x", "request": "", "changes": {}}
    found = store.database["accounts"].find_one({})
    store.database["accounts"].insert_one(
        {**found, "_id": line["account_id"], "username": f"p-{new_id()}", "roles": []}
    )
    at = store.database["journal"].find_one({})["at"]
    changes = {"status": {"from": None, "to": found["status"]}}
    store.database["journal"].insert_one({**line, "at": at, "changes": changes, "unsealed": True})
    assert other.trail.seal_all() == 1
    assert verify(door, admin) == []
    other.client.close()


def test_a_head_that_was_kept_outside_is_held_against_the_chain(
    door: Door, admin: str, invite: Any, store: Any, settings: GatewaySettings
) -> None:
    invite("member")
    assert verify(door, admin) == []
    last = store.trail.last()
    assert (settings.node.home / "trail" / "gateway.jsonl").read_text().count(last["sha256"]) == 1
    store.database["trail"].delete_one({"_id": last["_id"]})
    assert {one["code"] for one in verify(door, admin)} == {"head-missing", "unknown-change"}
    store.database["trail"].insert_one(last)
    assert verify(door, admin) == []
