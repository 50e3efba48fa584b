"""Tokens for machines, and the cookies of browsers."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from chassis.kernel.clock import now, rfc3339
from chassis.kernel.ids import new_id
from chassis.kernel.principal import Principal
from chassis.process.tokens import TokenReader
from gateway.app import create_app
from gateway.settings import GatewaySettings
from tests.integration.accounts.conftest import PASSWORD, Door


def wanted(**others: Any) -> dict[str, Any]:
    return {"name": "export", "roles": ["member"], "expires_at": rfc3339(now() + timedelta(days=30)), **others}


def test_a_machine_reads_with_its_token_until_it_is_revoked(door: Door, invite: Any, settings: GatewaySettings) -> None:
    id, name = invite("member", "statistician")
    token = door.sign_in(name)["access_token"]
    made = door.ask("POST", "/me/machine-tokens", wanted(read_only=True), token)
    assert made.status_code == 201, made.text
    text = made.json["token"]
    rpc = door.app.extensions["gtm"]["rpc"]
    rpc.answers["actors.list_institutions"] = {"items": [], "next_cursor": None}
    assert door.ask("GET", "/institutions", token=text).status_code == 200
    carried = TokenReader(settings.node.keys, "central").read(rpc.asked[-1][2].token)
    assert carried == Principal(account_id=id, roles=frozenset({"member"}), read_only=True)
    assert door.refusal("POST", "/institutions", {"name": "x"}, text) == (403, "read-only-token")
    me = door.ask("GET", "/me", token=text).json
    assert (me["by"], me["read_only"], me["roles"], me["session"]) == ("machine", True, ["member"], None)
    assert "create_institution" not in str(me["may"])
    assert "list_institutions" in me["may"]["actors"]["any"]
    listed = door.ask("GET", "/me/machine-tokens", token=token).json["items"]
    assert listed[0]["used_on"] == now().date().isoformat()
    assert text not in str(listed)
    assert text not in str(list(door.authority.parts.store.database["machine_tokens"].find({})))
    assert door.ask("POST", f"/me/machine-tokens/{made.json['id']}/revoke", token=token).status_code == 204
    assert door.refusal("GET", "/institutions", token=text) == (401, "invalid-token")
    assert door.ask("POST", f"/me/machine-tokens/{made.json['id']}/revoke", token=token).status_code == 404


def test_a_machine_makes_no_tokens_and_is_no_administrator(door: Door, invite: Any, admin: str) -> None:
    _, name = invite("admin")
    token = door.sign_in(name)["access_token"]
    text = door.ask("POST", "/me/machine-tokens", wanted(roles=["admin"]), token).json["token"]
    assert door.refusal("POST", "/me/machine-tokens", wanted(), text) == (403, "person-needed")
    assert door.refusal("GET", "/me/sessions", token=text) == (403, "person-needed")
    assert door.refusal("GET", "/accounts", token=text) == (403, "person-needed")
    body = {"old_password": PASSWORD, "password": "une toute autre phrase"}
    assert door.refusal("POST", "/me/password", body, text) == (403, "person-needed")


def test_a_token_may_open_one_service_alone(door: Door, invite: Any, settings: GatewaySettings) -> None:
    _, name = invite("statistician")
    token = door.sign_in(name)["access_token"]
    body = wanted(roles=["statistician"], services=["indicators"])
    made = door.ask("POST", "/me/machine-tokens", body, token)
    assert made.json["services"] == ["indicators"]
    text = made.json["token"]
    me = door.ask("GET", "/me", token=text).json
    assert me["services"] == ["indicators"]
    assert "create_observation" in me["may"]["indicators"]["any"]
    assert {of: told for of, told in me["may"].items() if of != "indicators" and told["any"]} == {}
    rpc = door.app.extensions["gtm"]["rpc"]
    rpc.answers["actors.list_institutions"] = {"items": [], "next_cursor": None}
    door.ask("GET", "/institutions", token=text)
    carried = TokenReader(settings.node.keys, "central").read(rpc.asked[-1][2].token)
    assert carried.services == frozenset({"indicators"})  # the service refuses it: test_read_only_tokens.py


def test_me_says_what_i_may_do_and_is_not_sent_twice(door: Door, invite: Any, admin: str) -> None:
    id, name = invite("focal_point")
    token = door.sign_in(name)["access_token"]
    first = door.ask("GET", "/me", token=token)
    assert first.headers["Cache-Control"] == "no-store"
    assert first.json["may"]["meetings"] == {"any": first.json["may"]["meetings"]["any"], "own": []}
    assert "change_password" in first.json["may"]["gateway"]["any"]
    assert "list_accounts" not in first.json["may"]["gateway"]["any"]
    assert "list_events" not in first.json["may"]["gateway"]["any"]
    assert "read_notification" in first.json["may"]["notifications"]["any"]
    assert "create_institution" not in str(first.json["may"])
    assert door.ask("GET", "/me", token=token, If_None_Match=first.headers["ETag"]).status_code == 304
    institution = new_id()
    door.app.extensions["gtm"]["rpc"].answers["actors.get_institution"] = {"id": institution}
    linked = door.ask("POST", f"/accounts/{id}/link", {"institution_id": institution}, admin)
    assert linked.status_code == 200, linked.text
    again = door.ask("GET", "/me", token=door.sign_in(name)["access_token"])
    assert again.headers["ETag"] != first.headers["ETag"]
    assert "respond" in again.json["may"]["meetings"]["own"]


def test_a_machine_loses_what_its_owner_loses(door: Door, invite: Any, admin: str) -> None:
    id, name = invite("member", "statistician")
    token = door.sign_in(name)["access_token"]
    text = door.ask("POST", "/me/machine-tokens", wanted(roles=["statistician", "member"]), token).json["token"]
    assert door.ask("GET", "/me", token=text).json["roles"] == ["member", "statistician"]
    tag = door.ask("GET", f"/accounts/{id}", token=admin).headers["ETag"]
    door.ask("PATCH", f"/accounts/{id}", {"roles": ["member"]}, admin, If_Match=tag)
    assert door.ask("GET", "/me", token=text).json["roles"] == ["member"]
    door.ask("POST", f"/accounts/{id}/disable", {}, admin)
    assert door.ask("GET", "/me", token=text).status_code == 401


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"roles": ["admin"]}, "role-not-held"),
        ({"roles": []}, "no-role"),
        ({"roles": ["king"]}, "unknown-role"),
        ({"expires_at": "2020-01-01T00:00:00Z"}, "unfit-expiry"),
        ({"expires_at": "2999-01-01T00:00:00Z"}, "unfit-expiry"),
        ({"expires_at": None}, "invalid-request"),
        ({"account_id": "x"}, "invalid-request"),
        ({"read_only": "no"}, "invalid-request"),
        ({"services": ["actors", "gateway"]}, "unknown-service"),
        ({"services": []}, "unknown-service"),
        ({"services": "actors"}, "invalid-request"),
        ({"name": {"$gt": ""}}, "invalid-request"),
    ],
)
def test_what_is_no_machine_token(door: Door, member: str, change: dict[str, Any], code: str) -> None:
    assert door.refusal("POST", "/me/machine-tokens", wanted(**change), member) == (422, code)


@pytest.fixture(scope="module")
def member(app: Flask) -> str:
    """An access token of somebody with the role member."""
    door = Door(app, "10.7.1.1")
    admin = door.sign_in("admin")["access_token"]
    made = door.ask("POST", "/accounts", {"username": "a-member", "roles": ["member"]}, admin).json
    door.ask("POST", "/auth/accept", {"link": made["link"], "password": PASSWORD})
    token: str = door.sign_in("a-member")["access_token"]
    return token


def test_a_browser_keeps_its_session_in_a_cookie(door: Door, invite: Any) -> None:
    _, name = invite()
    answer = door.ask("POST", "/auth/browser", {"username": name, "password": PASSWORD})
    cookies = {one.split("=")[0]: one for one in answer.headers.getlist("Set-Cookie")}
    assert set(cookies) == {"gtm_session", "gtm_csrf", "gtm_device"}
    assert all("SameSite=Lax" in one and "Path=/" in one and "Domain" not in one for one in cookies.values())
    assert ["HttpOnly" in cookies[name] for name in ("gtm_session", "gtm_csrf", "gtm_device")] == [True, False, True]
    me = door.ask("GET", "/me").json
    assert (me["username"], me["by"], me["csrf_token"]) == (name, "browser", answer.json["csrf_token"])
    assert door.refusal("POST", "/auth/sign-out") == (403, "csrf-expected")
    assert door.refusal("POST", "/auth/sign-out", X_CSRF_Token="a" * 43) == (403, "csrf-expected")
    assert door.ask("GET", "/me").status_code == 200
    stolen = door.client.get_cookie("gtm_session")
    assert stolen is not None
    assert door.ask("POST", "/auth/sign-out", X_CSRF_Token=answer.json["csrf_token"]).status_code == 204
    assert door.client.get_cookie("gtm_session") is None
    assert door.client.get_cookie("gtm_device") is not None
    assert door.refusal("GET", "/me") == (401, "sign-in-required")
    door.client.set_cookie("gtm_session", stolen.value)
    assert door.refusal("GET", "/me") == (401, "session-over")
    assert door.refusal("GET", "/me") == (401, "sign-in-required")  # it was told to forget the cookie


def test_the_csrf_token_of_another_session_does_not_do(door: Door, invite: Any) -> None:
    _, name = invite()
    strange = door.from_elsewhere().sign_in(name, kind="browser")["csrf_token"]
    door.sign_in(name, kind="browser")
    assert door.refusal("POST", "/me/sessions/revoke-others", X_CSRF_Token=strange) == (403, "csrf-expected")


def test_a_cookie_does_not_count_beside_an_authorization(door: Door, invite: Any) -> None:
    _, name = invite()
    csrf = door.sign_in(name, kind="browser")["csrf_token"]
    for given in ("Bearer x.y.z", "Basic YTpi", ""):
        assert door.ask("GET", "/me", Authorization=given, X_CSRF_Token=csrf).status_code == 401
    assert door.ask("GET", "/me").status_code == 200


def test_a_refresh_token_opens_no_browser_session(door: Door, invite: Any) -> None:
    _, name = invite()
    given = door.from_elsewhere().sign_in(name)["refresh_token"]
    door.client.set_cookie("gtm_session", given[5:48])
    assert door.refusal("GET", "/me") == (401, "session-over")


@pytest.mark.parametrize("cookie", ["", "x", "a" * 43, '{"$gt":""}', "%00"])
def test_a_bad_cookie_is_refused_and_forgotten_and_one_can_sign_in(door: Door, cookie: str) -> None:
    door.client.set_cookie("gtm_session", cookie)
    assert door.refusal("GET", "/me")[0] == 401
    door.client.set_cookie("gtm_session", cookie)
    door.sign_in("admin", kind="browser")
    assert door.ask("GET", "/me").status_code == 200


def test_over_https_no_other_host_can_set_the_cookies(settings: GatewaySettings, door: Door) -> None:
    secure = create_app(replace(settings, node=replace(settings.node, public_url="https://gtm.example")))
    try:
        answer = Door(secure).ask("POST", "/auth/browser", {"username": "admin", "password": PASSWORD})
        cookies = answer.headers.getlist("Set-Cookie")
        assert len(cookies) == 3
        assert all(one.startswith("__Host-gtm_") and "Secure" in one for one in cookies)
    finally:
        secure.extensions["gtm"]["store"].client.close()
