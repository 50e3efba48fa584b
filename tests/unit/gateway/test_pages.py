"""The landing page, the documentation, and what every answer has in common."""

import gzip
import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from gateway.pages import HERE
from tests.unit.gateway.conftest import Client


class FakeReadiness:
    """A node that is ready, or not."""

    def __init__(self, ready: bool) -> None:
        self.ready = ready

    def report(self) -> dict[str, Any]:
        checks = {name: {"ok": self.ready} for name in ("store", "broker", "actors", "meetings")}
        return {"ready": self.ready, "node": "central", "checks": checks}


@pytest.fixture(autouse=True)
def readiness(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.extensions["gtm"], "readiness", FakeReadiness(True))


@pytest.mark.parametrize(
    ("address", "language", "words"),
    [
        ("/", "fr", "Coordination de la gouvernance de la migration"),
        ("/", "en", "Coordination of migration governance"),
        ("/api/docs", "fr", "documentation de l’interface"),
        ("/api/docs", "en", "API documentation"),
    ],
)
def test_pages_speak_the_readers_language(client: Client, address: str, language: str, words: str) -> None:
    answer = client.get(address, headers={"Accept-Language": language})
    assert answer.status_code == 200
    assert answer.headers["Content-Language"] == language
    assert f'<html lang="{language}">' in answer.text
    assert words in answer.text


def test_the_landing_page_is_light_and_runs_nothing(client: Client) -> None:
    page = client.get("/")
    assert "<script" not in page.text
    assert "script-src" not in page.headers["Content-Security-Policy"]
    assert len(page.data) + len(client.get("/static/gtm.css").data) < 15_000
    assert "central" in page.text
    assert "Prêt" in page.text


def test_the_landing_page_says_what_is_down(client: Client, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.extensions["gtm"], "readiness", FakeReadiness(False))
    page = client.get("/")
    assert page.status_code == 200
    assert "Pas prêt" in page.text
    assert page.text.count("ne répond pas") == 4


@pytest.mark.parametrize("address", ["/", "/api/docs", "/problems/wrong-json", "/static/gtm.css"])
def test_nothing_is_fetched_from_elsewhere(client: Client, address: str) -> None:
    pattern = r"<(?!a )[^>]*(?:src|href)=\"(?!/|data:,)[^\"]*\"|url\([^)]*\)|@import"
    assert re.findall(pattern, client.get(address).text) == []


def test_readiness_is_200_or_503(client: Client, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    assert client.get("/health/live").json == {"live": True}
    assert (client.get("/health/ready").status_code, client.get("/health/ready").json["ready"]) == (200, True)
    monkeypatch.setitem(app.extensions["gtm"], "readiness", FakeReadiness(False))
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json["checks"]["actors"]) == (503, {"ok": False})


def test_the_documentation_script_is_ours_and_comes_compressed(client: Client) -> None:
    address = "/static/vendor/rapidoc/rapidoc-min.js"
    small = client.get(address, headers={"Accept-Encoding": "gzip"})
    assert small.headers["Content-Encoding"] == "gzip"
    assert len(small.data) < 250_000
    plain = client.get(address)
    assert "Content-Encoding" not in plain.headers
    assert gzip.decompress(small.data) == plain.data
    assert plain.mimetype == "text/javascript"
    again = client.get(address, headers={"If-None-Match": small.headers["ETag"], "Accept-Encoding": "gzip"})
    assert again.status_code == 304
    assert "MIT License" in (HERE / "static/vendor/rapidoc/LICENSE.txt").read_text()


@pytest.mark.parametrize(
    "name", ["../app.py", "..%2fapp.py", "/etc/passwd", "vendor", "", "gtm.css/", "%00", "gtm.css%00"]
)
def test_no_other_file_can_be_had(client: Client, name: str) -> None:
    assert client.get(f"/static/{name}").status_code == 404


@pytest.mark.parametrize("address", ["/", "/nowhere", "/api/v1/me", "/api/v1/openapi.json", "/metrics", "/health/live"])
def test_every_answer_has_the_safety_headers(client: Client, address: str) -> None:
    headers = client.get(address).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Correlation-Id"]
    assert headers["Content-Language"] == "fr"


def test_long_answers_are_compressed_for_those_who_can_read_it(client: Client) -> None:
    plain = client.get("/api/v1/openapi.json")
    small = client.get("/api/v1/openapi.json", headers={"Accept-Encoding": "gzip, br"})
    assert "Content-Encoding" not in plain.headers
    assert small.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(small.data) == plain.data
    assert len(small.data) == int(small.headers["Content-Length"]) < len(plain.data) / 4
    assert "Accept-Encoding" in small.headers["Vary"]
    refused = client.get("/api/v1/openapi.json", headers={"Accept-Encoding": "gzip;q=0"})
    assert "Content-Encoding" not in refused.headers
    assert "Content-Encoding" not in client.get("/health/live", headers={"Accept-Encoding": "gzip"}).headers


def test_requests_are_counted_by_route_not_by_path(client: Client) -> None:
    client.get("/api/v1/institutions/some-id-of-somebody")
    client.open("/nowhere", method="BREW")
    told = client.get("/metrics").text
    assert (
        'gtm_http_request_duration_seconds_count{method="GET",route="/api/v1/institutions/<id>",status="404"}' in told
    )
    assert 'method="other",route="none",status="404"' in told
    assert "some-id-of-somebody" not in told


def test_templates_hold_no_text_of_their_own() -> None:
    for path in Path(HERE / "templates").glob("*.html"):
        bare = re.sub(r"<[^>]*>|\{\{.*?\}\}|\{%.*?%\}", " ", path.read_text(), flags=re.DOTALL)
        assert re.findall(r"[^\W\d_]{3,}", bare.replace("/api/v1/openapi.json", "")) == [], path.name
