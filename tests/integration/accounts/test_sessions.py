"""Sessions: renewed, copied, ended; seen at once by the gateway, by every worker within a second."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from chassis.kernel.clock import now
from chassis.kernel.errors import UnavailableError
from gateway.accounts.domain import sessions as rules
from tests.integration.accounts.conftest import PASSWORD, Door
from tests.integration.eventually import eventually


def aged(door: Door, session_id: str, **change: Any) -> None:
    """Move a session in time."""
    database = door.authority.parts.store.database
    assert database["sessions"].update_one({"_id": session_id}, {"$set": change}).matched_count == 1


def test_a_session_is_renewed_and_says_who(door: Door) -> None:
    first = door.sign_in("Admin ")
    again = door.ask("POST", "/auth/refresh", {"refresh_token": first["refresh_token"]})
    assert (again.status_code, again.headers["Cache-Control"]) == (200, "no-store")
    assert again.json["refresh_token"] != first["refresh_token"]
    assert again.json["session_id"] == first["session_id"]
    me = door.ask("GET", "/me", token=again.json["access_token"]).json
    assert (me["username"], me["by"], me["roles"]) == ("admin", "token", ["admin", "secretariat"])
    assert me["session"]["id"] == first["session_id"]
    assert me["session"]["current"] is True


def test_a_lost_answer_can_be_asked_for_again_and_is_the_same(door: Door) -> None:
    first = door.sign_in("admin")

    def refresh(_: int) -> Any:
        return Door(door.app).ask("POST", "/auth/refresh", {"refresh_token": first["refresh_token"]})

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(refresh, range(4)))
    assert [one.status_code for one in answers] == [200] * 4
    assert len({one.json["refresh_token"] for one in answers}) == 1


def test_a_copied_refresh_token_ends_the_session_for_both(door: Door) -> None:
    first = door.sign_in("admin")
    second = door.ask("POST", "/auth/refresh", {"refresh_token": first["refresh_token"]}).json
    aged(door, first["session_id"], rotated_at=now() - rules.GRACE - timedelta(seconds=1))
    copied = {"refresh_token": first["refresh_token"]}
    assert door.refusal("POST", "/auth/refresh", copied) == (401, "refresh-token-reused")
    assert door.refusal("POST", "/auth/refresh", {"refresh_token": second["refresh_token"]}) == (401, "session-over")
    assert door.refusal("GET", "/me", token=second["access_token"]) == (401, "session-over")
    account = door.authority.parts.accounts.find("admin")
    assert account is not None
    assert "end-copied-session" in [line["act"] for line in door.authority.parts.accounts.journal(account.id, 50, None)]


def test_secrets_are_not_kept(door: Door) -> None:
    given = door.sign_in("admin")
    kept = str(door.authority.parts.store.database["sessions"].find_one({"_id": given["session_id"]}))
    assert given["refresh_token"][5:48] not in kept
    assert given["refresh_token"][48:] not in kept


@pytest.mark.parametrize("token", ["", "x", "gtmr_" + "a" * 86, "gtmr_" + "a" * 5000])
def test_what_was_never_given_out_renews_nothing(door: Door, token: str) -> None:
    assert door.refusal("POST", "/auth/refresh", {"refresh_token": token}) == (401, "invalid-refresh-token")


@pytest.mark.parametrize(
    "body", [{}, {"refresh_token": {"$gt": ""}}, {"refresh_token": None}, {"refresh_token": ["a"]}]
)
def test_operators_are_no_tokens(door: Door, body: Any) -> None:
    assert door.ask("POST", "/auth/refresh", body).status_code == 422


def test_an_unused_session_is_over(door: Door) -> None:
    given = door.sign_in("admin")
    aged(door, given["session_id"], expires_at=now() - timedelta(seconds=1))
    told = door.refusal("POST", "/auth/refresh", {"refresh_token": given["refresh_token"]})
    assert told[0] == 401
    assert told[1] in ("session-over", "invalid-refresh-token")  # the store may have removed it by now


def test_who_signs_out_is_out_in_every_worker(door: Door, other_worker: Flask) -> None:
    given = door.sign_in("admin")
    token = given["access_token"]
    other = Door(other_worker)
    assert other.ask("GET", "/me", token=token).status_code == 200
    assert door.ask("POST", "/auth/sign-out", token=token).status_code == 204
    assert door.refusal("GET", "/me", token=token) == (401, "session-over")
    assert door.refusal("POST", "/auth/refresh", {"refresh_token": given["refresh_token"]}) == (401, "session-over")
    assert eventually(lambda: other.ask("GET", "/me", token=token).status_code == 401)


def test_one_sees_and_ends_ones_own_sessions_alone(door: Door, invite: Any, admin: str) -> None:
    id, name = invite()
    mine, other = door.sign_in(name), door.from_elsewhere().sign_in(name)
    shown = door.ask("GET", "/me/sessions", token=mine["access_token"]).json["items"]
    assert [one["id"] for one in shown] == [other["session_id"], mine["session_id"]]
    assert [one["current"] for one in shown] == [False, True]
    strange = door.ask("GET", "/me", token=admin).json["session"]["id"]
    for id_of in (strange, "nonsense", "%24gt"):
        assert door.ask("POST", f"/me/sessions/{id_of}/revoke", token=mine["access_token"]).status_code == 404
    assert door.ask("POST", f"/me/sessions/{other['session_id']}/revoke", token=mine["access_token"]).status_code == 204
    assert door.refusal("GET", "/me", token=other["access_token"]) == (401, "session-over")
    third = door.sign_in(name)
    ended = door.ask("POST", "/me/sessions/revoke-others", token=mine["access_token"])
    assert ended.json == {"ended": 1}
    assert door.ask("GET", "/me", token=third["access_token"]).status_code == 401
    assert door.ask("GET", f"/accounts/{id}/sessions", token=mine["access_token"]).status_code == 403
    assert len(door.ask("GET", f"/accounts/{id}/sessions", token=admin).json["items"]) == 1
    assert door.ask("POST", f"/accounts/{id}/sessions/revoke", token=admin).json == {"ended": 1}
    assert door.ask("GET", "/me", token=mine["access_token"]).status_code == 401


def test_a_changed_password_ends_the_other_sessions(door: Door, invite: Any) -> None:
    _, name = invite()
    mine, other = door.sign_in(name), door.sign_in(name)
    new = "une autre phrase de passe"
    wrong = {"old_password": "not the old one", "password": new}
    assert door.refusal("POST", "/me/password", wrong, mine["access_token"]) == (401, "wrong-credentials")
    short = {"old_password": PASSWORD, "password": "court"}
    assert door.refusal("POST", "/me/password", short, mine["access_token"]) == (422, "password-too-short")
    done = door.ask("POST", "/me/password", {"old_password": PASSWORD, "password": new}, mine["access_token"])
    assert done.status_code == 204
    assert door.ask("GET", "/me", token=mine["access_token"]).status_code == 200
    assert door.ask("GET", "/me", token=other["access_token"]).status_code == 401
    assert door.refusal("POST", "/auth/token", {"username": name, "password": PASSWORD})[0] == 401
    door.sign_in(name, new)


def test_the_last_look_counts_while_the_store_is_away(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    ended, standing = door.sign_in("admin"), door.sign_in("admin")
    door.ask("POST", "/auth/sign-out", token=ended["access_token"])
    revocations = door.authority.parts.revocations

    def away(*_: Any) -> None:
        raise UnavailableError("store-away", None, {"service": "gateway"})

    monkeypatch.setattr(door.authority.parts.sessions, "revoked_since", away)
    monkeypatch.setattr(revocations, "_looked", None)
    assert revocations.holds(ended["session_id"])
    assert not revocations.holds(standing["session_id"])
