"""The trail of a real service: what is done to its database behind its back shows, and where; nothing else does."""

import base64
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from chassis.contract import exchange
from chassis.contract.bodies import decoded
from chassis.contract.envelope import Place
from chassis.events.incoming import LARGEST_BODY
from chassis.kernel.chain import beginning, chained
from chassis.kernel.errors import ConflictError, ForbiddenError
from chassis.kernel.ids import new_id
from chassis.kernel.principal import SYSTEM, Caller
from chassis.process.settings import Settings
from chassis.storage.rewriting import redact
from chassis.storage.store import Store
from services.actors.contract import events
from services.actors.domain.institution import Institution
from services.actors.repository.institution import Institutions
from tests.integration.federation.foreign import make_known, send
from tests.integration.node import Node


@pytest.fixture(scope="module", autouse=True)
def running(node: Node, eventually: Callable[..., Any]) -> None:
    node.run("actors")
    eventually(lambda: node.database("actors")["outbox"].count_documents({}) >= 40)


@pytest.fixture
def other(node: Node) -> Iterator[Store]:
    """The store as another process of the service has it."""
    home = Path(node.home)
    mongo = node.surroundings.mongo
    settings = Settings(amqp_uri=node.amqp_uri, mongo_uri=mongo, mongo_prefix=node.prefix, home=home, keys=home)
    store = Store([Institutions]).open("actors", settings)
    yield store
    store.client.close()


def verify(node: Node, **asked: Any) -> tuple[list[dict[str, Any]], dict[str, int]]:
    """What a whole verification finds: (faults, explained)."""
    faults: list[dict[str, Any]] = []
    explained: dict[str, int] = {}
    page: dict[str, Any] = {}
    while not page or page["next_cursor"]:
        more = {"cursor": page["next_cursor"], "run": page["run"]} if page else {}
        page = node.call("actors", "verify_trail", {**asked, **more})
        faults += page["faults"]
        for kind, count in page["explained"].items():
            explained[kind] = explained.get(kind, 0) + count
    return faults, explained


def codes(node: Node) -> set[str]:
    return {one["code"] for one in verify(node)[0]}


@pytest.fixture
def changed(node: Node) -> str:
    """An institution with three versions, chained."""
    id = str(node.call("actors", "create_institution", {"name": f"Institution {new_id()}", "note": "un"})["id"])
    for note in ("deux", "trois"):
        node.call("actors", "change_institution", {"id": id, "changes": {"note": note}})
    assert verify(node)[0] == []
    return id


def put(collection: Any, documents: list[dict[str, Any]]) -> None:
    """Make a collection hold these documents; at no moment is it empty, for the service looks at it meanwhile."""

    def anew(session: Any) -> None:
        collection.delete_many({}, session=session)
        collection.insert_many(documents, session=session)

    with collection.database.client.start_session() as session:
        session.with_transaction(anew)


class Undoing:
    """Puts back what a test did to collections of the database."""

    def __init__(self, node: Node, *names: str) -> None:
        self.database, self.names = node.database("actors"), names

    def __enter__(self) -> Any:
        self.kept = {name: list(self.database[name].find()) for name in self.names}
        return self.database

    def __exit__(self, *_: object) -> None:
        for name, documents in self.kept.items():
            put(self.database[name], documents)


def test_an_honest_log_is_whole(node: Node, changed: str) -> None:
    assert verify(node) == ([], {})
    rows = node.database("actors")["outbox"].count_documents({})
    entries = list(node.database("actors")["trail"].find().sort("number", 1))
    assert len(entries) == rows
    mine = [one for one in entries if one["subject"] == changed]
    assert [one["recordversion"] for one in mine] == [1, 2, 3]
    assert {one["who"] for one in mine} == {"tester"}
    assert all(one["request"] for one in mine)
    assert not any("Institution" in str(one) for one in entries)


def test_it_is_sealed_without_anybody_asking(node: Node, eventually: Callable[..., Any]) -> None:
    id = node.call("actors", "create_institution", {"name": f"Institution {new_id()}"})["id"]
    eventually(lambda: node.database("actors")["trail"].find_one({"subject": id}))


def test_it_is_for_the_admin(node: Node) -> None:
    with pytest.raises(ForbiddenError):
        node.call("actors", "verify_trail", {}, roles=("secretariat",))


def test_a_changed_row_shows(node: Node, changed: str) -> None:
    with Undoing(node, "outbox") as database:
        second = {"subject": changed, "recordversion": 2}
        database["outbox"].update_one(second, {"$set": {"envelope.data.note": "autre chose"}})
        (fault,) = verify(node)[0]
        assert (fault["code"], fault["subject"], fault["version"]) == ("content-changed", changed, 2)
    with Undoing(node, "outbox") as database:
        database["outbox"].update_one(second, {"$set": {"visibility": "public", "envelope.actor": "autrui"}})
        assert codes(node) == {"content-changed"}


