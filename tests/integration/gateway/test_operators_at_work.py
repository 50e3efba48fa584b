"""What an operator does over HTTP and by `./gtm`, with real services: parked messages, delays, copies made anew."""

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from kombu import Connection

from chassis.broker.topology import EVENTS
from chassis.contract.envelope import CONTENT_TYPE
from tests.integration.eventually import eventually
from tests.integration.gateway.children import start_gateway
from tests.integration.node import ROOT, Node
from tests.integration.surroundings import Surroundings

KEY = "central.public.actors.institution.created"
QUEUE = "meetings.on_institution"
OTHER_QUEUES = ("meetings.on_merge", "meetings.on_group", "meetings.on_attendee", "meetings.inbound", "meetings.files")
AWAY = {"indicators", "notifications"}


@pytest.fixture(scope="module")
def node(surroundings: Surroundings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    """Actors publish, meetings consume; indicators and notifications are away."""
    with Node(surroundings, tmp_path_factory.mktemp("node")) as made:
        made.run("actors", "meetings")
        eventually(lambda: copies(made).count_documents({}) >= 40, within=20)
        yield made


@pytest.fixture(scope="module")
def address(node: Node) -> str:
    """The node's gateway."""
    return start_gateway(node, GTM_ADMIN_PASSWORD="a password for these tests")


@pytest.fixture
def admin(node: Node, address: str) -> Iterator["Operator"]:
    with requests.Session() as session:
        yield Operator(session, f"{address}/api/v1/admin", node.token("admin"))


class Operator:
    """Asks below /api/v1/admin."""

    def __init__(self, session: requests.Session, base: str, token: str) -> None:
        self.session, self.base = session, base
        session.headers["Authorization"] = f"Bearer {token}"

    def ask(self, method: str, path: str, status: int = 200, **options: Any) -> Any:
        answer = self.session.request(method, self.base + path, timeout=30, **options)
        assert answer.status_code == status, answer.text
        return answer.json()

    def parked(self, **query: str) -> list[dict[str, Any]]:
        return list(self.ask("GET", "/parked", params=query)["items"])


def copies(node: Node) -> Any:
    return node.database("meetings")["replica_institution"]


def park(node: Node, body: bytes, to: str | None = None) -> None:
    """What no consumer can read, for all who hear of institutions, or for one queue."""
    exchange, key = (EVENTS, KEY) if to is None else ("", to)
    with Connection(node.amqp_uri) as connection:
        connection.Producer(auto_declare=False).publish(
            body,
            exchange=exchange,
            routing_key=key,
            content_type=CONTENT_TYPE,
            content_encoding="utf-8",
            delivery_mode=2,
        )


def gtm(node: Node, address: str, *words: str) -> subprocess.CompletedProcess[str]:
    """A command as somebody gives it on the node's machine, in English."""
    own = node.environment(GTM_HTTP_PORT=address.rpartition(":")[2], GTM_LANGUAGE="en")
    command = [sys.executable, "-m", "launcher", *words]
    return subprocess.run(command, cwd=ROOT, env=own, capture_output=True, text=True, timeout=90, check=False)


def test_a_parked_message_is_listed_shown_replayed_and_dropped(node: Node, admin: Operator) -> None:
    park(node, b'{"nobody": "can read this"}')
    (first,) = eventually(lambda: admin.parked(service="meetings"))
    assert (first["service"], first["queue"], first["attempts"]) == ("meetings", QUEUE, 1)
    assert admin.ask("GET", f"/parked/meetings/{first['id']}")["body"] == {"nobody": "can read this"}
    assert admin.ask("POST", f"/parked/meetings/{first['id']}/replay", json={}) == {"replayed": 1}
    (again,) = eventually(lambda: [one for one in admin.parked() if one["last_failed"] > first["last_failed"]])
    page = admin.ask("POST", "/parked/meetings/replay")
    assert (page["replayed"], page["skipped"], page["next_cursor"]) == (1, 0, None)
    (last,) = eventually(lambda: [one for one in admin.parked() if one["last_failed"] > again["last_failed"]])
    admin.ask("POST", f"/parked/meetings/{last['id']}/drop", 422, json={})
    dropped = admin.ask("POST", f"/parked/meetings/{last['id']}/drop", json={"reason": "un essai"})
    assert dropped["service"] == "meetings"
    assert admin.parked() == []
    assert admin.ask("GET", f"/parked/meetings/{last['id']}", 404)["code"] == "parked-not-found"


def test_the_lists_of_all_services_are_read_as_one(node: Node, address: str, admin: Operator) -> None:
    """Page by page, in the order of their parking; then given back, all that fit, by a command."""
    for number in range(5):
        for queue in (QUEUE, "actors.on_meeting"):
            park(node, f"[{number}]".encode(), to=queue)
    eventually(lambda: len(admin.parked()) == 10)
    pages: list[dict[str, Any]] = [admin.ask("GET", "/parked?page_size=3")]
    while pages[-1]["next_cursor"]:
        pages.append(admin.ask("GET", "/parked", params={"page_size": 3, "cursor": pages[-1]["next_cursor"]}))
    assert [(len(page["items"]), page["total"]) for page in pages] == [(3, 10), (3, 10), (3, 10), (1, 10)]
    assert pages[0]["totals"] == {"actors": 5, "meetings": 5}
    items = [item for page in pages for item in page["items"]]
    assert items == admin.parked()
    assert items == sorted(items, key=lambda item: (item["parked_at"], item["id"]))
    assert {item["service"] for item in items} == {"actors", "meetings"}
    assert len(admin.parked(queue="actors.on_meeting", reason="CLOUDEVENT")) == 5
    assert [item["id"] for item in admin.parked(id=items[7]["id"])] == [items[7]["id"]]
    assert "Only the first 4 of 10 are shown" in gtm(node, address, "parked", "--most", "4").stdout
    done = gtm(node, address, "parked", "replay", "--all", "--queue", QUEUE, "--json")
    assert done.stdout, done.stderr
    assert (done.returncode, json.loads(done.stdout)) == (1, {"replayed": {"meetings": 5}, "skipped": 0})
    assert "Service notifications could not be asked" in done.stderr
    eventually(lambda: {one["id"] for one in admin.parked()} - {one["id"] for one in items})
    eventually(lambda: len(admin.parked()) == 10)
    again = admin.parked()
    assert len({one["id"] for one in again} & {one["id"] for one in items}) == 5
    for one in again:
        admin.ask("POST", f"/parked/{one['service']}/{one['id']}/drop", json={"reason": "un essai"})


def test_services_that_are_away_are_named(admin: Operator) -> None:
    for path in ("/parked", "/lag"):
        answer = admin.ask("GET", path)
        assert {one["service"] for one in answer["unavailable"]} >= AWAY
        assert {one["code"] for one in answer["unavailable"]} <= {"service-away", "service-silent"}
        assert all(one["service"] in one["detail"] for one in answer["unavailable"])
    waiting = {one["service"]: one["queues"] for one in admin.ask("GET", "/lag")["unavailable"]}
    assert waiting["indicators"]["indicators.on_institution"] >= 40  # as the actors service sees it
    assert admin.ask("GET", "/parked?service=indicators", 503)["code"] in ("service-away", "service-silent")


def test_the_lag_says_where_everything_is(admin: Operator) -> None:
    actors, meetings = admin.ask("GET", "/lag")["items"]
    assert (actors["service"], meetings["service"]) == ("actors", "meetings")
    assert meetings["outbox"] == {"waiting": 0, "oldest_seconds": 0.0}
    assert meetings["queues"] == {QUEUE: 0, **dict.fromkeys(OTHER_QUEUES, 0)}
    assert set(meetings["retries"]) == {"1", "10", "60", "600", "3600"}
    assert meetings["parked"] == 0


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("GET", "/parked?service=nobody", None, 404, "no-such-service"),
        ("GET", "/parked/nobody/x", None, 404, "no-such-service"),
        ("POST", "/parked/meetings/x/replay", {}, 404, "parked-not-found"),
        ("POST", "/parked/meetings/x/replay", {"id": "y"}, 422, "server-owned-field"),
        ("POST", "/replay/actors", {"queue": "meetings.on_nothing"}, 404, "no-such-queue"),
        ("GET", "/replay/actors?queue=meetings.on_nothing", None, 404, "no-such-queue"),
        ("GET", "/replay/actors", None, 422, "required"),
        ("GET", f"/replay/meetings?queue={QUEUE}", None, 409, "queue-takes-nothing-here"),
        ("POST", "/replay/meetings", {"queue": QUEUE}, 409, "queue-takes-nothing-here"),
        ("POST", "/copies/meetings/indicator/forget", {}, 404, "no-such-copies"),
    ],
)
def test_what_is_not_possible_is_told(
    admin: Operator, method: str, path: str, body: Any, status: int, code: str
) -> None:
    french = admin.ask(method, path, status, json=body)
    english = admin.ask(method, path, status, json=body, headers={"Accept-Language": "en"})
    assert code in (french["code"], *(error["code"] for error in french["errors"]))
    assert french["detail"] != english["detail"]


