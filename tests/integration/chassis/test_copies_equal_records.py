"""For every command of the platform: the copy built from events alone equals the record fetched anew.

Seeded walks do everything that people can do (acts.py, acts_across_nodes.py). Then, for each record in each log: its
events, in any order and some of them twice, go through the way that copies are made by; what comes out must be what the
service answers; and each version has exactly one event, from 1 on without a gap.
"""

import importlib
import inspect
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import fields
from functools import cache
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from nameko.rpc import Rpc

from chassis.contract.envelope import Event, read, write
from chassis.contract.withdrawal import tells_withdrawal
from chassis.federation.certificates import Authority
from chassis.kernel.clock import now
from chassis.storage.replica import Replica
from chassis.storage.tombstones import Tombstones
from services.actors.contract.acts import InstitutionPageSchema, InterventionPageSchema
from services.indicators.contract.verification import ObservationPageSchema
from services.meetings.contract.follow_up import RecommendationPageSchema
from services.meetings.contract.invitation import MeetingPageSchema
from services.meetings.contract.records import MinutesPageSchema
from services.meetings.contract.remarks import RemarkPageSchema
from services.meetings.contract.validation import RoundPageSchema
from services.meetings.domain.search.entry import COLLECTIONS, Entry, entries
from services.meetings.domain.search.words import stems
from services.meetings.projections.search_index import SearchIndex
from services.registry import events_of
from tests.integration.chassis import acts
from tests.integration.chassis import acts_across_nodes as across
from tests.integration.chassis import acts_at_the_desk as desk
from tests.integration.node import Node

SERVICES = ("actors", "meetings", "indicators", "notifications", "federation")
SEEDS = (1, 2)
READS = ("get_", "list_", "read_file", "render_", "minutes_docx", "status", "heard", "search", "show_")
CARRIED = {
    f"federation.{one}" for one in ("begin_export", "close_export", "open_import", "import_block", "close_import")
}
ELSEWHERE = {"federation.join_hub", *CARRIED}  # these change no record, and need a second node
OF_COPIES = ("_id", "recordversion", "incarnation")
PAGES = {
    "meeting": MeetingPageSchema,
    "remark": RemarkPageSchema,
    "minutes": MinutesPageSchema,
    "recommendation": RecommendationPageSchema,
    "round": RoundPageSchema,
    "observation": ObservationPageSchema,
    "institution": InstitutionPageSchema,
    "intervention": InterventionPageSchema,
}
"""Noun → the schema of the answer, where that shows more than the record."""


def service_class(service: str) -> Any:
    """The nameko class."""
    return importlib.import_module(f"services.{service}.service").SERVICE


def commands(service: str) -> set[str]:
    """The methods of a service that change records, as "service.method"."""
    own = {
        name
        for name, method in inspect.getmembers(service_class(service))
        if any(isinstance(one, Rpc) for one in getattr(method, "nameko_entrypoints", ()))
        and method.__module__.startswith("services.")
    }
    return {f"{service}.{name}" for name in own if not name.startswith(READS)} - ELSEWHERE


@pytest.fixture(scope="module")
def done(node: Node, eventually: Callable[..., Any]) -> Counter[str]:
    """What was done, and how often it succeeded."""
    run(node)
    copies = node.database("meetings")["replica_institution"]
    eventually(lambda: copies.count_documents({}) >= 40 and not waiting(node))
    found: Counter[str] = Counter()
    for seed in SEEDS:
        people = acts.People(node, seed)
        for act in (acts.actors, acts.meetings, acts.indicators):
            act(people)
        for act in (
            across.follow_up,
            across.verification,
            across.directory,
            across.validation,
            across.invitations_answered,
            across.attendance_kept,
            across.remarks_answered,
            desk.minutes_written,
            across.federation,
        ):
            act(people)
        eventually(lambda: node.every("notifications", "list_notifications", {"unread": True}))
        acts.notifications(people)
        found += people.done
    return found


def run(node: Node) -> None:
    """All services. The one that makes accounts for other nodes needs an authority, and an administrator's account."""
    Authority(node.home / "keys" / "federation").ensure(node.name)
    broker = node.surroundings
    address = urlsplit(broker.management)
    who = f"{quote(broker.user, safe='')}:{quote(broker.password, safe='')}"
    management = address._replace(netloc=f"{who}@{address.netloc}").geturl()
    node.run(*(one for one in SERVICES if one != "federation"))
    node.run("federation", GTM_AMQP_MANAGEMENT_URL=management)


def waiting(node: Node) -> int:
    return sum(node.database(service)["unsent"].count_documents({}) for service in SERVICES)


def test_every_command_of_the_platform_was_done(done: Counter[str]) -> None:
    every = set().union(*(commands(service) for service in SERVICES))
    assert {"actors.create_institution", "meetings.import_minutes", "notifications.read_notification"} <= every
    assert sorted(every - done.keys()) == []


@pytest.mark.parametrize("service", SERVICES)
def test_copies_made_of_events_are_the_records(
    node: Node, done: Counter[str], service: str, eventually: Callable[..., Any]
) -> None:
    # Consumers and mails go on changing records for a moment: then both sides are looked at again.
    assert eventually(lambda: compare(node, service)) > len(SEEDS)


