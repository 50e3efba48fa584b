"""From an empty GTM_HOME to the notification that results, through `./gtm` and HTTP alone.

One node for the whole module: started by `./gtm up --detach`, stopped by `./gtm down`.
"""

import functools
import json
import os
import subprocess
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import sync_playwright

from tests.integration.eventually import eventually
from tests.integration.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
FIXTURES = ROOT / "tests" / "fixtures" / "compte_rendus"
SHARED = ROOT.parent / "shared" / "samples"
PASSWORD = "une phrase de passe pour les essais"
SAMPLES = [*sorted(FIXTURES.glob("*.txt")), *sorted(SHARED.glob("compte-rendu-*.txt"))]

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@dataclass
class Answer:
    """What came back: status, headers, and the body as JSON or text."""

    status: int
    headers: dict[str, str]
    body: Any


class RunningNode:
    """A node started by the launcher, driven by HTTP."""

    def __init__(self, home: Path, port: int) -> None:
        self.home, self.port = home, port
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        self.env = kept | {"GTM_HOME": str(home), "GTM_HTTP_PORT": str(port), "GTM_ADMIN_PASSWORD": PASSWORD}
        self.token = ""

    def gtm(self, *words: str, within: float = 240) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["./gtm", *words], cwd=ROOT, env=self.env, capture_output=True, text=True, timeout=within, check=False
        )

    def http(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """The answer; a node that is too busy (503) is asked again, as it asks for, under the same key."""
        key = {"Idempotency-Key": str(uuid.uuid4())} if method == "POST" else {}
        once = functools.partial(self._once, method, path, body, {**key, **headers})
        found = eventually(lambda: answer if (answer := once()).status != 503 else None, every=1.0)
        assert found is not None
        return found

    def _once(self, method: str, path: str, body: Any, headers: dict[str, str]) -> Answer:
        data = body.encode() if isinstance(body, str) else body
        if isinstance(data, dict | list):
            data, headers = json.dumps(data).encode(), {"Content-Type": "application/json", **headers}
        if self.token:
            headers = {"Authorization": f"Bearer {self.token}", **headers}
        address = f"http://127.0.0.1:{self.port}{path}"
        request = urllib.request.Request(address, data=data, headers=headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return _answer(answer.status, answer.headers, answer.read())
        except urllib.error.HTTPError as error:
            with error:
                return _answer(error.code, error.headers, error.read())

    def api(self, method: str, path: str, body: Any = None, expect: int = 200, **headers: str) -> Any:
        answer = self.http(method, f"/api/v1{path}", body, **headers)
        assert answer.status == expect, (method, path, answer)
        return answer.body


def _answer(status: int, headers: Any, raw: bytes) -> Answer:
    plain = {name.lower(): value for name, value in headers.items()}
    is_json = "json" in plain.get("content-type", "")
    return Answer(status, plain, json.loads(raw) if is_json and raw else raw.decode("utf-8", "replace"))


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningNode]:
    node = RunningNode(tmp_path_factory.mktemp("gtm") / "home", free_port(above=20))
    try:
        started = node.gtm("up", "--detach")
        assert started.returncode == 0, started.stdout + started.stderr
        assert f"127.0.0.1:{node.port}" in started.stdout
        token = node.api("POST", "/auth/token", {"username": "admin", "password": PASSWORD})
        assert token["token_type"] == "Bearer"
        node.token = token["access_token"]
        yield node
    finally:
        down = node.gtm("down")
        assert down.returncode == 0, down.stdout + down.stderr
        assert not _processes_of(node.home)


def _processes_of(home: Path) -> list[str]:
    """Processes that name this home in their environment or arguments."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                text = (entry / "environ").read_bytes() + (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if str(home).encode() in text:
                found.append((entry / "cmdline").read_bytes().replace(b"\0", b" ").decode())
    return found


def test_the_node_says_that_it_is_ready(running: RunningNode) -> None:
    status = json.loads(running.gtm("status", "--json").stdout)
    assert status["ready"] is True
    assert status["node"] == "central"
    names = {process["name"] for process in status["processes"]}
    assert names == {"actors", "meetings", "indicators", "notifications", "federation", "gateway", "broker", "store"}
    for path in ("/health/live", "/health/ready", "/metrics"):
        assert running.http("GET", path).status == 200


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_a_compte_rendu_reaches_those_concerned(running: RunningNode, path: Path) -> None:
    text, plain = path.read_text(encoding="utf-8"), {"Content-Type": "text/plain; charset=utf-8"}
    first = running.http("POST", "/api/v1/minutes/import", text, **plain)
    if first.status == 422 and first.body["code"] == "date-not-found":  # a layout whose date does not exist
        first = running.http("POST", "/api/v1/minutes/import?date=2022-02-28", text, **plain)
    assert first.status == 201, first
    result = first.body
    again = running.api("POST", "/minutes/import", text, 200, **plain)
    assert again["minutes_id"] == result["minutes_id"]
    id = result["minutes_id"]
    minutes = running.api("GET", f"/minutes/{id}")
    assert minutes["source_text"] == text
    for kind in ("text/html", "text/plain"):
        assert running.http("GET", f"/api/v1/minutes/{id}", Accept=kind).status == 200
    person = None
    if minutes["present"]:
        person = running.api(
            "POST",
            "/focal-points",
            {
                "institution_id": minutes["present"][0],
                "name": "Aïcha Exemple",
                "email": f"aicha.{id[-12:]}@exemple.ne",
                "language": "fr",
            },
            201,
        )
    running.api("POST", f"/minutes/{id}/circulate", {"deadline": "2099-12-31"})
    running.api("POST", f"/minutes/{id}/adopt")
    if person:
        told = eventually(lambda: _told(running, person["id"], id), within=30) or []
        assert {one["kind"] for one in told} == {"minutes_circulated", "minutes_adopted"}
        mails = eventually(lambda: [m for m in _mails(running.home) if person["email"] in m], within=30)
        assert mails
    reports = eventually(lambda: _reports(running, id), within=30) or []
    assert len(reports[-1]["told"]) + len(reports[-1]["not_told"]) == len(minutes["present"])
    running.api("POST", f"/minutes/{id}/publish")


def _told(node: RunningNode, focal_point_id: str, minutes_id: str) -> list[Any] | None:
    found = _notifications(node, minutes_id)
    mine = [one for one in found if one["recipient"]["id"] == focal_point_id]
    return mine if len(mine) >= 2 else None


def _reports(node: RunningNode, minutes_id: str) -> list[Any] | None:
    found = [one for one in _notifications(node, minutes_id) if one["kind"] == "report"]
    return found if len(found) >= 2 else None


def _notifications(node: RunningNode, minutes_id: str) -> list[Any]:
    items: list[Any] = []
    cursor = ""
    while True:
        page = node.api(
            "GET",
            f"/notifications?all=true&page_size=200&cursor={cursor}"
            if cursor
            else "/notifications?all=true&page_size=200",
        )
        items += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            return [one for one in items if one["subject"] == minutes_id]


def _mails(home: Path) -> list[str]:
    return [path.read_text(encoding="utf-8", errors="replace") for path in (home / "mail").glob("*.eml")]


def test_the_log_tells_what_happened(running: RunningNode) -> None:
    page = running.api("GET", "/events?type=gtm.meetings.minutes.adopted.v1&page_size=2")
    assert page["items"]
    assert all(event["type"] == "gtm.meetings.minutes.adopted.v1" for event in page["items"])
    subject = page["items"][0]["subject"]
    events = running.api("GET", f"/events?subject={subject}")["items"]
    assert [event["recordversion"] for event in events] == list(range(1, len(events) + 1))


def test_one_correlation_id_from_the_request_to_the_notification(running: RunningNode) -> None:
    text = (FIXTURES / SAMPLES[0].name).read_text(encoding="utf-8") + "\n"
    meeting = running.api("POST", "/meetings", {"date": "2024-02-06", "title": "Réunion suivie"}, 201)
    result = running.api(
        "POST", f"/meetings/{meeting['id']}/minutes/import", text, 201, **{"Content-Type": "text/plain"}
    )
    correlation = "essai-de-suivi-0001"
    running.api(
        "POST",
        f"/minutes/{result['minutes_id']}/circulate",
        {"deadline": "2099-12-31"},
        200,
        **{"X-Correlation-Id": correlation},
    )
    event = running.api("GET", f"/events?subject={result['minutes_id']}")["items"][-1]
    assert event["correlationid"] == correlation
    created = eventually(
        lambda: [
            one
            for one in running.api("GET", "/events?type=gtm.notifications.notification.created.v1&page_size=200")[
                "items"
            ]
            if one["correlationid"] == correlation
        ],
        within=30,
    )
    assert created[0]["causationid"] == event["id"]


def test_the_pages_in_a_real_browser(running: RunningNode) -> None:
    """Light, in the reader's language, nothing from outside, no script error, reachable by keyboard."""
    id = running.api("GET", "/minutes?page_size=1")["items"][0]["id"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
        )
        for language in ("fr", "en"):
            for path in ("/", f"/api/v1/minutes/{id}"):
                headers = {"Accept-Language": language, "Authorization": f"Bearer {running.token}"}
                page: Any = browser.new_page(locale=language, extra_http_headers=headers)
                told: list[str] = []
                weights: list[int] = []
                page.on("console", lambda message, told=told: told.append(message.text))
                page.on("response", lambda answer, weights=weights: weights.append(len(answer.body())))
                page.on("request", lambda request: _own(request.url, running.port))
                page.goto(f"http://127.0.0.1:{running.port}{path}", wait_until="networkidle")
                assert page.locator("html").get_attribute("lang") == language
                assert page.locator("h1").count() == 1
                assert told == []
                assert sum(weights) < 100_000
                page.keyboard.press("Tab")
                page.close()
        browser.close()


def _own(address: str, port: int) -> None:
    assert address.startswith((f"http://127.0.0.1:{port}/", "data:")), address


def test_a_killed_process_comes_back(running: RunningNode) -> None:
    before = {p["name"]: p["pid"] for p in json.loads(running.gtm("status", "--json").stdout)["processes"]}
    for name in ("meetings", "gateway", "broker", "store"):
        os.kill(before[name], 9)

    def back() -> bool:
        status = json.loads(running.gtm("status", "--json").stdout)
        now = {p["name"]: p["pid"] for p in status["processes"]}
        return bool(status["ready"]) and all(now[name] not in (None, before[name]) for name in ("meetings", "gateway"))

    eventually(back, within=120, every=1)
    assert running.api("GET", "/meetings")["items"]
