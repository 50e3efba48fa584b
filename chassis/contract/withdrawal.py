"""Tombstones: a record that became less visible is forgotten wherever it had come (docs/events.md).

`gtm.<service>.<noun>.withdrawn.v1` goes out in the commit that makes the record internal, just before the event of that
change, which stays on its node. It has a version of its own between the two, the visibility that the record had, so
that it travels as far, and nothing of the record but its id. Whoever takes events of a noun declares its tombstone too.
"""

from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any

from marshmallow import EXCLUDE

from chassis.contract.envelope import EventType, Place, wrap
from chassis.contract.schema import Choice, Id, Part, Text, Whole
from chassis.kernel.principal import Caller
from chassis.kernel.record import FEDERATED, Record

PARTICIPLE = "withdrawn"


class WithdrawnSchema(Part):
    """What is left of a record that other nodes have to forget."""

    class Meta:
        unknown = EXCLUDE

    id = Id(required=True)
    origin = Text(40, required=True)
    version = Whole(1, 2**53, required=True)
    visibility = Choice(*FEDERATED, required=True, metadata={"description": "how far the record had travelled"})


@cache
def withdrawn(service: str, noun: str) -> EventType:
    """The type of a noun's tombstones."""
    about = "Other nodes forget the record: it is internal from its next version on. Nothing of it is told but its id."
    return EventType(f"gtm.{service}.{noun}.{PARTICIPLE}.v1", WithdrawnSchema, about)


def tells_withdrawal(type: str) -> bool:
    """Whether events of the type of that name are tombstones."""
    return type.split(".")[3:4] == [PARTICIPLE]


def withdrawal(
    event: EventType, before: Record, caller: Caller, at: datetime, place: Place
) -> tuple[str, dict[str, Any]]:
    """Routing key and envelope of the tombstone of a record, as it was before `event` made it internal."""
    kind = withdrawn(*event.words[:2])
    buried = replace(before, version=before.version + 1)
    envelope = wrap(kind, buried, ["visibility"], caller, at, place)
    return kind.routing_key(buried.origin, buried.visibility), envelope