def test_all_of_it_is_for_the_admin(node: Node, address: str) -> None:
    for token, status in ((node.token("secretariat"), 403), (None, 401)):
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        for path in ("/parked", "/lag", "/parked/meetings/x", f"/replay/actors?queue={QUEUE}"):
            assert requests.get(f"{address}/api/v1/admin{path}", headers=headers, timeout=30).status_code == status
        for path in ("/parked/meetings/replay", "/copies/meetings/institution/forget"):
            assert requests.post(f"{address}/api/v1/admin{path}", headers=headers, timeout=30).status_code == status


def test_gtm_parked_and_lag_say_it_in_words_and_in_json(node: Node, address: str, admin: Operator) -> None:
    park(node, b"nobody can read this either")
    eventually(admin.parked)
    listed = gtm(node, address, "parked", "--json")
    assert listed.returncode == 1  # two services could not be asked
    (message,) = json.loads(listed.stdout)["items"]
    assert "Service indicators could not be asked" in listed.stderr
    in_words = gtm(node, address, "parked", "list", "--service", "meetings")
    assert in_words.returncode == 0
    assert "Messages set aside (1)" in in_words.stdout
    behind = gtm(node, address, "lag")
    assert behind.returncode == 1
    assert "it waits for your decision" in behind.stdout
    assert json.loads(gtm(node, address, "lag", "--json").stdout)["items"][1]["parked"] == 1
    shown = gtm(node, address, "parked", "show", message["id"])
    assert "not a CloudEvent" in shown.stdout
    assert gtm(node, address, "parked", "replay").returncode == 2
    assert gtm(node, address, "parked", "drop", message["id"]).returncode == 2
    dropped = gtm(node, address, "parked", "drop", message["id"], "--reason", "a test")
    assert dropped.returncode == 0, dropped.stderr
    assert admin.parked() == []
    unknown = gtm(node, address, "parked", "show", message["id"])
    assert unknown.returncode == 1
    assert "could not be asked: " in unknown.stderr
    assert all(name in unknown.stderr for name in AWAY)


