"""What is decided of tokens and passwords without a store; what needs one is in tests/integration/accounts."""

from typing import Any

import pytest

from gateway.accounts.domain.passwords import UnfitPasswordError, dummy_hash, hash_password, password_matches
from gateway.keys import ensure_key
from gateway.settings import GatewaySettings
from tests.bad_tokens import bad_tokens
from tests.unit.gateway.conftest import Client, FakeRpc

TOKEN = "/api/v1/auth/token"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"username": "admin"}, "password"),
        ({"username": 3, "password": "x"}, "username"),
        ({"username": None, "password": "x"}, "username"),
        ({"username": "a", "password": "x", "extra": 1}, "extra"),
        ({"username": {"$ne": ""}, "password": "x"}, "username"),
    ],
)
def test_credentials_of_a_wrong_form_are_422(client: Client, body: Any, field: str) -> None:
    answer = client.post(TOKEN, json=body)
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, field)


@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")
def test_a_bad_token_is_refused_and_never_taken_for_none(
    client: Client, rpc: FakeRpc, settings: GatewaySettings, capsys: pytest.CaptureFixture[str]
) -> None:
    for what, token in bad_tokens(ensure_key(settings.node.keys), "central").items():
        for method in ("GET", "POST"):
            headers = {"Authorization": f"Bearer {token}"}
            answer = client.open("/api/v1/institutions", method=method, json={"name": "x"}, headers=headers)
            assert answer.status_code == 401, what
            assert answer.headers["WWW-Authenticate"].startswith("Bearer"), what
            assert answer.mimetype == "application/problem+json"
            told = answer.text + str(answer.headers) + capsys.readouterr().out
            assert len(str(token)) < 20 or str(token) not in told, what
    assert rpc.asked == []


@pytest.mark.parametrize("given", ["", "Basic YTpi", "Bearer", "Bearer a b", "Bearer é", "bearer: x"])
def test_a_header_that_is_no_bearer_token_is_refused(client: Client, given: str) -> None:
    answer = client.get("/api/v1/reference", headers={"Authorization": given.encode().decode("latin-1")})
    assert (answer.status_code, answer.json["code"]) == (401, "token-expected")


def test_an_expired_token_is_told_apart(client: Client, settings: GatewaySettings) -> None:
    token = bad_tokens(ensure_key(settings.node.keys), "central")["expired"]
    assert client.get("/api/v1/me", headers={"Authorization": f"Bearer {token}"}).json["code"] == "token-expired"


def test_without_a_token_one_is_the_public(client: Client, rpc: FakeRpc) -> None:
    rpc.answers["actors.list_references"] = {"items": [], "next_cursor": None}
    assert client.get("/api/v1/reference").status_code == 200
    assert rpc.asked[-1][2].token is None
    answer = client.get("/api/v1/me")
    assert (answer.status_code, answer.json["code"]) == (401, "sign-in-required")


def test_the_token_goes_on_to_the_service_as_it_came(client: Client, rpc: FakeRpc, token: str) -> None:
    rpc.answers["actors.list_references"] = {"items": [], "next_cursor": None}
    headers = {"Authorization": f"Bearer {token}", "Accept-Language": "en", "X-Correlation-Id": "correlation-1"}
    client.get("/api/v1/reference", headers=headers)
    carried = rpc.asked[-1][2]
    assert (carried.token, carried.language, carried.correlation_id) == (token, "en", "correlation-1")


def test_passwords_are_kept_as_argon2id_and_compared_in_one_form() -> None:
    kept = hash_password("passé-composé-é")
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert password_matches(kept, "passe\u0301-compose\u0301-e\u0301")
    assert not password_matches(kept, "passé")
    assert not password_matches("no hash", "passé")
    assert hash_password("same") != hash_password("same")


def test_the_dummy_hash_has_the_parameters_of_real_ones() -> None:
    assert dummy_hash().startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert dummy_hash() is dummy_hash()


@pytest.mark.parametrize("password", ["", "x" * 1025])
def test_unfit_passwords_are_refused(password: str) -> None:
    with pytest.raises(UnfitPasswordError):
        hash_password(password)
