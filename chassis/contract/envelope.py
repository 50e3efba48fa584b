"""CloudEvents 1.0.2 in structured JSON: how an event is declared, built, written and read (docs/events.md)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from functools import cached_property
from typing import Any

import orjson
from cloudevents.core.exceptions import CloudEventValidationError
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from marshmallow import EXCLUDE, Schema, ValidationError
from marshmallow.fields import List, Nested

from chassis.contract.upcast import LiftError, Upcast, check_steps, complete, lift, split
from chassis.kernel.clock import rfc3339
from chassis.kernel.ids import new_id
from chassis.kernel.principal import Caller
from chassis.kernel.record import Record

CONTENT_TYPE = "application/cloudevents+json"
LONGEST_ATTRIBUTE = 255  # bytes: they travel on as AMQP properties and headers, which hold no more
LARGEST_NUMBER = 2**53  # what every reader of JSON has exactly
_MISFIT = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError)
"""What reading may raise when a message is not what it should be."""


class UnreadableEventError(Exception):
    """A message that can never be handled: not a CloudEvent, wrong shape, unknown version."""


class ConflictingEventError(UnreadableEventError):
    """Another content for a version of a record that was told already: its node ran twice, or somebody forges."""


@dataclass(frozen=True)
class EventType:
    """A kind of event, declared once: its name, the schema of the whole record, and a paragraph for readers.

    `upcasts` are the steps that lead older versions to the one in the name, oldest first.
    """

    name: str
    schema: type[Schema]
    about: str
    upcasts: tuple[Upcast, ...] = ()

    def __post_init__(self) -> None:
        """Raises: ValueError when the name is ill-formed or a step is missing."""
        check_steps(self.name, self.upcasts)

    @cached_property
    def words(self) -> tuple[str, str, str, str]:
        """service, noun, past participle, version: ("meetings", "minutes", "adopted", "v1")."""
        _, service, noun, participle, version = self.name.split(".")
        return service, noun, participle, version

    def steps_from(self, name: str) -> tuple[Upcast, ...] | None:
        """The steps that lift events of the type of that name to this one; None when no way leads here."""
        (stem, version), (mine, latest) = split(name), split(self.name)
        short = latest - version
        if stem != mine or not 0 <= short <= len(self.upcasts):
            return None
        return self.upcasts[len(self.upcasts) - short :]

    def routing_key(self, origin: str, visibility: str) -> str:
        """<origin>.<visibility>.<service>.<noun>.<participle>"""
        service, noun, participle, _ = self.words
        return f"{origin}.{visibility}.{service}.{noun}.{participle}"

    @cached_property
    def reader(self) -> Schema:
        """The schema as a receiver uses it: unknown fields are ignored at every depth."""
        return _tolerant(self.schema())

    @cached_property
    def names(self) -> frozenset[str]:
        """The fields that the schema declares."""
        return frozenset(self.schema().dump_fields)


@dataclass(frozen=True, kw_only=True)
class Event:
    """An event as a consumer gets it: `data` is the whole record as JSON values, checked against its schema.

    `type` and `data` are of the version that the consumer declares, whichever was sent.
    """

    id: str
    type: str
    source: str
    subject: str
    time: str
    origin: str
    recordversion: int
    incarnation: int
    visibility: str
    actor: str
    correlationid: str
    data: dict[str, Any]
    raw: bytes = field(default=b"", repr=False, compare=False)
    """The message as it was sent, for those who pass it on or keep it."""
    replay: str | None = None
    """The run that sends it again, if an operator does; it is then applied once more, its version permitting."""
    in_parcel: bool = False
    """Whether it came in a parcel: another node sends what this one lacks, which may be long past."""


def build(
    event: EventType, record: Record, before: Record | None, caller: Caller, at: datetime, place: "Place"
) -> dict[str, Any]:
    """The envelope of what just happened to a record, as a JSON-ready dict.

    Raises: ValueError when the record has a field that the contract does not declare (a strict sender).
    """
    undeclared = {item.name for item in fields(record)} - event.names
    if undeclared:
        raise ValueError(f"{event.name} does not declare {sorted(undeclared)}")
    return wrap(event, record, _changed(record, before), caller, at, place)


def wrap(
    event: EventType, record: Record, changed: Sequence[str], caller: Caller, at: datetime, place: "Place"
) -> dict[str, Any]:
    """The envelope with what the event's schema declares of a record."""
    data: dict[str, Any] = dict(event.schema().dump(record))
    data["changed"] = list(changed)
    service = event.words[0]
    envelope = {
        "specversion": "1.0",
        "id": new_id(),
        "source": f"/nodes/{place.node}/{service}",
        "type": event.name,
        "subject": record.id,
        "time": rfc3339(at),
        "datacontenttype": "application/json",
        "dataschema": f"{place.public_url}/api/v1/schemas/{event.name}",
        "origin": record.origin,
        "recordversion": record.version,
        "incarnation": place.incarnation,
        "visibility": record.visibility,
        "actor": caller.principal.account_id,
        "correlationid": caller.correlation_id,
        "data": data,
    }
    if caller.causation_id:
        envelope["causationid"] = caller.causation_id
    if caller.traceparent:
        envelope["traceparent"] = caller.traceparent
    return envelope


