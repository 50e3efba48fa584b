"""The AsyncAPI document says what the contracts publish, and fits the AsyncAPI 3.0 schema."""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator, Draft202012Validator  # type: ignore[import-untyped]

from chassis.process.settings import SERVICES
from gateway.asyncapi import document
from services.registry import every_event, queues_of, sample

VENDOR = Path(__file__).resolve().parent / "vendor" / "asyncapi"
EVENTS = every_event()
QUEUES = {queue.queue: queue for service in SERVICES for queue in queues_of(service)}


@pytest.fixture(scope="module")
def made() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(json.dumps(document("central", SERVICES)))
    return found


@pytest.fixture(scope="module")
def checker() -> Draft7Validator:
    return Draft7Validator(json.loads((VENDOR / "3.0.0.json").read_bytes()))


def test_the_document_fits_the_schema_of_asyncapi(made: dict[str, Any], checker: Draft7Validator) -> None:
    assert [error.message for error in checker.iter_errors(made)] == []


@pytest.mark.parametrize(
    ("place", "wrong"),
    [
        (("operations", "receive.notifications.on_minutes", "action"), "get"),
        (("channels", "notifications.on_minutes", "bindings", "amqp", "is"), "inbox"),
        (("components", "messages", "gtm.meetings.minutes.adopted.v1", "examples"), {}),
        (("info", "title"), None),
    ],
)
def test_what_does_not_fit_is_seen(
    made: dict[str, Any], checker: Draft7Validator, place: tuple[str, ...], wrong: object
) -> None:
    spoilt = inside = deepcopy(made)
    for step in place[:-1]:
        inside = inside[step]
    inside[place[-1]] = wrong
    assert list(checker.iter_errors(spoilt))


def test_every_reference_leads_somewhere(made: dict[str, Any]) -> None:
    def walk(value: Any) -> None:
        if isinstance(value, dict):
            if isinstance(value.get("$ref"), str):
                target: Any = made
                for step in value["$ref"].removeprefix("#/").split("/"):
                    target = target[step]
            for inner in value.values():
                walk(inner)
        elif isinstance(value, list):
            for inner in value:
                walk(inner)

    walk(made)


def test_each_event_is_sent_and_each_queue_is_received_from(made: dict[str, Any]) -> None:
    addresses = {channel["address"]: channel for channel in made["channels"].values()}
    assert set(made["components"]["messages"]) == set(EVENTS)
    for event in EVENTS.values():
        channel = addresses[event.routing_key("{origin}", "{visibility}")]
        assert event.name in channel["messages"]
        assert channel["bindings"]["amqp"]["exchange"]["name"] == "gtm.events"
        assert made["operations"][f"send.{'.'.join(event.words[:3])}"]["action"] == "send"
    for name, queue in QUEUES.items():
        assert set(addresses[name]["messages"]) == {event.name for event in queue.events}
        bound = [{"exchange": exchange.name, "keys": keys} for exchange, keys in queue.bindings()]
        assert addresses[name]["x-bound-to"] == bound
        assert made["operations"][f"receive.{name}"]["action"] == "receive"
    assert len(made["operations"]) == len(made["channels"]) == len(addresses)


@pytest.mark.parametrize("name", sorted(EVENTS))
@pytest.mark.parametrize("dialect", [Draft7Validator, Draft202012Validator])
def test_golden_samples_fit_the_payloads_in_both_dialects(made: dict[str, Any], name: str, dialect: Any) -> None:
    payload = {**made["components"]["messages"][name]["payload"], "components": made["components"]}
    dialect.check_schema(payload)
    validator = dialect(payload, format_checker=dialect.FORMAT_CHECKER)
    assert [error.message for error in validator.iter_errors(sample(EVENTS[name]))] == []
    assert made["components"]["messages"][name]["examples"][0]["payload"] == sample(EVENTS[name])


def test_payloads_refuse_another_type_and_forgive_unknown_fields(made: dict[str, Any]) -> None:
    name = "gtm.meetings.minutes.adopted.v1"
    payload = {**made["components"]["messages"][name]["payload"], "components": made["components"]}
    event = sample(EVENTS[name])
    event["data"]["of_a_later_year"] = event["data"]["agenda"][0]["of_a_later_year"] = 1
    assert Draft7Validator(payload).is_valid(event)
    assert not Draft7Validator(payload).is_valid({**event, "type": "gtm.meetings.minutes.archived.v1"})
    assert not Draft7Validator(payload).is_valid({**event, "data": {**event["data"], "state": "lost"}})


def test_a_node_describes_only_the_services_that_run_on_it() -> None:
    made = document("agadez", ["meetings"])
    assert made["id"] == "urn:gtm:node:agadez"
    assert {name.split(".")[1] for name in made["operations"]} == {"meetings"}
    received = made["channels"]["meetings.on_institution"]["messages"]
    assert "gtm.actors.institution.changed.v1" in received
    assert set(received) < set(made["components"]["messages"])


def test_every_process_makes_the_same_bytes() -> None:
    assert json.dumps(document("central", SERVICES)) == json.dumps(document("central", SERVICES))
