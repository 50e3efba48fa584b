"""What a tombstone says, and when there is one."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from chassis.contract.envelope import Event, Place, UnreadableEventError, read, write
from chassis.contract.withdrawal import tells_withdrawal, withdrawal, withdrawn
from chassis.kernel.principal import Caller
from chassis.kernel.record import narrows
from chassis.process.settings import SERVICES
from chassis.storage.tombstones import Known
from services.actors.contract.events import GROUP_CHANGED, GROUP_WITHDRAWN
from services.actors.domain.group import Group
from services.registry import events_of, queues_of

AT = datetime(2026, 3, 1, tzinfo=UTC)
NO_TOMBSTONES = {("federation", "node"), ("federation", "pulse")}  # who belongs is known to all; pulses are not kept
GROUP = Group(
    id="01946f2a-0000-7000-8000-000000000010",
    origin="agadez",
    version=4,
    visibility="gtm",
    created_at=AT,
    created_by="a",
    updated_at=AT,
    updated_by="a",
    name="X",
)
PLACE = Place("agadez", "http://localhost", 2)


def tombstone() -> Event:
    caller = Caller(correlation_id="c")
    _, envelope = withdrawal(GROUP_CHANGED, replace(GROUP, note="secret"), caller, AT, PLACE)
    return read(write(envelope), [GROUP_WITHDRAWN])


def test_it_has_the_next_version_the_old_visibility_and_nothing_of_the_record() -> None:
    event = tombstone()
    assert (event.type, event.recordversion, event.incarnation) == (GROUP_WITHDRAWN.name, 5, 2)
    assert event.visibility == "gtm"
    told = {"id": GROUP.id, "origin": "agadez", "version": 5, "visibility": "gtm", "changed": ["visibility"]}
    assert event.data == told
    assert b"secret" not in event.raw


@pytest.mark.parametrize(
    ("before", "after", "is_one"),
    [
        ("public", "internal", True),
        ("gtm", "internal", True),
        ("public", "gtm", False),  # whoever had it has it still
        ("internal", "gtm", False),
        ("internal", "internal", False),
    ],
)
def test_there_is_one_when_others_may_not_have_it_any_more(before: str, after: str, is_one: bool) -> None:
    assert narrows(replace(GROUP, visibility=before), replace(GROUP, visibility=after)) is is_one


def test_versions_decide_and_only_the_owner_speaks() -> None:
    event = tombstone()
    assert Known("agadez", (2, 4)).is_older_than(event)
    assert Known("agadez", (1, 9)).is_older_than(event)
    assert not Known("agadez", (2, 5)).is_older_than(event)
    assert not Known("agadez", (3, 1)).is_older_than(event)
    with pytest.raises(UnreadableEventError, match="forged"):
        Known("zinder", (1, 1)).is_older_than(event)


def test_whoever_hears_a_noun_of_other_nodes_hears_that_it_was_withdrawn() -> None:
    hearing = [queue for service in SERVICES for queue in queues_of(service) if queue.hears != "own"]
    assert hearing
    published = {event.name for service in SERVICES for event in events_of(service)}
    for queue in hearing:
        nouns = {event.words[:2] for event in queue.events} - NO_TOMBSTONES
        gone = {event.words[:2] for event in queue.events if tells_withdrawal(event.name)}
        assert gone == nouns, queue.queue
        assert {withdrawn(*noun).name for noun in nouns} <= published
