"""CloudEvents 1.0.2 in structured JSON: how an event is declared, built, written and read (docs/events.md)."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from functools import cached_property
from typing import Any

import orjson
from cloudevents.core.exceptions import CloudEventValidationError
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from marshmallow import EXCLUDE, Schema, ValidationError
from marshmallow.fields import List, Nested

from chassis.kernel.clock import rfc3339
from chassis.kernel.ids import new_id
from chassis.kernel.principal import Caller
from chassis.kernel.record import Record

CONTENT_TYPE = "application/cloudevents+json"


class UnreadableEventError(Exception):
    """A message that can never be handled: not a CloudEvent, wrong shape, unknown version."""


@dataclass(frozen=True)
class EventType:
    """A kind of event, declared once: its name, the schema of the whole record, and a paragraph for readers."""

    name: str
    schema: type[Schema]
    about: str

    @cached_property
    def words(self) -> tuple[str, str, str, str]:
        """service, noun, past participle, version: ("meetings", "minutes", "adopted", "v1")."""
        prefix, service, noun, participle, version = self.name.split(".")
        if prefix != "gtm":
            raise ValueError(self.name)
        return service, noun, participle, version

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
    """An event as a consumer gets it: `data` is the whole record as JSON values, checked against its schema."""

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
    replay: str | None = None
    """The run that sends it again, if an operator does; it is then applied once more, its version permitting."""


def build(
    event: EventType, record: Record, before: Record | None, caller: Caller, at: datetime, place: "Place"
) -> dict[str, Any]:
    """The envelope of what just happened to a record, as a JSON-ready dict.

    Raises: ValueError when the record has a field that the contract does not declare (a strict sender).
    """
    undeclared = {item.name for item in fields(record)} - event.names
    if undeclared:
        raise ValueError(f"{event.name} does not declare {sorted(undeclared)}")
    data: dict[str, Any] = dict(event.schema().dump(record))
    data["changed"] = _changed(record, before)
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


def read(body: bytes, known: Iterable[EventType]) -> Event:
    """The event in a message. Unknown fields are ignored. Raises: UnreadableEventError."""
    try:
        cloud = JSONFormat().read(CloudEvent, body)
        attributes, data = cloud.get_attributes(), cloud.get_data()
    except (CloudEventValidationError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise UnreadableEventError(f"not a CloudEvent: {error}") from error
    kind = next((one for one in known if one.name == attributes["type"]), None)
    if kind is None:
        raise UnreadableEventError(f"unknown type {attributes['type']}")
    if not isinstance(data, dict):
        raise UnreadableEventError("data is not an object")
    try:
        kind.reader.load(data)
        return Event(
            id=_text(attributes, "id"),
            type=_text(attributes, "type"),
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
        )
    except ValidationError as error:
        raise UnreadableEventError(f"data does not fit {kind.name}: {sorted(error.messages_dict)}") from error
    except (KeyError, TypeError, AttributeError) as error:
        raise UnreadableEventError(f"attribute missing or of the wrong kind: {error}") from error


def _tolerant(schema: Schema) -> Schema:
    schema.unknown = EXCLUDE
    for field in schema.fields.values():
        inner = field.inner if isinstance(field, List) else field
        if isinstance(inner, Nested):
            _tolerant(inner.schema)
    return schema


def _changed(record: Record, before: Record | None) -> list[str]:
    names = [item.name for item in fields(record) if item.name not in ("version", "updated_at", "updated_by")]
    return [name for name in names if before is None or getattr(record, name) != getattr(before, name)]


def _text(attributes: dict[str, Any], name: str) -> str:
    value = attributes[name]
    if not isinstance(value, str) or not value:
        raise TypeError(name)
    return value


def _whole(attributes: dict[str, Any], name: str) -> int:
    value = attributes[name]
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise TypeError(name)
    return value
