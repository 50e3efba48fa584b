"""A log that was compacted by policy: what is left serves readers, followers and rebuilt consumers as before."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import requests

from chassis.history.compaction import Compaction
from chassis.history.retention import Policy, Rule, chained
from chassis.kernel.clock import now, rfc3339
from chassis.kernel.errors import ConflictError, ForbiddenError, GoneError
from chassis.process.settings import Settings
from chassis.storage.store import Store
from services.actors.repository.institution import Institutions
from tests.integration.node import Node

QUEUE = "meetings.on_institution"
POLICY = 'at_least_days = 7\n[actors.institution]\nkeep = "latest"\nafter_days = 100\n'


@pytest.fixture(scope="module", autouse=True)
def running(node: Node, eventually: Callable[..., Any]) -> None:
    node.run("actors", "meetings")
    eventually(lambda: node.database("meetings")["replica_institution"].count_documents({}) >= 40)


@pytest.fixture
def aged(node: Node, eventually: Callable[..., Any]) -> str:
    """A record of six versions, sent and copied: four are 400, 300, 200 and 150 days old, two are of today."""
    (node.home / "retention.toml").write_text(POLICY, encoding="utf-8")
    id = str(node.call("actors", "create_institution", {"name": f"Institution âgée {now().isoformat()}"})["id"])
    for note in ("deux", "trois", "quatre", "cinq", "six"):
        node.call("actors", "change_institution", {"id": id, "changes": {"note": note}})
    copies = node.database("meetings")["replica_institution"]
    eventually(lambda: (copies.find_one({"_id": id}) or {}).get("recordversion") == 6)
    eventually(lambda: not node.database("actors")["unsent"].count_documents({}))
    for version, days in ((1, 400), (2, 300), (3, 200), (4, 150)):
        make_older(node, id, version, days)
    node.database("actors")["institutions"].update_one({"_id": id}, {"$set": {"created_at": ago(400)}})
    return id


def settings_of(node: Node) -> Settings:
    """For opening the service's store from here."""
    mongo = node.surroundings.mongo
    return Settings(amqp_uri=node.amqp_uri, mongo_uri=mongo, mongo_prefix=node.prefix, home=node.home, keys=node.home)


def ago(days: int) -> datetime:
    return now() - timedelta(days=days)


def make_older(node: Node, id: str, version: int, days: int) -> None:
    """Behind the service's back, as if the event had happened that long ago."""
    database, time = node.database("actors"), rfc3339(ago(days))
    row = database["outbox"].find_one({"subject": id, "recordversion": version})
    assert row is not None
    database["outbox"].update_one({"_id": row["_id"]}, {"$set": {"time": time, "envelope.time": time}})
    database["log_positions"].update_one({"event": row["_id"]}, {"$set": {"time": time}})


def compact(node: Node, **options: Any) -> list[dict[str, Any]]:
    pages: list[dict[str, Any]] = []
    while not pages or pages[-1]["next_cursor"]:
        last = {"run": pages[-1]["run"], "cursor": pages[-1]["next_cursor"]} if pages else {}
        pages.append(node.call("actors", "compact_log", {**options, **last}))
    return pages


def versions(node: Node, id: str) -> list[int]:
    return [event["recordversion"] for event in node.events("actors", subject=id)]


def note_at(node: Node, id: str, days: int) -> Any:
    return node.call("actors", "get_institution", {"id": id, "as_of": rfc3339(ago(days))})["note"]


def test_what_a_run_would_remove_is_told_and_nothing_is_touched(node: Node, aged: str) -> None:
    runs = node.database("actors")["compactions"].count_documents({})
    pages = compact(node, dry_run=True)
    assert sum(page["removed"] for page in pages) == 3
    assert {noun: count for page in pages for noun, count in page["nouns"].items()} == {"institution": 3}
    assert versions(node, aged) == [1, 2, 3, 4, 5, 6]
    assert node.database("actors")["compactions"].count_documents({}) == runs
    compact(node)


