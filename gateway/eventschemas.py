"""JSON Schemas (2020-12) of what events carry: the envelope, and each type's data, as the contracts' schemas say.

They stay within what draft 7 understands as well, which is all that AsyncAPI tools promise to read, and forbid no
unknown field at any depth: receivers ignore what they do not know.
"""

from collections.abc import Iterable
from typing import Any, Final

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from marshmallow import Schema, fields

from chassis.contract.envelope import EventType
from gateway import openapi, portable

CHANGED: Final[dict[str, Any]] = {"type": "array", "items": {"type": "string"}}
"""The names of the fields that changed, in each event's data beside the record."""


class EnvelopeSchema(Schema):
    """A CloudEvent 1.0.2; `data` is the whole record after the change, with `changed`."""

    specversion = fields.String(required=True)
    id = fields.String(required=True)
    source = fields.String(required=True)
    type = fields.String(required=True)
    subject = fields.String(required=True)
    time = fields.String(required=True, metadata={"format": "date-time"})
    datacontenttype = fields.String(required=True)
    dataschema = fields.String(required=True)
    origin = fields.String(required=True)
    recordversion = fields.Integer(required=True)
    incarnation = fields.Integer(required=True)
    visibility = fields.String(required=True)
    actor = fields.String(required=True)
    correlationid = fields.String(required=True)
    causationid = fields.String()
    traceparent = fields.String()
    data = fields.Dict(required=True)


def data_schema(event: EventType, address: str) -> dict[str, Any]:
    """JSON Schema of an event's `data`: the record, and which of its fields changed."""
    plugin, spec = _converter()
    record = plugin.converter.schema2jsonschema(event.schema())  # type: ignore[union-attr]
    record["properties"]["changed"] = CHANGED
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": address,
        "title": event.name,
        "description": event.about,
        **_local(_open(portable.patterns(record))),
        "$defs": _local(_open(portable.patterns(spec.components.to_dict().get("schemas", {})))),
    }


def shared(kinds: Iterable[type[Schema]]) -> tuple[dict[type[Schema], dict[str, Any]], dict[str, Any]]:
    """A reference to each kind's schema, and the schemas referred to by name, as `components.schemas`."""
    plugin, spec = _converter()
    converter = plugin.converter
    references = {kind: dict(converter.resolve_nested_schema(kind())) for kind in kinds}  # type: ignore[union-attr]
    return references, _open(portable.patterns(spec.components.to_dict()["schemas"]))


def _converter() -> tuple[MarshmallowPlugin, APISpec]:
    plugin = MarshmallowPlugin(schema_name_resolver=openapi.Naming())
    return plugin, APISpec("", "", "3.1.0", plugins=[plugin])


def _open(value: Any) -> Any:
    """The same without the closed objects that the API's requests need."""
    if isinstance(value, dict):
        kept = {key: inner for key, inner in value.items() if (key, inner) != ("additionalProperties", False)}
        return {key: _open(inner) for key, inner in kept.items()}
    return [_open(inner) for inner in value] if isinstance(value, list) else value


def _local(value: Any) -> Any:
    """References into an OpenAPI document made references into this schema."""
    if isinstance(value, dict):
        return {
            key: inner.replace("#/components/schemas/", "#/$defs/") if key == "$ref" else _local(inner)
            for key, inner in value.items()
        }
    return [_local(inner) for inner in value] if isinstance(value, list) else value