@dataclass(frozen=True)
class Place:
    """Where events are made: the node, its public address, and how often it was restored from a backup."""

    node: str
    public_url: str
    incarnation: int = 1


def write(envelope: dict[str, Any]) -> bytes:
    """The envelope as the bytes of a message."""
    return orjson.dumps(envelope)


def routing_key(envelope: dict[str, Any], to: str | None = None) -> str:
    """<origin>.<visibility>.<service>.<noun>.<participle>, and whom alone it is for, if not all."""
    service, noun, participle = envelope["type"].split(".")[1:4]
    key = f"{envelope['origin']}.{envelope['visibility']}.{service}.{noun}.{participle}"
    return f"{key}.{to}" if to else key


def read(body: bytes, known: Iterable[EventType]) -> Event:
    """The event in a message, lifted to the version known. Unknown fields are ignored. Raises: UnreadableEventError."""
    try:
        cloud = JSONFormat().read(CloudEvent, body)
        attributes, sent = cloud.get_attributes(), cloud.get_data()
        kind, steps = _reader_of(str(attributes["type"]), list(known))
    except (CloudEventValidationError, *_MISFIT) as error:
        raise UnreadableEventError(f"not a CloudEvent: {str(error)[:300]}") from error
    if not isinstance(sent, dict):
        raise UnreadableEventError("data is not an object")
    try:
        data = lift(sent, steps)
        kind.reader.load(data)
        complete(data, kind.reader)
        return Event(
            id=_text(attributes, "id"),
            type=kind.name,
            source=_text(attributes, "source"),
            subject=_text(attributes, "subject"),
            time=rfc3339(attributes["time"]),
            origin=_text(attributes, "origin"),
            recordversion=_whole(attributes, "recordversion"),
            incarnation=_whole(attributes, "incarnation"),
            visibility=_text(attributes, "visibility"),
            actor=_text(attributes, "actor"),
            correlationid=_text(attributes, "correlationid"),
            data=data,
            raw=body,
        )
    except LiftError as error:
        raise UnreadableEventError(f"{attributes['type']}: {error}") from error
    except ValidationError as error:
        raise UnreadableEventError(f"data does not fit {kind.name}: {sorted(map(str, error.messages_dict))}") from error
    except _MISFIT as error:
        raise UnreadableEventError(f"attribute missing or of the wrong kind: {error}") from error


def _reader_of(name: str, known: Sequence[EventType]) -> tuple[EventType, tuple[Upcast, ...]]:
    """Who reads events of a type, and the steps to there: the fewest, where several versions are known."""
    for one in known:
        if one.name == name:
            return one, ()
    ways = [(one, steps) for one in known if (steps := one.steps_from(name)) is not None]
    if ways:
        return min(ways, key=lambda way: len(way[1]))
    others = [one.name for one in known if split(one.name)[0] == split(name)[0]]
    if others:
        raise UnreadableEventError(f"{name!a} cannot be lifted to {' or '.join(others)}")
    raise UnreadableEventError(f"unknown type {name!a}")


def _tolerant(schema: Schema) -> Schema:
    schema.unknown = EXCLUDE
    for one in schema.fields.values():
        inner = one.inner if isinstance(one, List) else one
        if isinstance(inner, Nested):
            _tolerant(inner.schema)
    return schema


def declared(event: Event, known: Iterable[EventType]) -> dict[str, Any]:
    """The event's data without what its schema does not declare, at every depth: what is kept of it is known stuff."""
    (kind,) = (one for one in known if one.name == event.type)
    return {**_declared(event.data, kind.reader), "changed": _names(event.data.get("changed"))}


def _declared(data: Any, schema: Schema) -> Any:
    if not isinstance(data, dict):
        return data
    kept = {name: data[name] for name in schema.load_fields if name in data}
    for name, one in schema.load_fields.items():
        if name in kept and isinstance(one, Nested):
            kept[name] = _declared(kept[name], one.schema)
        elif name in kept and isinstance(one, List) and isinstance(one.inner, Nested) and kept[name]:
            kept[name] = [_declared(item, one.inner.schema) for item in kept[name]]
    return kept


def _names(value: Any) -> list[str]:
    """The names of the fields that changed, as far as they are names."""
    return [name for name in value if isinstance(name, str) and name.isidentifier()] if isinstance(value, list) else []


def _changed(record: Record, before: Record | None) -> list[str]:
    names = [item.name for item in fields(record) if item.name not in ("version", "updated_at", "updated_by")]
    return [name for name in names if before is None or getattr(record, name) != getattr(before, name)]


def _text(attributes: dict[str, Any], name: str) -> str:
    value = attributes[name]
    if not isinstance(value, str) or not 0 < len(value.encode()) <= LONGEST_ATTRIBUTE or not value.isprintable():
        raise TypeError(name)
    return value


def _whole(attributes: dict[str, Any], name: str) -> int:
    value = attributes[name]
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= LARGEST_NUMBER:
        raise TypeError(name)
    return value