def test_a_row_that_is_gone_shows(node: Node, changed: str) -> None:
    with Undoing(node, "outbox") as database:
        database["outbox"].delete_one({"subject": changed, "recordversion": 2})
        (fault,) = verify(node)[0]
        assert (fault["code"], fault["subject"], fault["version"]) == ("content-missing", changed, 2)


def test_an_entry_that_is_changed_or_gone_shows(node: Node, changed: str) -> None:
    entry = node.database("actors")["trail"].find_one({"subject": changed, "recordversion": 2})
    assert entry is not None
    with Undoing(node, "trail") as database:
        database["trail"].update_one({"_id": entry["_id"]}, {"$set": {"who": "autrui"}})
        assert verify(node)[0][0] == {"code": "entry-changed", "n": entry["n"]}
    with Undoing(node, "trail") as database:
        database["trail"].delete_one({"_id": entry["_id"]})
        found = verify(node)[0]
        assert found[0] == {"code": "entries-missing", "n": entry["n"], "last": entry["n"]}
        assert {"code": "unknown-change", "event": entry["ref"]} in found
    with Undoing(node, "trail") as database:
        database["trail"].update_one({"_id": entry["_id"]}, {"$unset": {"salt": ""}})
        assert codes(node) == {"content-changed"}


def test_a_chain_made_anew_after_a_change_is_contradicted_by_heads_kept_outside(node: Node, changed: str) -> None:
    with Undoing(node, "trail", "outbox") as database:
        database["outbox"].delete_one({"subject": changed, "recordversion": 2})
        gone = {"subject": changed, "recordversion": 2}
        kept = list(database["trail"].find({"$nor": [gone]}).sort("number", 1))
        salts = [one.pop("salt") for one in kept]
        told = [{k: v for k, v in one.items() if k not in ("_id", "number", "n", "sha256", "previous")} for one in kept]
        anew = chained(told, 0, beginning("central", "actors"))
        rechained = [one | {"salt": salt} for one, salt in zip(anew, salts, strict=True)]
        put(database["trail"], rechained)
        found = verify(node)[0]
        assert {one["code"] for one in found} <= {"head-differs", "head-missing"}
        assert found[0]["n"] > 0
    assert verify(node)[0] == []


def test_a_trail_that_lost_its_end_shows(node: Node, changed: str) -> None:
    with Undoing(node, "trail", "outbox", "log_positions", "institutions") as database:
        lost = [one["ref"] for one in database["trail"].find().sort("number", -1).limit(3)]
        database["trail"].delete_many({"ref": {"$in": lost}})
        database["outbox"].delete_many({"_id": {"$in": lost}})
        database["log_positions"].delete_many({"event": {"$in": lost}})
        database["institutions"].delete_one({"_id": changed})
        assert codes(node) == {"head-missing"}


def test_a_row_put_in_shows(node: Node, changed: str) -> None:
    with Undoing(node, "outbox") as database:
        row = database["outbox"].find_one({"subject": changed, "recordversion": 2})
        assert row is not None
        database["outbox"].insert_one({**row, "_id": new_id()})
        assert codes(node) == {"unknown-change"}


def test_a_record_changed_behind_the_log_shows(node: Node, changed: str) -> None:
    institutions = node.database("actors")["institutions"]
    with Undoing(node, "institutions"):
        institutions.update_one({"_id": changed}, {"$set": {"note": "réécrit"}})
        (fault,) = verify(node)[0]
        assert (fault["code"], fault["subject"], fault["fields"]) == ("record-differs", changed, "note")
    with Undoing(node, "institutions"):
        institutions.update_one({"_id": changed}, {"$set": {"version": 2}})
        assert [one["fields"] for one in verify(node)[0]] == ["version"]
    with Undoing(node, "institutions"):
        document = institutions.find_one({"_id": changed})
        assert document is not None
        institutions.insert_one({**document, "_id": new_id(), "derived": {"name": "inventée"}})
        assert codes(node) == {"record-without-log"}
    with Undoing(node, "institutions"):
        institutions.delete_one({"_id": changed})
        assert codes(node) == {"record-missing"}


