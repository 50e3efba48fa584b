"""Every event that a service takes from other nodes makes a record of the service's own code, whatever it lacks."""

import importlib

import orjson
import pytest

from chassis.contract.envelope import UnreadableEventError, read
from chassis.contract.withdrawal import tells_withdrawal
from chassis.process.settings import SERVICES
from chassis.storage.foreign import as_record
from chassis.storage.repository import Repository
from services.registry import queues_of, sample

INBOUND = [queue for service in SERVICES for queue in queues_of(service) if queue.hears == "others"]
EVENTS = [(queue, event) for queue in INBOUND for event in queue.events if not tells_withdrawal(event.name)]


def repository(service: str, noun: str) -> type[Repository]:
    store = importlib.import_module(f"services.{service}.service").SERVICE.store
    (found,) = (one for one in store.repository_kinds if one.noun == noun)
    return found  # type: ignore[no-any-return] # a class attribute of nameko services


def test_every_service_that_publishes_to_other_nodes_hears_them():
    assert {queue.service for queue in INBOUND} >= {"actors", "meetings", "indicators"}


def as_it_was_said(told, said):
    """Without what an older event does not say yet, at any depth, which has to be empty."""
    if isinstance(told, dict) and isinstance(said, dict):
        assert not [value for name, value in told.items() if name not in said and value]
        return {name: as_it_was_said(value, said[name]) for name, value in told.items() if name in said}
    if isinstance(told, list) and isinstance(said, list) and len(told) == len(said):
        return [as_it_was_said(*pair) for pair in zip(told, said, strict=True)]
    return told


@pytest.mark.parametrize(("queue", "event"), EVENTS, ids=[event.name for _, event in EVENTS])
def test_a_sample_becomes_the_record_that_made_it(queue, event):
    envelope = sample(event)
    read_back = read(orjson.dumps(envelope), queue.events)
    kind = repository(queue.service, event.words[1]).kind
    record = as_record(read_back, {one.name: one for one in queue.events}, kind)
    told = dict(event.schema().dump(record))
    said = {name: value for name, value in envelope["data"].items() if name in told}
    assert as_it_was_said(told, said) == said


@pytest.mark.parametrize(("queue", "event"), EVENTS[:1], ids=["one"])
def test_an_event_without_what_every_record_has_is_refused(queue, event):
    envelope = sample(event)
    del envelope["data"]["created_by"]
    with pytest.raises(UnreadableEventError, match="created_by"):
        body = orjson.dumps(envelope)
        as_record(
            read(body, queue.events),
            {one.name: one for one in queue.events},
            repository(queue.service, event.words[1]).kind,
        )