def test_gtm_replay_makes_copies_anew(node: Node, address: str) -> None:
    before = {one["_id"]: one for one in copies(node).find()}
    copies(node).update_one({"_id": next(iter(before))}, {"$set": {"name": "spoilt"}})
    refused = gtm(node, address, "replay", "actors", "--to", QUEUE, "--rebuild", "indicator")
    assert (refused.returncode, "Nothing was forgotten" in refused.stderr) == (1, True)
    unknown = gtm(node, address, "replay", "actors", "--to", "meetings.on_nothing", "--rebuild", "institution")
    assert (unknown.returncode, QUEUE in unknown.stderr) == (1, True)
    assert copies(node).count_documents({}) == len(before)
    done = gtm(node, address, "replay", "actors", "--to", QUEUE, "--rebuild", "institution", "--json")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["sent"] == report["expected"] >= len(before)
    assert report["forgotten"] == len(before)
    eventually(lambda: {one["_id"]: one for one in copies(node).find()} == before, within=20)


def test_gtm_replay_of_one_record(node: Node, address: str) -> None:
    made = node.call("actors", "create_institution", {"name": "Une seule à renvoyer"})
    eventually(lambda: copies(node).find_one({"_id": made["id"]}))
    copies(node).delete_one({"_id": made["id"]})
    done = gtm(node, address, "replay", "actors", "--to", QUEUE, "--subject", made["id"])
    assert done.returncode == 0, done.stderr
    assert "sent to meetings.on_institution again: 1." in done.stdout
    eventually(lambda: copies(node).find_one({"_id": made["id"]}))
    together = gtm(
        node, address, "replay", "actors", "--to", QUEUE, "--rebuild", "institution", "--subject", made["id"]
    )
    assert together.returncode == 2


def test_gtm_verify_trail_says_what_is_wrong_and_where(node: Node, address: str) -> None:
    whole = gtm(node, address, "verify-trail", "actors", "gateway")
    assert (whole.returncode, whole.stderr.count("Traceback")) == (0, 0), whole.stderr
    assert "actors: the trail holds" in whole.stdout
    assert "gateway: the trail holds" in whole.stdout
    row = node.database("actors")["outbox"].find_one({}, sort=[("_id", 1)])
    assert row is not None
    node.database("actors")["outbox"].update_one({"_id": row["_id"]}, {"$set": {"envelope.actor": "somebody"}})
    found = gtm(node, address, "verify-trail", "actors")
    assert found.returncode == 1
    assert f"the change {row['_id']} (no. " in found.stdout
    assert f"record {row['subject']}, version 1" in found.stdout
    since = gtm(node, address, "verify-trail", "actors", "--since", "2999-01-01", "--json")
    assert (since.returncode, json.loads(since.stdout)["items"][0]["faults"]) == (0, [])
    node.database("actors")["outbox"].replace_one({"_id": row["_id"]}, row)
    assert gtm(node, address, "verify-trail", "actors").returncode == 0
    away = gtm(node, address, "verify-trail", "indicators")
    assert away.returncode == 1
    assert "indicators could not be asked" in away.stderr
    assert gtm(node, address, "verify-trail", "--since", "hier").returncode == 1
    assert gtm(node, address, "verify-trail", "nothing").returncode == 2