def test_a_run_removes_what_is_superseded_and_writes_down_that_it_did(node: Node, aged: str) -> None:
    database = node.database("actors")
    going = [event["id"] for event in node.events("actors", subject=aged)][:3]
    before = database["outbox"].count_documents({})
    last = database["log_positions"].find_one(sort=[("_id", -1)])
    pages = compact(node)
    assert versions(node, aged) == [4, 5, 6]
    assert database["outbox"].count_documents({}) == before - 3
    assert database["log_positions"].find_one(sort=[("_id", -1)]) == last
    status = node.call("actors", "log_status")
    (run,) = [one for one in status["compactions"] if one["run"] == pages[0]["run"]]
    assert (run["removed"], run["nouns"], run["by"], run["scheduled"]) == (3, {"institution": 3}, "tester", False)
    assert run["examined"] == sum(page["examined"] for page in pages) == before
    assert run["policy"] == status["policy"]
    assert run["sha256"] == chained("", sorted(going))
    assert (run["first"][:10], run["last"][:10]) == (rfc3339(ago(400))[:10], rfc3339(ago(200))[:10])
    assert run["ended"] is not None
    assert compact(node)[-1]["removed"] == 0


def test_the_trail_says_by_which_run_they_went(node: Node, aged: str) -> None:
    page = compact(node)[0]
    found: list[dict[str, Any]] = []
    answer: dict[str, Any] = {}
    explained = 0
    while not answer or answer["next_cursor"]:
        more = {"cursor": answer["next_cursor"], "run": answer["run"]} if answer else {}
        answer = node.call("actors", "verify_trail", more)
        found += answer["faults"]
        explained += answer["explained"].get("compaction", 0)
    # What was made older behind the trail's back shows; of those that went none is missed.
    assert {one["code"] for one in found} <= {"content-changed", "record-differs"}
    notes = list(node.database("actors")["trail_notes"].find({"kind": "compaction", "why": page["run"]}))
    assert sum(note["count"] for note in notes) == 3
    assert explained >= 3


def test_the_past_is_right_where_it_is_kept_and_gone_where_it_is_not(node: Node, aged: str) -> None:
    compact(node)
    assert note_at(node, aged, 0) == "six"
    assert note_at(node, aged, 99) == note_at(node, aged, 149) == "quatre"
    for days in (151, 250, 399):
        with pytest.raises(GoneError) as refused:
            note_at(node, aged, days)
        assert refused.value.params["since"][:10] == rfc3339(ago(150))[:10]


def test_a_consumer_that_is_rebuilt_ends_with_the_same_copies(
    node: Node, aged: str, eventually: Callable[..., Any]
) -> None:
    compact(node)
    copies = node.database("meetings")["replica_institution"]
    before = {one["_id"]: one for one in copies.find()}
    assert before[aged]["note"] == "six"
    assert node.call("meetings", "forget_copies", {"noun": "institution"})["forgotten"] == len(before)
    expected = node.call("actors", "count_resendable", {"queue": QUEUE})["events"]
    cursor, run, sent = None, None, 0
    while cursor is not None or not sent:
        answer = node.call("actors", "resend_events", {"queue": QUEUE, "page_size": 50, "cursor": cursor, "run": run})
        cursor, run, sent = answer["next_cursor"], answer["run"], sent + answer["sent"]
    assert sent == expected
    eventually(lambda: {one["_id"]: one for one in copies.find()} == before)


def test_a_follower_goes_on_from_where_it_was(node: Node, aged: str) -> None:
    page = node.call("actors", "list_events", {"subject": aged, "page_size": 2})
    compact(node)
    rest = node.call("actors", "list_events", {"subject": aged, "cursor": page["next_cursor"]})
    assert [event["recordversion"] for event in rest["items"]] == [4, 5, 6]


