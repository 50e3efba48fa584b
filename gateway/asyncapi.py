"""What this node says and hears on its broker, AsyncAPI 3.0: made from the event types and queues of the contracts.

A routing key is a channel and a queue is a channel: a service sends to the first kind and receives from the second.
"""

from collections.abc import Sequence
from typing import Any, Final

from chassis.broker.topology import EVENTS, Subscription, consumer_queue
from chassis.contract.bodies import DEFLATED, PLAIN
from chassis.contract.envelope import CONTENT_TYPE, EventType
from chassis.contract.schema import VISIBILITIES
from chassis.process.metrics import VERSION
from gateway.eventschemas import CHANGED, EnvelopeSchema, shared
from services import registry

Part = dict[str, Any]
BINDING: Final = "0.3.0"  # of the AMQP bindings
DESCRIPTION: Final = (
    "Ce que les services de ce nœud publient et consomment sur son courtier RabbitMQ, en CloudEvents 1.0.2 (JSON). "
    "Le courtier n’est ouvert qu’aux services du nœud et aux nœuds liés ; le journal des événements se lit aussi par "
    "`GET /api/v1/events`. — What the services of this node publish and consume on its broker; also readable by "
    "`GET /api/v1/events`. Un corps qui peut quitter le nœud est compressé dès qu’il y gagne : la propriété "
    "`content_encoding` dit `deflate` (zlib) ou `utf-8`. — A body that may leave the node is compressed where that "
    "makes it smaller: the property `content_encoding` says `deflate` (zlib) or `utf-8`."
)
PARAMETERS: Final[dict[str, Part]] = {
    "origin": {
        "description": "Le nœud où l’enregistrement est né — the node that owns the record",
        "location": "$message.payload#/origin",
    },
    "visibility": {
        "description": "Jusqu’où l’événement voyage — how far the event travels",
        "enum": list(VISIBILITIES),
        "location": "$message.payload#/visibility",
    },
}


def document(node: str, services: Sequence[str]) -> Part:
    """The AsyncAPI document of a node on which these services run."""
    sent = [event for service in services for event in registry.events_of(service)]
    queues = [queue for service in services for queue in registry.queues_of(service)]
    known = {event.name: event for event in [*sent, *(event for queue in queues for event in queue.events)]}
    references, schemas = shared(dict.fromkeys((EnvelopeSchema, *(event.schema for event in known.values()))))
    return {
        "asyncapi": "3.0.0",
        "id": f"urn:gtm:node:{node}",
        "info": {
            "title": "Plateforme GTM — événements",
            "version": VERSION,
            "description": DESCRIPTION,
            "tags": [{"name": service} for service in services],
        },
        "defaultContentType": CONTENT_TYPE,
        "channels": {_channel(event): _key_channel(event, sent) for event in sent}
        | {queue.queue: _queue_channel(queue) for queue in queues},
        "operations": {f"send.{_channel(event)}": _send(event, sent) for event in sent}
        | {f"receive.{queue.queue}": _receive(queue) for queue in queues},
        "components": {
            "messages": {name: _message(event, references) for name, event in known.items()},
            "parameters": PARAMETERS,
            "schemas": dict(sorted(schemas.items())),
        },
    }


def _channel(event: EventType) -> str:
    return ".".join(event.words[:3])


def _messages(events: Sequence[EventType]) -> Part:
    return {event.name: {"$ref": f"#/components/messages/{event.name}"} for event in events}


def _same_key(event: EventType, events: Sequence[EventType]) -> list[EventType]:
    """The versions of an event: a routing key tells none."""
    return [one for one in events if one.words[:3] == event.words[:3]]


def _key_channel(event: EventType, events: Sequence[EventType]) -> Part:
    exchange = {"name": EVENTS.name, "type": EVENTS.type, "durable": EVENTS.durable, "autoDelete": False}
    return {
        "address": event.routing_key("{origin}", "{visibility}"),
        "messages": _messages(_same_key(event, events)),
        "parameters": {name: {"$ref": f"#/components/parameters/{name}"} for name in PARAMETERS},
        "tags": [{"name": event.words[0]}],
        "bindings": {"amqp": {"is": "routingKey", "exchange": exchange, "bindingVersion": BINDING}},
    }


def _queue_channel(queue: Subscription) -> Part:
    declared = {"name": queue.queue, "durable": True, "exclusive": False, "autoDelete": False}
    return {
        "address": queue.queue,
        "messages": _messages(queue.events),
        "tags": [{"name": queue.service}],
        "bindings": {"amqp": {"is": "queue", "queue": declared, "bindingVersion": BINDING}},
        "x-bound-to": [{"exchange": exchange.name, "keys": keys} for exchange, keys in queue.bindings()],
        "x-queue-arguments": consumer_queue(queue).queue_arguments,
    }


def _send(event: EventType, events: Sequence[EventType]) -> Part:
    how = {"deliveryMode": 2, "mandatory": True, "bindingVersion": BINDING}
    return {
        "action": "send",
        "channel": {"$ref": f"#/channels/{_channel(event)}"},
        "summary": event.about,
        "tags": [{"name": event.words[0]}],
        "messages": [{"$ref": f"#/channels/{_channel(event)}/messages/{one.name}"} for one in _same_key(event, events)],
        "bindings": {"amqp": how},
    }


def _receive(queue: Subscription) -> Part:
    return {
        "action": "receive",
        "channel": {"$ref": f"#/channels/{queue.queue}"},
        "tags": [{"name": queue.service}],
        "messages": [{"$ref": f"#/channels/{queue.queue}/messages/{event.name}"} for event in queue.events],
        "bindings": {"amqp": {"ack": True, "bindingVersion": BINDING}},
    }


def _message(event: EventType, references: dict[Any, Part]) -> Part:
    data = {"allOf": [references[event.schema], {"type": "object", "properties": {"changed": CHANGED}}]}
    own = {"type": "object", "properties": {"type": {"const": event.name}, "data": data}}
    return {
        "name": event.name,
        "title": event.name,
        "summary": event.about,
        "contentType": CONTENT_TYPE,
        "correlationId": {"location": "$message.payload#/correlationid"},
        "payload": {"allOf": [references[EnvelopeSchema], own]},
        "bindings": {
            "amqp": {"contentEncoding": PLAIN, "messageType": event.name, "bindingVersion": BINDING},
        },
        "x-content-encodings": [PLAIN, DEFLATED],
        "examples": [{"name": "golden", "payload": registry.sample(event)}],
    }
