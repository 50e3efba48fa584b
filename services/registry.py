"""What the services publish to each other, in one place: event types, golden samples, queues.

Made of their contracts by name, so that a new event is in the catalogue (docs/events.md), in the AsyncAPI document and
among the checked schemas as soon as its contract declares it. For the gateway and tools; a service never reads it.
"""

import json
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from chassis.broker.topology import Subscription
from chassis.contract.envelope import EventType
from chassis.process.settings import SERVICES

HERE = Path(__file__).resolve().parent


@cache
def events_of(service: str) -> tuple[EventType, ...]:
    """The event types that a service publishes, in the order of its contract."""
    found: tuple[EventType, ...] = import_module(f"services.{service}.contract.events").EVENTS
    return found


@cache
def every_event() -> dict[str, EventType]:
    """All event types, by name."""
    return {event.name: event for service in SERVICES for event in events_of(service)}


@cache
def queues_of(service: str) -> tuple[Subscription, ...]:
    """The queues that a service consumes."""
    found: tuple[Subscription, ...] = import_module(f"services.{service}.contract.subscriptions").SUBSCRIPTIONS
    return found


def queues_for(event: EventType) -> list[Subscription]:
    """The queues that take events of a type."""
    return [queue for service in SERVICES for queue in queues_of(service) if queue.takes(event.name)]


def sample_file(event: EventType) -> Path:
    """Where the golden sample of a type is."""
    return HERE / event.words[0] / "contract" / "samples" / f"{event.name}.json"


def sample(event: EventType) -> dict[str, Any]:
    """The golden sample of a type: a whole CloudEvent."""
    found: dict[str, Any] = json.loads(sample_file(event).read_bytes())
    return found
