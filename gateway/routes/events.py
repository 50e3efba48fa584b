"""Addresses of the log of events, and of the schemas of what events carry."""

from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Response
from marshmallow import Schema, fields

from chassis.envelope import EventType
from chassis.kernel.clock import rfc3339
from chassis.kernel.errors import NotFoundError
from chassis.schema import Instant, PageQuery, Text, load, maybe
from gateway import context, etag, eventlog, openapi, portable
from gateway.query import check_names, page_query
from gateway.table import blueprint, own
from gateway.views import json_response
from services.actors.contract.events import EVENTS as ACTORS
from services.indicators.contract.events import EVENTS as INDICATORS
from services.meetings.contract.events import EVENTS as MEETINGS
from services.notifications.contract.events import EVENTS as NOTIFICATIONS

CATALOGUE: dict[str, EventType] = {event.name: event for event in (*ACTORS, *MEETINGS, *INDICATORS, *NOTIFICATIONS)}


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


class EventFilterSchema(PageQuery):
    """Which events: of exactly this type, of this record, since this instant."""

    type = maybe(Text, 200)
    subject = maybe(Text, 100)
    since = maybe(Instant)


def list_events() -> Response:
    """GET /events."""
    settings = context.settings()
    given = page_query(EventFilterSchema())
    if "since" in given:
        given["since"] = given["since"].replace(" ", "+")  # what a "+" becomes in an address
    query = load(EventFilterSchema(), given)
    query["since"] = query["since"] and rfc3339(query["since"])
    page = eventlog.page(context.rpc(), settings.node.services, query, context.call_context(), settings.call_seconds)
    response = json_response(page)
    return etag.conditional(response, etag.of_bytes(response.get_data()))


def get_schema(type: str) -> Response:
    """GET /schemas/<type>."""
    check_names(())
    event = CATALOGUE.get(type)
    if event is None:
        raise NotFoundError("unknown-event-type", None, {"type": type[:100]})
    address = f"{context.settings().node.public_url}/api/v1/schemas/{type}"
    response = json_response(data_schema(event, address))
    response.mimetype = "application/schema+json"
    return etag.conditional(response, etag.of_bytes(response.get_data()))


def data_schema(event: EventType, address: str) -> dict[str, Any]:
    """JSON Schema (2020-12) of an event's `data`: the record, and which of its fields changed."""
    plugin = MarshmallowPlugin(schema_name_resolver=openapi.Naming())
    spec = APISpec("", "", "3.1.0", plugins=[plugin])
    record = plugin.converter.schema2jsonschema(event.schema())  # type: ignore[union-attr]
    record.pop("additionalProperties", None)  # receivers ignore what they do not know
    record["properties"]["changed"] = {"type": "array", "items": {"type": "string"}}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": address,
        "title": event.name,
        "description": event.about,
        **_local(portable.patterns(record)),
        "$defs": _local(portable.patterns(spec.components.to_dict().get("schemas", {}))),
    }


def _local(value: Any) -> Any:
    """References into an OpenAPI document made references into this schema."""
    if isinstance(value, dict):
        return {
            key: inner.replace("#/components/schemas/", "#/$defs/") if key == "$ref" else _local(inner)
            for key, inner in value.items()
        }
    return [_local(inner) for inner in value] if isinstance(value, list) else value


FILTERS = EventFilterSchema(only=("type", "subject", "since"))
TABLE = blueprint(
    "Événements",
    "Le journal de ce nœud, en CloudEvents",
    (
        own(
            "GET",
            "/events",
            list_events,
            "Le journal des événements de ce nœud, du plus ancien au plus récent",
            parameters=[*openapi.PAGING, {"in": "query", "schema": FILTERS}],
            responses={"200": openapi.answer("Une page du journal", openapi.page_of(EnvelopeSchema))}
            | openapi.problems("304"),
        ),
        own(
            "GET",
            "/schemas/<type>",
            get_schema,
            "Le schéma JSON de ce que porte un type d’événement",
            responses={"200": openapi.answer("Le schéma", {"type": "object"}, "application/schema+json")}
            | openapi.problems("304", "404"),
        ),
    ),
)