def test_what_is_not_sent_stays_and_lets_nothing_go(node: Node, aged: str) -> None:
    """The service is down, and its newer old versions wait: the oldest is all that is surely out."""
    node.stop("actors")
    database = node.database("actors")
    waiting = list(database["outbox"].find({"subject": aged, "recordversion": {"$in": [2, 3, 4]}}))
    database["unsent"].insert_many([{"_id": row["_id"], "time": row["time"]} for row in waiting])
    settings = settings_of(node)
    store = Store([Institutions]).open("actors", settings)
    policy = Policy(7, None, {("actors", "institution"): Rule("latest", 100)})
    try:
        page = Compaction(store, policy).page(None, None, "test", dry_run=True)
        assert page["removed"] == 0
        database["unsent"].delete_many({"_id": waiting[-1]["_id"]})
        assert Compaction(store, policy).page(None, None, "test", dry_run=True)["removed"] == 1
    finally:
        store.client.close()
        node.run("actors")


def test_marks_of_replays_go_and_all_others_stay(node: Node) -> None:
    (node.home / "retention.toml").write_text(POLICY, encoding="utf-8")
    inbox = node.database("actors")["inbox"]
    own = "actors.on_meeting /nodes/central/meetings 01890000-0000-7000-8000-000000000001"
    marks = {own: ago(400), f"{own} run-of-old": ago(400), f"{own} run-of-now": ago(1)}
    for id, at in marks.items():
        inbox.insert_one({"_id": id, "version": id, "at": at})
    compact(node)
    assert {one["_id"] for one in inbox.find({"_id": {"$in": list(marks)}})} == {own, f"{own} run-of-now"}


def test_a_wrong_policy_removes_nothing_and_is_told(node: Node, aged: str) -> None:
    (node.home / "retention.toml").write_text('[actors.institution]\nkeep = "some"\n', encoding="utf-8")
    with pytest.raises(ConflictError) as refused:
        compact(node)
    assert refused.value.code == "retention-policy-wrong"
    assert "actors.institution.keep" in refused.value.params["reason"]
    assert versions(node, aged) == [1, 2, 3, 4, 5, 6]


def test_it_is_for_the_admin(node: Node) -> None:
    for method in ("log_status", "compact_log"):
        with pytest.raises(ForbiddenError):
            node.call("actors", method, {}, roles=("secretariat",))


def test_a_run_by_the_clock_is_one_process_turn_and_only_if_the_policy_says_so(node: Node) -> None:
    settings = settings_of(node)
    store = Store([Institutions]).open("actors", settings)
    rules = {("actors", "institution"): Rule("latest", 100)}
    turn = store.database["compaction_turn"]
    turn.delete_many({})
    try:
        assert not Compaction(store, Policy(7, None, rules)).due()
        assert not Compaction(store, Policy(7, 3, {})).due()
        assert [Compaction(store, Policy(7, 3, rules)).due() for _ in range(3)] == [True, False, False]
        turn.update_one({"_id": "turn"}, {"$set": {"next": ago(1)}})
        assert Compaction(store, Policy(7, 3, rules)).due()
    finally:
        turn.delete_many({})
        store.client.close()


def test_the_clock_runs_it_and_measures_the_log(node: Node, aged: str, eventually: Callable[..., Any]) -> None:
    """The service looks at its log when it starts, and then each minute."""
    node.stop("actors")
    (node.home / "retention.toml").write_text(f"compact_every_days = 1\n{POLICY}", encoding="utf-8")
    node.run("actors")
    eventually(lambda: versions(node, aged) == [4, 5, 6])
    run = eventually(lambda: node.call("actors", "log_status")["compactions"][0])
    assert (run["by"], run["scheduled"]) == ("system", True)
    assert run["removed"] >= 3
    metrics = requests.get(f"http://127.0.0.1:{node.ports['actors']}/metrics", timeout=10).text
    told = {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in metrics.splitlines() if line[:1] != "#"}
    assert told['gtm_log_rows{service="actors"}'] >= 40
    assert told['gtm_log_oldest_seconds{service="actors"}'] > 0
    assert told['gtm_log_compactions_total{service="actors"}'] >= 1
    assert told['gtm_log_removed_events_total{service="actors"}'] >= 3
