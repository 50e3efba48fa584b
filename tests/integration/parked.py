"""How many messages a service has parked: what it keeps, and what lies in its queue still."""

from kombu import Connection

from chassis.broker.topology import parked_name
from tests.integration.node import Node


def parked_count(node: Node, service: str) -> int:
    """Looked at behind the service's back; one that is on its way from the queue to the store may be missed."""
    return parked_waiting(node, service) + int(node.database(service)["parked"].count_documents({}))


def parked_waiting(node: Node, service: str) -> int:
    """How many still lie in the queue, without those that the collector has in hand."""
    with Connection(node.amqp_uri) as connection:
        return int(connection.channel().queue_declare(parked_name(service), passive=True).message_count)
