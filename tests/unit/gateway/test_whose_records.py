"""Whose the shown records are, how fresh, and what can be done with another node's instead of changing it."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import unquote

import pytest
from flask import Flask

from chassis.kernel.clock import now, rfc3339
from chassis.kernel.errors import ConflictError, UnavailableError
from gateway.freshness import Heard
from gateway.offers import OFFERS
from services.registry import every_event
from tests.unit.gateway.conftest import Client, FakeRpc

ID = "01890000-0000-7000-8000-000000000000"
OURS = {"id": "1", "version": 1, "origin": "central"}
THEIRS = {"id": ID, "version": 3, "origin": "agadez"}
ENGLISH = {"Accept-Language": "en"}
SILENT = "GTM Agadez\u00a0: dernières nouvelles il y a 3 jours"
HTML = "<html><body>\n<p><em>{}</em></p>"


@pytest.fixture(autouse=True)
def forgotten(app: Flask) -> Iterator[None]:
    """Each test's gateway has heard nothing yet."""
    app.extensions["gtm"]["heard"] = Heard()
    yield
    app.extensions["gtm"]["heard"] = Heard()


def said(state: str, **ago: float) -> dict[str, Any]:
    """What the federation service says of Agadez."""
    last = rfc3339(now() - timedelta(**ago)) if ago else None
    name = {"fr": "GTM Agadez", "en": "Agadez GTM"}
    return {"node": "central", "nodes": [{"node": "agadez", "name": name, "state": state, "last_heard": last}]}


def shown(client: Client, rpc: FakeRpc, *items: dict[str, Any], **options: Any) -> Any:
    rpc.answers["actors.list_institutions"] = {"items": list(items), "next_cursor": None}
    return client.get("/api/v1/institutions", **options)


@pytest.mark.parametrize(
    ("answer", "state", "text"),
    [
        (said("silent", days=3), "silent", "Agadez GTM: last heard 3 days ago"),
        (said("blocked", hours=2), "blocked", "Agadez GTM: last heard 2 hours ago"),
        (said("suspended", days=3), "suspended", "Agadez GTM: suspended, last heard 3 days ago"),
        (said("suspended"), "suspended", "Agadez GTM: not heard yet"),
        (said("up_to_date", seconds=20), "up_to_date", "Agadez GTM: up to date"),
        ({"node": "central", "nodes": []}, "unknown", "Agadez GTM: how fresh is not known"),
        (UnavailableError("service-away"), "unknown", "Agadez GTM: how fresh is not known"),
        ({"nonsense": True}, "unknown", "Agadez GTM: how fresh is not known"),
    ],
)
def test_a_page_says_whose_its_records_are_and_how_fresh(
    client: Client, rpc: FakeRpc, answer: Any, state: str, text: str
) -> None:
    rpc.answers["federation.heard"] = answer
    page = shown(client, rpc, THEIRS, OURS, THEIRS, headers=ENGLISH)
    assert page.status_code == 200
    own, other = page.json["origins"]
    assert (own["node"], own["own"], own["text"]) == ("central", True, "Central GTM (Niamey): this node")
    assert (other["node"], other["own"], other["state"], other["text"]) == ("agadez", False, state, text)


def test_it_is_said_in_french_where_nothing_else_is_asked_for(client: Client, rpc: FakeRpc) -> None:
    rpc.answers["federation.heard"] = said("silent", days=3)
    assert (
        shown(client, rpc, THEIRS).json["origins"][0]["text"] == "GTM Agadez\u00a0: dernières nouvelles il y a 3 jours"
    )


def test_own_records_alone_ask_nobody_and_several_pages_ask_once(client: Client, rpc: FakeRpc) -> None:
    rpc.answers["federation.heard"] = said("up_to_date", seconds=1)
    for _ in range(3):
        shown(client, rpc, OURS)
    assert [target for target, _, _ in rpc.asked] == ["actors.list_institutions"] * 3
    for _ in range(3):
        shown(client, rpc, THEIRS)
    assert [target for target, _, _ in rpc.asked].count("federation.heard") == 1


