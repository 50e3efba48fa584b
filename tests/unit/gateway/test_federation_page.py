"""The page of the federation: what the public sees of it, what an account does, and that it is a page for everybody."""

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from chassis.kernel.clock import now, rfc3339
from chassis.kernel.errors import ForbiddenError, UnavailableError
from gateway.accounts.domain.account import Account
from gateway.problems import Problem
from services.federation.contract.records import StatusSchema
from services.federation.domain.link import STATES
from tests.unit.gateway.conftest import Client, FakeRpc

AGO = rfc3339(now() - timedelta(hours=2))
ENGLISH = {"Accept-Language": "en"}


def a_link(node: str, state: str, text: str, **more: Any) -> dict[str, Any]:
    """As the federation service says it; checked by its own schema."""
    link = {"node": node, "name": f"GTM {node.title()}", "direct": True, "state": state, "text": text}
    return link | {"last_heard": AGO, "lag_seconds": 0.4, "shovels": [], "compared": [], "warnings": []} | more


def a_status(*links: dict[str, Any]) -> dict[str, Any]:
    status = {"node": "central", "name": "GTM central (Niamey)", "hub": None, "links": list(links)}
    StatusSchema().load(status)
    return status


WAITING = {"messages": 5, "oldest": None, "nouns": {}, "text": "5 messages en attente"}
COMPARED = {"peer": "agadez", "noun": "minutes", "of": "agadez", "at": AGO, "since": AGO}
GAUGES = {"ready": [], "away": ["meetings"], "outbox_waiting": 7, "parked": 1, "refused": 0, "disk_free": 4_000_000_000}


@pytest.fixture(autouse=True)
def known(rpc: FakeRpc) -> None:
    names = {"fr": "GTM Agadez", "en": "Agadez GTM"}
    one = {"node": "agadez", "name": names, "state": "suspended", "last_heard": AGO}
    invited = {
        "node": "tahoua",
        "name": {"fr": "GTM Tahoua", "en": "Tahoua GTM"},
        "state": "invited",
        "last_heard": None,
    }
    rpc.answers["federation.heard"] = {"node": "central", "nodes": [one, invited]}
    link = a_link("agadez", "silent", "silencieux depuis 2 heures", waiting=WAITING, confirmed_until=AGO, gauges=GAUGES)
    warned = [{"code": "certificate", "at": None, "text": "Le certificat finit bientôt."}]
    rpc.answers["federation.status"] = a_status(link | {"warnings": warned, "certificate_ends": AGO})
    for service in ("actors", "meetings", "indicators"):
        rpc.answers[f"{service}.count_leaving"] = {"nouns": {}, "oldest": None}
        rpc.answers[f"{service}.show_comparisons"] = {"comparisons": []}
    rpc.answers["meetings.count_leaving"] = {"nouns": {"minutes": 3}, "oldest": AGO}
    differing = {**COMPARED, "equal": False, "mine": 12, "theirs": 14}
    rpc.answers["meetings.show_comparisons"] = {"comparisons": [differing]}
    rpc.answers["indicators.show_comparisons"] = UnavailableError("service-away")


def test_the_public_sees_who_belongs_and_how_they_are_and_no_number(client: Client, rpc: FakeRpc) -> None:
    page = client.get("/federation")
    assert page.status_code == 200
    assert '<html lang="fr">' in page.text
    assert "GTM Agadez" in page.text
    assert "suspendu" in page.text
    assert "silencieux" not in page.text
    assert "Tahoua" not in page.text
    assert [target for target, _, _ in rpc.asked] == ["federation.heard"]
    assert "Le certificat" not in page.text
    assert 'action="/federation"' in page.text


