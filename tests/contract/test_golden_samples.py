"""Each event that a contract declares has a golden sample, which is never edited and can be read for ever."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from marshmallow import RAISE, Schema
from marshmallow.fields import List, Nested

from chassis.contract.envelope import EventType, read
from chassis.contract.upcast import Upcast, split
from chassis.process.settings import SERVICES
from tests.contract.make_samples import declared, examples, folder

DECLARED = {service: declared(service) for service in SERVICES}
EVENTS = [event for events in DECLARED.values() for event in events.values()]
SAMPLES = {path.stem: path for service in SERVICES for path in sorted(folder(service).glob("*.json"))}


def strict(schema: Schema) -> Schema:
    """The schema with unknown fields refused at every depth."""
    schema.unknown = RAISE
    for field in schema.fields.values():
        inner = field.inner if isinstance(field, List) else field
        if isinstance(inner, Nested):
            strict(inner.schema)
    return schema


def sample_of(event: EventType) -> Path:
    return folder(event.words[0]) / f"{event.name}.json"


def test_no_sample_is_of_an_event_that_nobody_reads():
    assert [name for name in SAMPLES if all(event.steps_from(name) is None for event in EVENTS)] == []


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_of_any_age_is_read_in_the_version_of_today(name):
    found = read(SAMPLES[name].read_bytes(), EVENTS)
    assert split(found.type)[0] == split(name)[0]
    assert found.type in {event.name for event in EVENTS}


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.name)
def test_a_sample_will_be_read_two_versions_from_now(event):
    stem, version = split(event.name)
    steps = (*event.upcasts, Upcast(version, lambda data: {**data, "seen": ["v2"]}), Upcast(version + 1, _seen_again))
    later = replace(event, name=f"{stem}.v{version + 2}", upcasts=steps)
    body = sample_of(event).read_bytes()
    found = read(body, [later])
    assert found.type == later.name
    assert found.data == {**read(body, [event]).data, "seen": ["v2", "v3"]}


def _seen_again(data):
    return {**data, "seen": [*data["seen"], "v3"]}


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.name)
def test_each_event_has_a_sample_that_consumers_read(event):
    body = sample_of(event).read_bytes()
    found = read(body, [event])
    assert found.type == event.name
    assert found.subject == found.data["id"]
    assert (found.origin, found.recordversion) == (found.data["origin"], found.data["version"])
    assert found.visibility == found.data["visibility"]
    assert found.source == f"/nodes/{found.origin}/{event.words[0]}"


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.name)
def test_no_field_that_a_sample_has_was_removed_or_renamed(event):
    data = json.loads(sample_of(event).read_bytes())["data"]
    changed = data.pop("changed")
    strict(event.schema()).load(data)
    assert set(changed) <= event.names


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.name)
def test_a_reader_ignores_what_it_does_not_know(event):
    envelope = json.loads(sample_of(event).read_bytes())
    envelope["data"]["field_of_a_later_year"] = {"deep": [1]}
    envelope["laterextension"] = "x"
    assert read(json.dumps(envelope).encode(), EVENTS).type == event.name


@pytest.mark.parametrize("service", SERVICES)
def test_the_examples_tell_of_every_event(service):
    assert examples(service).keys() == DECLARED[service].keys()
