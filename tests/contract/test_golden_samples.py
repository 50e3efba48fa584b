"""Each event that a contract declares has a golden sample, which is never edited and can be read for ever."""

import json
from pathlib import Path

import pytest
from marshmallow import RAISE, Schema
from marshmallow.fields import List, Nested

from chassis.envelope import EventType, read
from chassis.settings import SERVICES
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


def test_no_sample_is_of_an_event_that_nobody_declares():
    assert sorted(SAMPLES.keys() - {event.name for event in EVENTS}) == []


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