def compare(node: Node, service: str) -> int:
    """How many records there are; each equals its copy, and has its events."""
    events = node.events(service)
    by_subject: dict[str, list[dict[str, Any]]] = {}
    for event in events:
        by_subject.setdefault(event["subject"], []).append(event)
    copies = copied(node, service, events)
    for id, own in by_subject.items():
        noun = own[0]["type"].split(".")[2]
        record = node.call(service, f"get_{noun}", {"id": id})
        versions = sorted(event["recordversion"] for event in own)
        assert versions == list(range(1, record["version"] + 1)), (noun, id)
        derived = beside(service, noun)
        assert derived <= record.keys(), (noun, id)
        assert copies[id] == {name: value for name, value in record.items() if name not in derived}, (noun, id)
    return len(by_subject)


@cache
def beside(service: str, noun: str) -> set[str]:
    """What the answer for a record declares to show beside what the noun's events tell; nothing of it is stored."""
    if noun not in PAGES:
        return set()
    told = set().union(*(event.names for event in events_of(service) if event.words[1] == noun))
    (kind,) = (one.kind for one in service_class(service).store.repository_kinds if one.noun == noun)
    derived = set(PAGES[noun]().dump_fields) - told
    untold = derived & {one.name for one in fields(kind)}
    assert not untold, f"stored, and no event tells of them: {untold}"
    return derived


def copied(node: Node, service: str, events: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """What copies come out of a log: by id, with the fields that the events' schemas have."""
    any_ = random.Random(service)
    mixed = [*events, *any_.sample(events, len(events) // 4)]
    any_.shuffle(mixed)
    database = node.database("scratch")
    tombstones = Tombstones(database, node.name)
    found: dict[str, dict[str, Any]] = {}
    for noun in {event["type"].split(".")[2] for event in events}:
        replica = type("Copies", (Replica,), {"noun": f"{service}_{noun}"})(database)
        replica.collection.drop()
        own = [as_received(service, event) for event in mixed if event["type"].split(".")[2] == noun]
        with database.client.start_session() as session:
            while own:
                batch = any_.randint(1, 20)
                for event in (one for one in own[:batch] if tells_withdrawal(one.type)):
                    replica.withdraw(event, tombstones, now(), session)
                replica.apply([one for one in own[:batch] if not tells_withdrawal(one.type)], tombstones, session)
                del own[:batch]
        for copy in replica.every():
            values = {name: value for name, value in copy.items() if name not in OF_COPIES}
            found[copy["_id"]] = {"id": copy["_id"], **values}
    return found


def as_received(service: str, envelope: dict[str, Any]) -> Event:
    """The event as a consumer of the service's events has it."""
    return read(write(envelope), events_of(service))


@pytest.mark.parametrize(
    ("consumer", "noun", "owner"),
    [
        ("meetings", "institution", "actors"),
        ("meetings", "group", "actors"),
        ("meetings", "merge", "actors"),
        ("indicators", "institution", "actors"),
        ("notifications", "institution", "actors"),
        ("notifications", "focal_point", "actors"),
        ("notifications", "group", "actors"),
        ("notifications", "meeting", "meetings"),
    ],
)
def test_copies_that_services_keep_are_the_records(
    node: Node, done: Counter[str], consumer: str, noun: str, owner: str, eventually: Callable[..., Any]
) -> None:
    def equal() -> bool:
        kept = {one["_id"]: one for one in node.database(consumer)[f"replica_{noun}"].find()}
        records = {one["id"]: one for one in node.every(owner, f"list_{noun}s")}
        assert kept.keys() == records.keys()
        for id, record in records.items():
            copy = {**kept[id], "id": id}
            derived = beside(owner, noun)
            told = {name: value for name, value in record.items() if name not in derived}
            assert {name: copy[name] for name in told} == told
        return True

    assert eventually(equal)


@pytest.mark.parametrize("service", SERVICES)
def test_the_trail_of_all_that_holds(
    node: Node, done: Counter[str], service: str, eventually: Callable[..., Any]
) -> None:
    """Whatever people do, nothing of it looks like tampering; looked at again while consumers go on."""
    assert eventually(lambda: verified(node, service)) >= 3 * len(SEEDS)


def verified(node: Node, service: str) -> int:
    """How much was looked at; nothing was found wrong."""
    checked, page = 0, dict[str, Any]()
    while not page or page["next_cursor"]:
        more = {"cursor": page["next_cursor"], "run": page["run"]} if page else {}
        page = node.call(service, "verify_trail", more)
        assert page["faults"] == []
        checked += page["checked"]
    return checked


def test_what_can_be_searched_is_what_is_there(node: Node, done: Counter[str], eventually: Callable[..., Any]) -> None:
    """The index of searches, after everything that people do, holds the words of the records and no others."""
    database = node.database("meetings")
    index = SearchIndex(node.home / "search" / f"{database.name}.sqlite3")

    def indexed() -> int:
        meetings = {one["_id"]: one for one in database["meetings"].find()}
        parts = [
            part
            for noun, collection in COLLECTIONS.items()
            for one in database[collection].find()
            for part in entries(noun, one, meetings.get(one.get("meeting_id")) if noun == "recommendation" else None)
        ]
        wanted = {(one.record, one.part): (one.noun, one.visibility, *_words(one)) for one in parts}
        assert index.entries() == wanted
        return len(wanted)

    assert eventually(indexed) > len(SEEDS)
    index.close()


def _words(part: Entry) -> tuple[str, ...]:
    return tuple(" ".join(stems(text)) for text in (part.title, part.decision, part.text))