def test_what_was_redacted_is_explained_and_nothing_else_is(node: Node, changed: str, other: Store) -> None:
    row = other.outbox.rows.find_one({"subject": changed, "recordversion": 2})
    assert row is not None
    data = {**row["envelope"]["data"], "note": None}
    other.seal_trail()
    with other.client.start_session() as session:
        session.with_transaction(lambda inside: redact(other, {row["_id"]: data}, "admin-1", "demande", inside))
    faults, explained = verify(node)
    assert (faults, explained["redaction"]) == ([], 1)
    entry = other.trail.standing_for(row["_id"])
    assert entry is not None
    assert "salt" not in entry
    note = other.trail.notes.collection.find_one({"events": row["_id"]})
    assert note is not None
    sealed = other.trail.standing_for(note["_id"])
    assert sealed is not None
    assert (sealed["kind"], sealed["who"]) == ("redaction", "admin-1")
    for name, change in (("outbox", {"envelope.data.note": "remis"}), ("trail_notes", {"why": "autre"})):
        with Undoing(node, name) as database:
            which = row["_id"] if name == "outbox" else note["_id"]
            database[name].update_one({"_id": which}, {"$set": change})
            assert "content-changed" in codes(node)
    assert verify(node)[0] == []


def test_what_is_not_chained_yet_is_not_redacted(node: Node, other: Store) -> None:
    with other.work(Caller(principal=SYSTEM, correlation_id=new_id())) as work:
        made = work.new(Institution, "public", name=f"Institution {new_id()}")
        work.save(made, events.INSTITUTION_CREATED)
        with pytest.raises(ConflictError) as refused, other.client.start_session() as session:
            session.with_transaction(lambda inside: redact(other, {"nowhere": {}}, "admin-1", "demande", inside))
    assert refused.value.code == "not-sealed-yet"


def test_an_event_committed_late_is_chained_after_what_was(node: Node, other: Store) -> None:
    with other.work(Caller(principal=SYSTEM, correlation_id=new_id())) as work:
        late = work.new(Institution, "public", name=f"Institution tardive {new_id()}")
        work.save(late, events.INSTITUTION_CREATED)
        quick = node.call("actors", "create_institution", {"name": f"Institution prompte {new_id()}"})
        assert verify(node)[0] == []
        assert other.database["trail"].find_one({"subject": quick["id"]})
        assert not other.database["trail"].find_one({"subject": late.id})
    assert verify(node)[0] == []
    entries = {one["subject"]: one["n"] for one in other.database["trail"].find({"subject": {"$ne": None}})}
    assert entries[late.id] > entries[quick["id"]]


def answered(node: Node) -> list[dict[str, Any]]:
    """What the node tells Agadez, taken out of its queue."""
    body = {"count": 100, "ackmode": "ack_requeue_false", "encoding": "base64"}
    found = node.surroundings.manage("POST", f"queues/{node.vhost}/peer.agadez/get", body) or []
    raw = [(base64.b64decode(one["payload"]), one["properties"].get("content_encoding")) for one in found]
    return [json.loads(decoded(payload, encoding, LARGEST_BODY)) for payload, encoding in raw]


def test_what_another_node_keeps_of_the_trail_contradicts_one_made_anew(
    node: Node, changed: str, eventually: Callable[..., Any]
) -> None:
    """A head is kept for who told it, and told again; ours that comes back as another one is told with its keeper."""
    make_known(node, "agadez")
    manage = node.surroundings.manage
    manage("PUT", f"queues/{node.vhost}/peer.agadez", {"durable": True})
    topic = {"type": "topic", "durable": True, "arguments": {"alternate-exchange": "gtm.unrouted"}}
    manage("PUT", f"exchanges/{node.vhost}/gtm.to.agadez", topic)
    manage("POST", f"bindings/{node.vhost}/e/gtm.to.agadez/q/peer.agadez", {"routing_key": "#"})
    theirs, place = {"life": 1, "n": 9, "sha256": "a" * 64}, Place("agadez", "http://agadez")

    def say(**more: Any) -> None:
        send(node, exchange.compose(exchange.digest_taken("actors"), place, {"to": "central", "digests": [], **more}))

    say(head=theirs, hello=True)
    (answer,) = eventually(lambda: [one for one in answered(node) if one["type"].endswith("digest.taken.v1")])
    assert answer["data"]["witnessed"] == [theirs]
    ours = answer["data"]["head"]
    entry = node.database("actors")["trail"].find_one({"_id": ours["n"]})
    assert entry is not None and (entry["sha256"], entry["life"]) == (ours["sha256"], ours["life"])
    file = Path(node.home) / "trail" / "actors.contradicted.jsonl"
    say(witnessed=[ours, {**ours, "sha256": "b" * 64}])
    try:
        eventually(file.exists)
        say(witnessed=[{**ours, "sha256": "b" * 64}], hello=True)
        eventually(lambda: answered(node))
        (fault,) = verify(node)[0]
        assert (fault["code"], fault["n"], fault["of"]) == ("head-differs", ours["n"], "agadez")
    finally:
        file.unlink(missing_ok=True)
    assert verify(node)[0] == []
