"""A node without some of the services: what it shows, and what it says of the rest."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from chassis.federation.nodes import FOLDER
from gateway.app import create_app
from gateway.settings import GatewaySettings
from tests.unit.gateway.conftest import Client, FakeRpc

INS = ("actors", "indicators", "notifications")


def application(settings: GatewaySettings, **more: Any) -> Flask:
    node = replace(settings.node, node="ins", services=INS, public_url="https://ins.example", **more)
    made = create_app(replace(settings, node=node))
    made.extensions["gtm"]["rpc"] = FakeRpc()
    return made


@pytest.fixture(scope="module")
def ins(settings: GatewaySettings) -> Client:
    return application(settings).test_client()


ELSEWHERE = [
    ("GET", "/meetings"),
    ("POST", "/meetings"),
    ("GET", "/meetings/01890000-0000-7000-8000-000000000000"),
    ("PATCH", "/minutes/01890000-0000-7000-8000-000000000000"),
    ("POST", "/minutes/import"),
    ("GET", "/meetings/x/minutes.docx"),
    ("GET", "/recommendations?page_size=3"),
    ("DELETE", "/recommendations/x"),
]


@pytest.mark.parametrize(("method", "path"), ELSEWHERE)
def test_what_is_not_here_is_told_with_where_it_is(ins: Client, method: str, path: str) -> None:
    answer = ins.open(f"/api/v1{path}", method=method)
    assert answer.status_code == 404
    assert answer.mimetype == "application/problem+json"
    told = answer.json
    assert (told["code"], told["type"]) == ("not-on-this-node", "https://ins.example/problems/not-on-this-node")
    assert [one["id"] for one in told["nodes"]] == ["central", "agadez", "tahoua", "zinder"]
    assert told["nodes"][0]["address"] == "http://127.0.0.1:8080"


def test_it_is_said_in_the_readers_language(ins: Client) -> None:
    french = ins.get("/api/v1/meetings").json["detail"]
    english = ins.get("/api/v1/meetings", headers={"Accept-Language": "en"}).json["detail"]
    assert "« ins » ne fait pas tourner ce service (réunions)" in french
    assert "GTM central (Niamey) (http://127.0.0.1:8080), GTM Agadez (http://127.0.0.1:8100)" in french
    assert "Central GTM (Niamey) (http://127.0.0.1:8080)" in english
    assert "{" not in french + english


def test_an_address_that_is_nowhere_is_still_no_such_page(ins: Client) -> None:
    assert ins.get("/api/v1/meeting").json["code"] == "no-such-page"


def test_what_is_here_is_asked_of_the_service(ins: Client) -> None:
    ins.application.extensions["gtm"]["rpc"].answers["actors.list_institutions"] = {"items": [], "next_cursor": None}
    assert ins.get("/api/v1/institutions").status_code == 200


def test_the_description_tells_only_what_is_here(ins: Client) -> None:
    paths = ins.get("/api/v1/openapi.json").json["paths"]
    assert "/api/v1/institutions" in paths and "/api/v1/observations" in paths and "/api/v1/reference" in paths
    assert [path for path in paths if "meeting" in path or "minutes" in path or "recommendation" in path] == []


def test_the_landing_page_leads_to_what_is_here_and_to_the_other_nodes(ins: Client, monkeypatch: Any) -> None:
    report = {"ready": True, "node": "ins", "checks": {"actors": {"ok": True}}}
    monkeypatch.setitem(
        ins.application.extensions["gtm"], "readiness", type("R", (), {"report": lambda self: report})()
    )
    page = ins.get("/").text
    assert 'href="/api/v1/institutions"' in page and 'href="/api/v1/indicators"' in page
    assert 'href="/api/v1/meetings"' not in page
    assert 'href="http://127.0.0.1:8100"' in page and "GTM Agadez" in page
    assert "page-" not in page


def test_a_node_says_what_it_is_and_what_others_there_are(ins: Client) -> None:
    told = ins.get("/api/v1/node").json
    assert (told["id"], told["body"], told["region"], told["hub"]) == ("ins", "INS", "NE008", "central")
    assert (told["services"], told["address"]) == (list(INS), "https://ins.example")
    assert [one["id"] for one in told["others"]] == ["central", "agadez", "tahoua", "zinder"]
    assert set(told["others"][0]) == {"id", "name", "services", "address"}
    assert "meetings" in told["others"][0]["services"]


def test_a_wrong_description_hides_the_others_and_stops_nothing(settings: GatewaySettings, tmp_path: Path) -> None:
    (tmp_path / "ins.toml").write_text((FOLDER / "ins.toml").read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "zinder.toml").write_text("id = 3\n", encoding="utf-8")
    client: Client = application(settings, nodes=tmp_path).test_client()
    told = client.get("/api/v1/node").json
    assert (told["id"], told["services"], told["others"]) == ("ins", list(INS), [])
    nowhere = client.get("/api/v1/meetings").json
    assert nowhere["nodes"] == []
    assert "sur aucun nœud décrit" in nowhere["detail"]
