"""What browsers are told in each answer, and which other sites' pages may ask."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from chassis.process.settings import SettingsError
from gateway import answers, pages
from gateway.app import create_app
from gateway.settings import GatewaySettings
from gateway.worker import refusal
from tests.unit.gateway.conftest import Client, FakeRpc
from tests.unit.gateway.test_limits import MINIMAL

MAP = "https://carte.example"


def heads(raw: bytes) -> dict[str, str]:
    lines = raw.partition(b"\r\n\r\n")[0].decode().split("\r\n")[1:]
    return dict(line.split(": ", 1) for line in lines)


PLACES = [
    ("GET", "/static/gtm.css"), ("GET", "/static/nothing"), ("GET", "/api/docs"), ("PUT", "/api/v1/institutions"),
    ("GET", "/api/v1/institutions/%00"), ("POST", "/api/v1/institutions"), ("OPTIONS", "/api/v1/institutions"),
    ("GET", "/problems/not-found"), ("HEAD", "/api/v1/openapi.json"), ("GET", "/health/live"),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path"), PLACES)
def test_every_answer_is_safe_for_browsers(client: Client, method: str, path: str) -> None:
    headers = client.open(path, method=method).headers
    for name, value in answers.SAFETY.items():
        assert headers[name] == value
    assert headers["Strict-Transport-Security"]  # the address of these tests is https
    assert "script-src 'unsafe" not in headers["Content-Security-Policy"]
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "gunicorn" not in str(headers)
    assert "erkzeug" not in str(headers)
    assert "Access-Control-Allow-Origin" not in headers


@pytest.mark.parametrize("status", [400, 408, 414, 431, 500])
def test_so_is_what_never_reaches_the_application(monkeypatch: pytest.MonkeyPatch, status: int) -> None:
    for name, value in (MINIMAL | {"GTM_PUBLIC_URL": "https://gtm.example"}).items():
        monkeypatch.setenv(name, value)
    found = heads(refusal(status))
    assert found.items() >= answers.SAFETY.items()
    assert found["Cache-Control"] == "no-store"
    assert found["Content-Security-Policy"] == answers.POLICY
    assert (found["Server"], found["Strict-Transport-Security"]) == ("gtm", answers.LASTING)


def test_plain_http_promises_no_https(settings: GatewaySettings) -> None:
    plain = replace(settings, node=replace(settings.node, public_url="http://127.0.0.1:8080"))
    assert "Strict-Transport-Security" not in create_app(plain).test_client().get("/health/live").headers


def test_no_template_has_a_script_or_a_style_of_its_own() -> None:
    found = {path.name: path.read_text("utf-8") for path in Path(pages.HERE, "templates").iterdir()}
    inline = re.compile(
        r"<script(?![^>]*\bsrc=)|<style|\sstyle\s*=|\son[a-z]+\s*=|javascript:|\|\s*safe\b", re.IGNORECASE
    )
    assert [name for name, text in found.items() if inline.search(text)] == []


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("/api/v1/me", "no-store"),
        ("/api/v1/me/sessions", "no-store"),
        ("/api/v1/accounts", "no-store"),
        ("/api/v1/focal-points", "no-store"),
        ("/api/v1/notifications", "no-store"),
        ("/api/v1/meetings", "private, no-cache"),
        ("/api/v1/institutions", "private, no-cache"),
    ],
)
def test_what_is_about_persons_is_kept_by_no_cache(client: Client, rpc: FakeRpc, path: str, kept: str) -> None:
    nothing = {"items": [], "next_cursor": None}
    nouns = ("meetings.list_meetings", "actors.list_institutions", "actors.list_focal_points")
    rpc.answers = dict.fromkeys((*nouns, "notifications.list_notifications"), nothing)
    assert client.get(path).headers["Cache-Control"] == kept


@pytest.fixture(scope="module")
def asked_by(settings: GatewaySettings) -> Any:
    client = create_app(replace(settings, cors_origins=(MAP,))).test_client()

    def ask(origin: str, method: str = "GET", path: str = "/api/v1/openapi.json", **headers: str) -> Any:
        told = {"Origin": origin} | {name.replace("_", "-"): value for name, value in headers.items()}
        return client.open(path, method=method, headers=told)

    return ask


def test_a_named_site_may_ask_with_a_token_and_without_cookies(asked_by: Any) -> None:
    answer = asked_by(MAP)
    assert answer.headers["Access-Control-Allow-Origin"] == MAP
    assert "ETag" in answer.headers["Access-Control-Expose-Headers"]
    assert "Access-Control-Allow-Credentials" not in answer.headers
    assert "Origin" in answer.headers["Vary"]
    before = asked_by(MAP, "OPTIONS", "/api/v1/institutions", Access_Control_Request_Method="POST")
    assert (before.status_code, before.headers["Access-Control-Allow-Origin"]) == (204, MAP)
    assert "Authorization" in before.headers["Access-Control-Allow-Headers"]
    assert "POST" in before.headers["Access-Control-Allow-Methods"]
    assert asked_by(MAP, path="/api/v1/nowhere").headers["Access-Control-Allow-Origin"] == MAP


@pytest.mark.parametrize(
    "origin", ["null", "*", "https://evil.example", f"{MAP}.evil.example", "http://carte.example", f"{MAP}:8443", ""]
)
def test_no_other_site_may(asked_by: Any, origin: str) -> None:
    for asked in (asked_by(origin), asked_by(origin, "OPTIONS", Access_Control_Request_Method="POST")):
        assert "Access-Control" not in str(asked.headers)
        assert "Origin" in asked.headers["Vary"]


def test_pages_are_for_no_other_site(asked_by: Any) -> None:
    assert "Access-Control-Allow-Origin" not in asked_by(MAP, path="/static/gtm.css").headers


@pytest.mark.parametrize(
    "given", ["*", "null", "https://*.example", "carte.example", "https://carte.example/", "HTTPS://A"]
)
def test_what_is_no_site(given: str) -> None:
    with pytest.raises(SettingsError, match="GTM_CORS_ORIGINS"):
        GatewaySettings.from_environment({**MINIMAL, "GTM_CORS_ORIGINS": given})


def test_sites_are_a_setting() -> None:
    found = GatewaySettings.from_environment({**MINIMAL, "GTM_CORS_ORIGINS": f"{MAP} http://localhost:5173"})
    assert found.cors_origins == (MAP, "http://localhost:5173")
    assert GatewaySettings.from_environment(MINIMAL).cors_origins == ()
