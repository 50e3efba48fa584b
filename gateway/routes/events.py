"""Addresses of the log of events, of the schemas of what events carry, and of the description of all of it."""

import orjson
from flask import Response

from chassis.contract.schema import Instant, PageQuery, Text, load, maybe
from chassis.kernel.clock import rfc3339
from chassis.kernel.errors import NotFoundError
from gateway import asyncapi, context, etag, eventlog, openapi
from gateway.eventschemas import EnvelopeSchema, data_schema
from gateway.query import check_names, page_query
from gateway.table import blueprint, own
from gateway.views import json_response
from services.registry import every_event

CATALOGUE = every_event()


class EventFilterSchema(PageQuery):
    """Which events: of exactly this type, of this record, since this instant."""

    type = maybe(Text, 200)
    subject = maybe(Text, 100)
    since = maybe(Instant)


def list_events() -> Response:
    """GET /events."""
    settings = context.settings()
    query = load(EventFilterSchema(), page_query(EventFilterSchema()))
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


def describe_events() -> Response:
    """GET /asyncapi.json, made once per process."""
    check_names(())
    extension = context.extension()
    if "asyncapi" not in extension:
        node = context.settings().node
        extension["asyncapi"] = orjson.dumps(asyncapi.document(node.node, node.services))
    response = Response(extension["asyncapi"], mimetype="application/json")
    return etag.conditional(response, etag.of_bytes(response.get_data()))


PAGE = openapi.page_of(EnvelopeSchema)
PAGE["required"].append("follow")
PAGE["properties"]["follow"] = {"type": "string", "description": "D’où reprendre plus tard, aussi depuis la fin"}
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
            description="Dans l’ordre où ils sont devenus lisibles. Pour suivre le journal : donner `follow` dans "
            "`cursor` à la demande suivante, aussi souvent qu’on veut ; aucun événement n’est manqué.",
            parameters=[*openapi.PAGING, {"in": "query", "schema": FILTERS}],
            responses={"200": openapi.answer("Une page du journal", PAGE)} | openapi.problems("304"),
        ),
        own(
            "GET",
            "/schemas/<type>",
            get_schema,
            "Le schéma JSON de ce que porte un type d’événement",
            responses={"200": openapi.answer("Le schéma", {"type": "object"}, "application/schema+json")}
            | openapi.problems("304", "404"),
        ),
        own(
            "GET",
            "/asyncapi.json",
            describe_events,
            "Ce que les services de ce nœud publient et consomment, en AsyncAPI 3",
            responses={"200": openapi.answer("Le document AsyncAPI", {"type": "object"})} | openapi.problems("304"),
        ),
    ),
)