def test_a_sign_of_life_does_not_make_a_page_new_but_another_state_does(
    client: Client, rpc: FakeRpc, app: Flask
) -> None:
    rpc.answers["federation.heard"] = said("up_to_date", seconds=20)
    tag = shown(client, rpc, THEIRS).headers["ETag"]
    for answer, status in ((said("up_to_date", seconds=1), 304), (said("silent", days=1), 200)):
        app.extensions["gtm"]["heard"] = Heard()
        rpc.answers["federation.heard"] = answer
        assert shown(client, rpc, THEIRS, headers={"If-None-Match": tag}).status_code == status
    assert tag.startswith('W/"')
    assert shown(client, rpc, OURS).headers["ETag"].startswith('"')


@pytest.mark.parametrize("path", ["groups", "minutes"])
def test_one_record_says_it_in_headers_also_when_it_did_not_change(client: Client, rpc: FakeRpc, path: str) -> None:
    rpc.answers["federation.heard"] = said("silent", days=3)
    rpc.answers["actors.get_group"] = rpc.answers["meetings.get_minutes"] = THEIRS
    for headers, status in (({}, 200), ({"If-None-Match": '"3"'}, 304)):
        answer = client.get(f"/api/v1/{path}/{ID}", headers=headers)
        assert answer.status_code == status
        told = answer.headers
        assert (told["GTM-Origin"], told["GTM-Origin-State"]) == ("agadez", "silent")
        assert told["GTM-Origin-Last-Heard"].endswith("Z")
        assert unquote(told["GTM-Origin-Text"]) == SILENT


@pytest.mark.parametrize(("form", "start"), [("text/html", HTML), ("text/plain", "{}\n\n")])
def test_a_page_of_minutes_says_it_too(client: Client, rpc: FakeRpc, form: str, start: str) -> None:
    rpc.answers["federation.heard"] = said("silent", days=3)
    for origin in ("agadez", "central"):
        rpc.answers["meetings.render_minutes"] = {"text": "<html><body>Texte", "version": 1, "origin": origin}
        page = client.get(f"/api/v1/minutes/{ID}", headers={"Accept": form}).text
        told = start.format(SILENT)
        assert page.startswith(told) is (origin == "agadez")


def refused(client: Client, rpc: FakeRpc, path: str, target: str, noun: str, **options: Any) -> dict[str, Any]:
    rpc.answers[target] = ConflictError("not-the-origin", None, {"origin": "agadez", "noun": noun, "id": ID})
    answer = client.post(f"/api/v1/{path}", **options)
    assert answer.status_code == 409
    assert answer.json["origin"] == "agadez"
    return dict(answer.json)


def test_a_refused_change_of_a_recommendation_offers_what_can_be_added(client: Client, rpc: FakeRpc) -> None:
    told = refused(
        client, rpc, f"recommendations/{ID}/verify", "meetings.verify_recommendation", "recommendation", headers=ENGLISH
    )
    offered = {one["rel"]: (one["method"], one["href"]) for one in told["instead"]}
    assert offered == {
        "response": ("POST", f"/api/v1/recommendations/{ID}/responses"),
        "progress-report": ("POST", f"/api/v1/recommendations/{ID}/progress-reports"),
        "referral": ("POST", f"/api/v1/recommendations/{ID}/referrals"),
        "origin": ("GET", f"http://127.0.0.1:8100/api/v1/recommendations/{ID}"),
    }
    assert told["detail"].startswith("This record belongs to node “Agadez GTM”, which alone may change it. What can")
    assert all(one["title"] in told["detail"] for one in told["instead"])


def test_what_nothing_can_be_added_to_says_where_it_lives_and_whom_to_ask(client: Client, rpc: FakeRpc) -> None:
    told = refused(client, rpc, f"observations/{ID}/verify", "indicators.verify_observation", "framework")
    (only,) = told["instead"]
    assert (only["rel"], only["href"]) == ("origin", f"http://127.0.0.1:8100/api/v1/observations/{ID}")
    assert "GTM Agadez" in only["title"]


@pytest.mark.parametrize("noun", sorted(OFFERS))
def test_each_offer_is_an_address_of_the_api(app: Flask, noun: str) -> None:
    known = {(method, rule.rule) for rule in app.url_map.iter_rules() for method in rule.methods or ()}
    for _, method, path, _ in OFFERS[noun]:
        assert (method, f"/api/v1{path.replace('{id}', '<id>')}") in known
    assert noun in {event.words[1] for event in every_event().values()}
