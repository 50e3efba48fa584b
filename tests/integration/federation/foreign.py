"""Events of other nodes, as they would come over a link: written by an account that the broker holds to its name."""

import copy
import json
from typing import Any

from kombu import Connection

from chassis.broker.topology import INBOUND
from chassis.contract.envelope import CONTENT_TYPE
from chassis.kernel.ids import new_id
from services.registry import sample
from tests.integration.node import Node


def make_known(node: Node, *names: str) -> None:
    """Broker accounts of these other nodes, on the node's broker."""
    everything = {"configure": "", "write": ".*", "read": ""}
    for name in names:
        node.surroundings.manage("PUT", f"users/{name}.essai", {"password": "essai", "tags": ""})
        node.surroundings.manage("PUT", f"permissions/{node.vhost}/{name}.essai", everything)


def told(event: Any, origin: str = "agadez", version: int = 1, id: str | None = None, **fields: Any) -> dict[str, Any]:
    """An event of another node, as its own service would have written it."""
    envelope = copy.deepcopy(sample(event))
    subject, service = id or new_id(), event.words[0]
    envelope |= {"id": new_id(), "origin": origin, "source": f"/nodes/{origin}/{service}", "subject": subject}
    envelope |= {"recordversion": version}
    envelope["data"] |= {"id": subject, "origin": origin, "version": version, **fields}
    envelope["visibility"] = envelope["data"]["visibility"]
    return envelope


def carry(source: Node, target: Node, service: str, *ids: str) -> None:
    """What one node's log tells of these records, as the other hears it; in the order of the ids."""
    for id in ids:
        for envelope in source.events(service, subject=id):
            send(target, envelope, by=source.name)


def send(node: Node, envelope: dict[str, Any], *, by: str = "agadez", exchange: str = INBOUND.name) -> None:
    service, noun, participle = envelope["type"].split(".")[1:4]
    key = f"{envelope['origin']}.{envelope['visibility']}.{service}.{noun}.{participle}"
    uri = node.amqp_uri.replace(node.amqp_uri.split("//")[1].split("@")[0], f"{by}.essai:essai")
    properties = {"content_type": CONTENT_TYPE, "content_encoding": "utf-8", "user_id": f"{by}.essai"}
    with Connection(uri) as connection:
        connection.Producer(auto_declare=False).publish(
            json.dumps(envelope).encode(), exchange=exchange, routing_key=key, **properties
        )
