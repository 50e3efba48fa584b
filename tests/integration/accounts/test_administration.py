"""Accounts by invitation; roles that nobody gives without holding them; the administrator who stays; the journal."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from chassis.kernel.clock import now
from chassis.kernel.errors import NotFoundError
from chassis.kernel.ids import new_id
from gateway.accounts.domain.secrets import digest
from tests.integration.accounts.conftest import PASSWORD, Door


def test_an_invited_person_chooses_a_password_once(door: Door, admin: str) -> None:
    name = f"p-{new_id()}"
    made = door.ask("POST", "/accounts", {"username": name.upper(), "roles": ["member"]}, admin)
    assert (made.status_code, made.headers["Cache-Control"]) == (201, "no-store")
    account = made.json["account"]
    assert (account["username"], account["status"], account["version"]) == (name, "invited", 1)
    assert made.headers["Location"] == f"/api/v1/accounts/{account['id']}"
    assert door.refusal("POST", "/auth/token", {"username": name, "password": ""})[0] == 401
    link = {"link": made.json["link"], "password": PASSWORD}
    assert door.refusal("POST", "/auth/accept", {**link, "password": "short"}) == (422, "password-too-short")
    with ThreadPoolExecutor(3) as pool:
        codes = list(pool.map(lambda _: Door(door.app).ask("POST", "/auth/accept", link).status_code, range(3)))
    assert sorted(codes)[0] == 200
    assert set(codes[: codes.index(200)] + codes[codes.index(200) + 1 :]) <= {410, 412}
    assert door.refusal("POST", "/auth/accept", link) == (410, "link-over")
    assert door.ask("GET", "/me", token=door.sign_in(name)["access_token"]).json["roles"] == ["member"]
    assert link["link"] not in str(list(door.authority.parts.store.database["links"].find({})))


def test_an_invitation_ends_by_time_and_by_the_next_one(door: Door, admin: str) -> None:
    made = door.ask("POST", "/accounts", {"username": f"p-{new_id()}", "roles": ["member"]}, admin).json
    again = door.ask("POST", f"/accounts/{made['account']['id']}/invite", token=admin).json
    first = {"link": made["link"], "password": PASSWORD}
    assert door.refusal("POST", "/auth/accept", first) == (404, "unknown-link")
    secret = again["link"].removeprefix("gtml_")
    past = {"$set": {"expires_at": now() - timedelta(seconds=1)}}
    assert door.authority.parts.store.database["links"].update_one({"_id": digest(secret)}, past).matched_count == 1
    told = door.refusal("POST", "/auth/accept", {"link": again["link"], "password": PASSWORD})
    assert told in ((410, "link-over"), (404, "unknown-link"))  # the store may have removed it by now


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"username": "abc"}, "roles"),
        ({"username": {"$gt": ""}, "roles": ["member"]}, "username"),
        ({"username": "abc", "roles": {"$gt": ""}}, "roles"),
        ({"username": "abc", "roles": ["member"], "status": "active"}, "status"),
        ({"username": "abc", "roles": ["member"], "password_hash": "x"}, "password_hash"),
        ({"username": "abc", "roles": ["member"], "version": 9}, "version"),
        ({"username": "abc", "roles": ["member", "king"]}, "roles.1"),
        ({"username": "a b c", "roles": ["member"]}, "username"),
    ],
)
def test_what_is_no_invitation(door: Door, admin: str, body: Any, field: str) -> None:
    for language in ("fr", "en"):
        answer = door.ask("POST", "/accounts", body, admin, Accept_Language=language)
        assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, field)
        assert answer.json["errors"][0]["detail"] != answer.json["errors"][0]["code"]


def test_one_name_one_account(door: Door, admin: str, invite: Any) -> None:
    _, name = invite(accepted=False)
    body = {"username": name, "roles": ["member"]}
    assert door.refusal("POST", "/accounts", body, admin) == (409, "username-taken")


def test_only_the_role_admin_sees_accounts(door: Door, invite: Any) -> None:
    id, name = invite("secretariat")
    token = door.sign_in(name)["access_token"]
    for method, path in (
        ("GET", "/accounts"), ("POST", "/accounts"), ("GET", f"/accounts/{id}"), ("PATCH", f"/accounts/{id}"),
        ("POST", f"/accounts/{id}/disable"), ("POST", f"/accounts/{id}/reset-password"),
        ("GET", f"/accounts/{id}/journal"), ("POST", f"/accounts/{id}/link"),
    ):  # fmt: skip
        assert door.refusal(method, path, {} if method != "GET" else None, token) == (403, "role-required")
        assert door.refusal(method, path)[0] == 401


def test_nobody_gives_or_takes_hold_of_more_than_they_have(door: Door, invite: Any, admin: str) -> None:
    id, name = invite("admin")
    lesser = door.sign_in(name)["access_token"]
    body = {"username": f"p-{new_id()}", "roles": ["secretariat"]}
    assert door.refusal("POST", "/accounts", body, lesser) == (403, "role-not-yours")
    mine = door.ask("GET", f"/accounts/{id}", token=lesser)
    change = {"roles": ["admin", "statistician"]}
    told = door.refusal("PATCH", f"/accounts/{id}", change, lesser, If_Match=mine.headers["ETag"])
    assert told == (403, "role-not-yours")
    other, _ = invite("secretariat")
    assert door.refusal("POST", f"/accounts/{other}/reset-password", {}, lesser) == (403, "role-not-yours")
    assert door.refusal("POST", f"/accounts/{id}/link", {"institution_id": "x"}, lesser)[0] == 422
    assert door.ask("GET", f"/accounts/{other}", token=admin).json["roles"] == ["secretariat"]


def test_other_roles_end_the_sessions_and_are_in_the_journal(door: Door, invite: Any, admin: str) -> None:
    id, name = invite()
    token = door.sign_in(name)["access_token"]
    path, change = f"/accounts/{id}", {"roles": ["statistician"]}
    tag = door.ask("GET", path, token=admin).headers["ETag"]
    assert door.ask("PATCH", path, change, admin).status_code == 428
    assert door.ask("PATCH", path, {"roles": ["member"], "status": "disabled"}, admin, If_Match=tag).status_code == 422
    changed = door.ask("PATCH", path, change, admin, If_Match=tag, X_Correlation_Id="correlation-7")
    assert (changed.status_code, changed.json["roles"]) == (200, ["statistician"])
    assert door.refusal("PATCH", path, change, admin, If_Match=tag) == (412, "stale-version")
    assert door.refusal("GET", "/me", token=token) == (401, "session-over")
    lines = door.ask("GET", f"{path}/journal", token=admin).json["items"]
    assert [one["act"] for one in lines] == ["change-roles", "accept-invitation", "invite"]
    assert lines[0]["changes"] == {"roles": {"from": ["member"], "to": ["statistician"]}}
    assert (lines[0]["request"], lines[0]["by"]) == ("correlation-7", door.ask("GET", "/me", token=admin).json["id"])
    assert name not in str(lines)
    assert PASSWORD not in str(lines)


def test_a_disabled_account_is_out_until_it_is_enabled(door: Door, invite: Any, admin: str) -> None:
    id, name = invite()
    given = door.sign_in(name)
    assert door.ask("POST", f"/accounts/{id}/disable", {}, admin).json["status"] == "disabled"
    assert door.ask("GET", "/me", token=given["access_token"]).status_code == 401
    assert door.ask("POST", "/auth/refresh", {"refresh_token": given["refresh_token"]}).status_code == 401
    assert door.refusal("POST", "/auth/token", {"username": name, "password": PASSWORD}) == (401, "wrong-credentials")
    assert door.refusal("POST", f"/accounts/{id}/reset-password", {}, admin) == (409, "not-active")
    assert door.ask("POST", f"/accounts/{id}/enable", {}, admin).json["status"] == "active"
    door.sign_in(name)


def test_a_reset_link_gives_another_password(door: Door, invite: Any, admin: str) -> None:
    id, name = invite()
    given = door.sign_in(name)
    link = door.ask("POST", f"/accounts/{id}/reset-password", {}, admin).json["link"]
    door.sign_in(name)  # the old one counts until the link is used
    new = "une phrase de remplacement"
    assert door.ask("POST", "/auth/accept", {"link": link, "password": new}).json == {"username": name}
    assert door.ask("GET", "/me", token=given["access_token"]).status_code == 401
    assert door.ask("POST", "/auth/token", {"username": name, "password": PASSWORD}).status_code == 401
    door.sign_in(name, new)


def test_the_last_administrator_cannot_go_and_two_cannot_send_each_other_away(
    door: Door, invite: Any, admin: str
) -> None:
    own = door.ask("GET", "/me", token=admin).json["id"]
    tag = door.ask("GET", f"/accounts/{own}", token=admin).headers["ETag"]
    others = door.ask("GET", "/accounts?role=admin&status=active&page_size=200", token=admin).json["items"]
    for one in others:
        if one["id"] != own:
            door.ask("POST", f"/accounts/{one['id']}/disable", {}, admin)
    assert door.refusal("POST", f"/accounts/{own}/disable", {}, admin) == (409, "last-admin")
    told = door.refusal("PATCH", f"/accounts/{own}", {"roles": ["secretariat"]}, admin, If_Match=tag)
    assert told == (409, "last-admin")
    pairs = [invite("admin") for _ in range(2)]
    tokens = [door.sign_in(name)["access_token"] for _, name in pairs]
    # With the first one away these two are the last; each sends the other away at the same moment.
    database = door.authority.parts.store.database
    database["accounts"].update_one({"_id": own}, {"$set": {"status": "disabled"}})
    try:

        def disable(at: int) -> int:
            path = f"/accounts/{pairs[1 - at][0]}/disable"
            status: int = Door(door.app).ask("POST", path, {}, tokens[at]).status_code
            return status

        with ThreadPoolExecutor(2) as pool:
            statuses = sorted(pool.map(disable, range(2)))
        left = database["accounts"].count_documents({"roles": "admin", "status": "active"})
        assert left == 1
        assert statuses[0] == 200
        assert statuses[1] in (401, 409)  # the second is the last, or was signed out by the first
    finally:
        database["accounts"].update_one({"_id": own}, {"$set": {"status": "active"}})


def test_an_account_is_linked_to_one_focal_point_and_its_institution(door: Door, invite: Any, admin: str) -> None:
    id, name = invite("focal_point")
    answers = door.app.extensions["gtm"]["rpc"].answers
    focal_point, institution, other = new_id(), new_id(), new_id()
    answers["actors.get_focal_point"] = {"id": focal_point, "institution_id": institution}
    answers["actors.get_institution"] = {"id": other}
    path = f"/accounts/{id}/link"
    assert door.refusal("POST", path, {}, admin) == (422, "required")
    wrong = {"focal_point_id": focal_point, "institution_id": other}
    assert door.refusal("POST", path, wrong, admin) == (422, "not-its-institution")
    linked = door.ask("POST", path, {"focal_point_id": focal_point}, admin).json
    assert (linked["focal_point_id"], linked["institution_id"]) == (focal_point, institution)
    assert door.refusal("POST", path, {"institution_id": other}, admin) == (409, "already-linked")
    token = door.sign_in(name)["access_token"]
    assert door.ask("GET", "/me", token=token).json["institution_id"] == institution
    assert door.ask("POST", f"/accounts/{id}/unlink", {}, admin).json["institution_id"] is None
    assert door.ask("GET", "/me", token=token).status_code == 401
    own = door.ask("GET", "/me", token=admin).json["id"]
    body = {"focal_point_id": focal_point}
    assert door.refusal("POST", f"/accounts/{own}/link", body, admin) == (403, "not-your-own-account")
    answers["actors.get_focal_point"] = NotFoundError("not-found", None, {"id": focal_point})
    assert door.ask("POST", path, body, admin).status_code == 404


@pytest.mark.parametrize(
    "query",
    ["status[$gt]=", "status=%7B%22%24gt%22%3A%22%22%7D", "username[$ne]=x", "$where=1", "cursor[$gt]=", "role=king"],
)
def test_operators_in_a_query_are_refused(door: Door, admin: str, query: str) -> None:
    assert door.ask("GET", f"/accounts?{query}", token=admin).status_code == 422


def test_a_name_that_is_an_operator_finds_nobody(door: Door, admin: str) -> None:
    found = door.ask("GET", "/accounts?username=%7B%22%24gt%22%3A%22%22%7D", token=admin)
    assert found.json["items"] == []
    assert door.ask("GET", "/accounts/%7B%22%24gt%22%3A%22%22%7D", token=admin).status_code == 404


def test_pages_of_accounts(door: Door, admin: str, invite: Any) -> None:
    made = [invite(accepted=False)[0] for _ in range(3)]
    first = door.ask("GET", "/accounts?page_size=2&status=invited", token=admin).json
    assert [one["id"] for one in first["items"]] == [made[2], made[1]]
    second = door.ask("GET", f"/accounts?page_size=2&status=invited&cursor={first['next_cursor']}", token=admin).json
    assert second["items"][0]["id"] == made[0]
    assert "password" not in str(first)
