"""The past over HTTP: as of a day, the versions of a record, following the log; and `./gtm log` on a running node."""

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
import requests

from chassis.kernel.clock import NIAMEY, now, rfc3339
from tests.integration.eventually import eventually
from tests.integration.gateway.children import start_gateway
from tests.integration.node import ROOT, Node
from tests.integration.surroundings import Surroundings

DAYS_OLD = 400


@pytest.fixture(scope="module")
def node(surroundings: Surroundings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    """A node of two services, which is all of it here."""
    with Node(surroundings, tmp_path_factory.mktemp("node")) as made:
        made.run("actors", "meetings", GTM_SERVICES="actors meetings")
        yield made


@pytest.fixture(scope="module")
def address(node: Node) -> str:
    return (
        start_gateway(node, GTM_ADMIN_PASSWORD="a password for these tests", GTM_SERVICES="actors meetings") + "/api/v1"
    )


@pytest.fixture(scope="module")
def api(node: Node, address: str) -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.headers["Authorization"] = f"Bearer {node.token('admin', 'secretariat')}"
        yield session


def institution(api: requests.Session, address: str, name: str) -> dict[str, Any]:
    answer = api.post(f"{address}/institutions", json={"name": name}, timeout=30)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def change(api: requests.Session, address: str, id: str, **changes: Any) -> dict[str, Any]:
    tag = api.get(f"{address}/institutions/{id}", timeout=30).headers["ETag"]
    answer = api.patch(f"{address}/institutions/{id}", json=changes, headers={"If-Match": tag}, timeout=30)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_who_changed_what_when_and_why_is_told(api: requests.Session, address: str, node: Node) -> None:
    made = institution(api, address, "Institution dont on dit pourquoi")
    tag = api.get(f"{address}/institutions/{made['id']}", timeout=30).headers["ETag"]
    headers = {
        "If-Match": tag,
        "Change-Reason": quote("Décision de la réunion du 3"),
        "X-Correlation-Id": "demande-0001",
    }
    path = f"{address}/institutions/{made['id']}"
    own = {"Authorization": f"Bearer {node.token('secretariat', institution_id=made['id'])}"}
    assert api.patch(path, json={"note": "x" * 5000}, headers=headers | own, timeout=30).status_code == 200
    told = api.get(f"{path}/history", timeout=30).json()["items"]
    assert (told[0]["actor"], told[0]["institution_id"]) == ("tester", made["id"])
    assert (told[0]["why"], told[0]["correlation_id"]) == ("Décision de la réunion du 3", "demande-0001")
    assert told[0]["changes"] == [{"field": "note", "before": None, "too_long": True}]
    assert told[1]["why"] is None
    public = requests.get(f"{path}/history", timeout=30).json()["items"]
    assert (public[0]["actor"], public[0]["why"], public[0]["institution_id"]) == (None, None, None)
    assert [one["correlation_id"] for one in public] == [one["correlation_id"] for one in told]
    for unfit in ("%FF", "a%0Ab", "%20", "x" * 501):
        refused = api.post(f"{address}/institutions", json={"name": "n"}, headers={"Change-Reason": unfit}, timeout=30)
        assert (refused.status_code, refused.json()["code"]) == (422, "unfit-reason")


def test_a_record_as_of_then_has_the_same_form_and_a_tag_that_changes_nothing(
    api: requests.Session, address: str
) -> None:
    first = institution(api, address, "Institution d'hier")
    here = f"{address}/institutions/{first['id']}"
    change(api, address, first["id"], note="aujourd'hui")
    then = api.get(here, params={"as_of": first["updated_at"]}, timeout=30)
    assert (then.status_code, then.json()) == (200, first)
    unescaped = api.get(f"{here}?as_of={first['updated_at'].replace('Z', '+00:00')}", timeout=30)
    assert unescaped.json() == first
    today = api.get(here, params={"as_of": now().astimezone(NIAMEY).date().isoformat()}, timeout=30)
    present = api.get(here, timeout=30)
    assert today.json() | {"merged_into": None, "merged_from": []} == present.json()
    assert len({then.headers["ETag"], today.headers["ETag"], present.headers["ETag"]}) == 3
    refused = api.patch(here, json={"note": "x"}, headers={"If-Match": today.headers["ETag"]}, timeout=30)
    assert refused.status_code == 412
    again = api.get(
        here, params={"as_of": first["updated_at"]}, headers={"If-None-Match": then.headers["ETag"]}, timeout=30
    )
    assert again.status_code == 304


def test_what_is_not_possible_is_told_in_both_languages(api: requests.Session, address: str, node: Node) -> None:
    made = institution(api, address, "Institution sans passé")
    here = f"{address}/institutions/{made['id']}"
    ahead = rfc3339(now() + timedelta(days=2))
    for at, status, code in (
        ("2024-02-30", 422, "not-a-date"),
        ("soon", 422, "not-an-instant"),
        (ahead, 422, "as-of-in-future"),
        ("2024-01-31", 404, "not-known-then"),
    ):
        problems = [
            api.get(here, params={"as_of": at}, headers={"Accept-Language": language}, timeout=30)
            for language in ("fr", "en")
        ]
        for problem in problems:
            codes = [problem.json()["code"], *(one["code"] for one in problem.json()["errors"])]
            assert problem.status_code == status and code in codes, problem.text
        assert problems[0].json()["detail"] != problems[1].json()["detail"]
    assert made["created_at"] in api.get(here, params={"as_of": "2024-01-31"}, timeout=30).json()["detail"]
    change(api, address, made["id"], note="deux")
    node.database("actors")["outbox"].delete_one({"subject": made["id"], "recordversion": 1})
    gone = api.get(here, params={"as_of": made["updated_at"]}, timeout=30)
    assert (gone.status_code, gone.json()["code"]) == (410, "past-removed")


def test_the_versions_of_a_record_are_paged(api: requests.Session, address: str) -> None:
    id = institution(api, address, "Institution aux versions")["id"]
    change(api, address, id, note="deux")
    here = f"{address}/institutions/{id}/history"
    page = api.get(here, params={"page_size": 1}, timeout=30).json()
    (newest,) = page["items"]
    assert (newest["version"], newest["changed"]) == (2, ["note"])
    rest = api.get(here, params={"cursor": page["next_cursor"]}, timeout=30).json()
    assert ([one["version"] for one in rest["items"]], rest["next_cursor"]) == ([1], None)
    assert api.get(f"{address}/meetings/{id}/history", timeout=30).status_code == 404
    assert api.get(here, params={"cursor": "x"}, timeout=30).status_code == 422


def test_minutes_as_of_then_in_every_form(api: requests.Session, address: str) -> None:
    text = (ROOT / "tests/compose/compte-rendu.txt").read_bytes()
    headers = {"Content-Type": "text/plain; charset=utf-8"}
    read = api.post(f"{address}/minutes/import", data=text, headers=headers, timeout=60)
    assert read.status_code == 201, read.text
    here = f"{address}/minutes/{read.json()['minutes_id']}"
    first = api.get(here, timeout=30)
    body = {"title": "Un tout autre titre"}
    changed = api.patch(here, json=body, headers={"If-Match": first.headers["ETag"]}, timeout=30)
    assert changed.status_code == 200, changed.text
    at = {"as_of": first.json()["updated_at"]}
    assert api.get(here, params=at, timeout=30).json() == first.json()
    page = api.get(here, params=at, headers={"Accept": "text/html"}, timeout=30)
    assert page.status_code == 200 and "Un tout autre titre" not in page.text
    assert [one["version"] for one in api.get(f"{here}/history", timeout=30).json()["items"]] == [2, 1]


def test_who_follows_the_log_sees_each_event_once(api: requests.Session, address: str) -> None:
    seen: list[str] = []
    follow: str | None = None
    for name in ("Suivie un", "Suivie deux", "Suivie trois"):
        made = institution(api, address, name)
        cursor = follow
        while True:
            page = api.get(f"{address}/events", params={"cursor": cursor, "page_size": 30}, timeout=30).json()
            seen += [one["id"] for one in page["items"]]
            follow, cursor = page["follow"], page["next_cursor"]
            if cursor is None:
                break
        assert page["items"][-1]["subject"] == made["id"]
    assert len(seen) == len(set(seen)) > 40
    assert api.get(f"{address}/events", params={"cursor": follow}, timeout=30).json()["items"] == []


def gtm(node: Node, address: str, *words: str) -> subprocess.CompletedProcess[str]:
    """A command as somebody gives it on the node's machine, in English."""
    port = address.removesuffix("/api/v1").rpartition(":")[2]
    own = node.environment(GTM_HTTP_PORT=port, GTM_LANGUAGE="en")
    command = [sys.executable, "-m", "launcher", *words]
    return subprocess.run(command, cwd=ROOT, env=own, capture_output=True, text=True, timeout=90, check=False)


def test_gtm_log_tells_and_compacts(api: requests.Session, address: str, node: Node) -> None:
    id = institution(api, address, "Institution compactée")["id"]
    change(api, address, id, note="deux")
    change(api, address, id, note="trois")
    old = rfc3339(now() - timedelta(days=DAYS_OLD))
    eventually(lambda: not node.database("actors")["unsent"].count_documents({}))
    node.database("actors")["outbox"].update_many(
        {"subject": id, "recordversion": {"$lt": 3}}, {"$set": {"time": old, "envelope.time": old}}
    )
    kept = gtm(node, address, "log")
    assert (kept.returncode, "keep everything" in kept.stdout) == (0, True), kept.stderr
    policy = '[actors.institution]\nkeep = "latest"\nafter_days = 90\n'
    (node.home / "retention.toml").write_text(policy, encoding="utf-8")
    told = gtm(node, address, "log", "compact", "--dry-run")
    assert told.returncode == 0, told.stderr
    assert "actors: 1 of " in told.stdout and "nothing was removed" in told.stdout
    done = gtm(node, address, "log", "compact", "--service", "actors", "--json")
    assert done.returncode == 0, done.stderr
    (report,) = json.loads(done.stdout)["items"]
    assert (report["removed"], report["nouns"]) == (1, {"institution": 1})
    status = json.loads(gtm(node, address, "log", "status", "--json").stdout)
    (run,) = status["items"][0]["compactions"]
    assert (run["run"], run["removed"]) == (report["run"], 1)
    (node.home / "retention.toml").write_text("at_least_days = 1\n", encoding="utf-8")
    refused = gtm(node, address, "log", "compact")
    assert refused.returncode == 1
    assert "at_least_days" in refused.stderr


def test_the_log_is_for_the_admin(node: Node, address: str) -> None:
    for token, status in ((node.token("secretariat"), 403), (None, 401)):
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        assert requests.get(f"{address}/admin/log", headers=headers, timeout=30).status_code == status
        posted = requests.post(f"{address}/admin/log/actors/compact", headers=headers, timeout=30)
        assert posted.status_code == status