def test_an_account_sees_what_waits_in_words_lag_warnings_and_the_last_comparison(client: Client, token: str) -> None:
    page = client.get("/federation", headers={"Authorization": f"Bearer {token}"})
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    for words in (
        "silencieux depuis 2 heures",
        "3 comptes-rendus de GTM central (Niamey) et 2 autres messages en attente, le plus ancien depuis 2 heures",
        "Le certificat finit bientôt.",
        "12 comptes-rendus de GTM Agadez ici, 14 là-bas\u00a0: différent depuis 2 heures, comparé il y a 2 heures",
        "4.0 Go",
        "réunions",
    ):
        assert words in page.text
    assert "<form" not in page.text


def test_it_is_light_runs_nothing_and_a_screen_reader_has_a_table_for_the_picture(client: Client, token: str) -> None:
    page = client.get("/federation", headers={"Authorization": f"Bearer {token}", **ENGLISH})
    assert len(page.data) + len(client.get("/static/gtm.css").data) < 30_000
    assert "<script" not in page.text
    assert " style=" not in page.text
    assert "script-src" not in page.headers["Content-Security-Policy"]
    assert 'role="img" aria-labelledby="net-title net-about"' in page.text
    assert page.text.count('scope="row"') == 1
    ids = re.findall(r'id="([^"]+)"', page.text)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'aria-labelledby="([^"]+)"', page.text)) <= {*ids, "net-title net-about"}


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_word_of_it_has_a_text(client: Client, token: str, language: str) -> None:
    headers = {"Accept-Language": language}
    for more in ({}, {"Authorization": f"Bearer {token}"}):
        text = client.get("/federation", headers=headers | more).text
        assert "page-fed" not in text
        assert "{" not in text


@pytest.mark.parametrize("state", STATES)
def test_every_state_has_a_look_and_a_sign(client: Client, token: str, rpc: FakeRpc, state: str) -> None:
    rpc.answers["federation.status"] = a_status(a_link("agadez", state, "…"))
    page = client.get("/federation", headers={"Authorization": f"Bearer {token}"}).text
    look = re.search(r'class="state (\w+)"', page)
    assert look is not None
    assert look[1] == {"up_to_date": "good", "catching_up": "busy", "never_heard": "busy"}.get(
        state, "idle" if state in ("invited", "suspended", "removed") else "bad"
    )


def test_who_signs_in_by_the_form_has_it_once_and_no_cookie(
    client: Client, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = app.extensions["gtm"]["authority"]
    who = Account(id="an-account", username="moussa", password_hash="", roles=("secretariat",))
    monkeypatch.setattr(authority.signing_in, "proved", lambda *_: who)
    page = client.post("/federation", data={"username": "moussa", "password": "secret"})
    assert page.status_code == 200
    assert "3 comptes-rendus" in page.text
    assert "secret" not in page.text
    assert "Set-Cookie" not in page.headers
    assert "3 comptes-rendus" not in client.get("/federation").text


def test_a_wrong_password_is_told_on_the_page(client: Client, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> Any:
        raise Problem(401, "wrong-credentials")

    monkeypatch.setattr(app.extensions["gtm"]["authority"].signing_in, "proved", refuse)
    page = client.post("/federation", data={"username": "moussa", "password": "faux"})
    assert (page.status_code, page.mimetype) == (401, "text/html")
    assert 'role="alert"' in page.text
    assert "GTM Agadez" in page.text
    assert "3 comptes-rendus" not in page.text


AWAY = UnavailableError("service-away", None, {"service": "federation"})
NOT_ALLOWED = ForbiddenError("role-required", None, {"roles": "admin"})


@pytest.mark.parametrize(("error", "status"), [(AWAY, 503), (NOT_ALLOWED, 403)])
def test_what_cannot_be_shown_is_said_on_the_page(
    client: Client, token: str, rpc: FakeRpc, error: Exception, status: int
) -> None:
    rpc.answers["federation.status"] = error
    page = client.get("/federation", headers={"Authorization": f"Bearer {token}"})
    assert (page.status_code, page.mimetype) == (status, "text/html")
    assert 'role="alert"' in page.text


def test_a_bad_token_is_refused_and_not_taken_for_none(client: Client) -> None:
    assert client.get("/federation", headers={"Authorization": "Bearer x.y.z"}).status_code == 401
