"""What a broker must have before a node's first process starts, in the form in which RabbitMQ reads it.

The accounts, what each may do, and all exchanges and queues: no process has the right to make those of others.
"""

import base64
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from kombu import Queue

from chassis.broker.rights import account, table
from chassis.broker.topology import Subscription, exchanges_of, queues_of

HASHING = "rabbit_password_hashing_sha256"


def definitions(
    node: str, vhost: str, services: Sequence[str], subscriptions: Iterable[Subscription], hashes: Mapping[str, str]
) -> dict[str, Any]:
    """Definitions for a node; `hashes`: who → the hash of the account's password; without one there is none."""
    heard = list(subscriptions)
    rights = {who: one for who, one in table(node, services, heard).items() if who in hashes}
    return {
        "vhosts": [{"name": vhost}],
        "users": [
            {"name": account(node, who), "password_hash": hashes[who], "hashing_algorithm": HASHING, "tags": one.tags}
            for who, one in rights.items()
        ],
        "permissions": [
            {
                "user": account(node, who),
                "vhost": vhost,
                "configure": one.configure,
                "write": one.write,
                "read": one.read,
            }
            for who, one in rights.items()
        ],
        "topic_permissions": [
            {"user": account(node, who), "vhost": vhost, "exchange": exchange, "write": write, "read": read}
            for who, one in rights.items()
            for exchange, (write, read) in one.topics.items()
        ],
        **topology(vhost, heard),
    }


def hash_of(password: str, salted_by: str = "") -> str:
    """As RabbitMQ keeps a password. The salt is derived, not drawn: the same password gives the same hash each time."""
    salt = hashlib.sha256(f"{salted_by} {password}".encode()).digest()[:4]
    return base64.b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode()


def topology(vhost: str, subscriptions: Iterable[Subscription]) -> dict[str, Any]:
    """Exchanges, queues and bindings alone."""
    heard = list(subscriptions)
    queues = queues_of(heard)
    lasting = {"vhost": vhost, "durable": True, "auto_delete": False}
    return {
        "exchanges": [
            {"name": one.name, "type": one.type, "internal": False, "arguments": one.arguments or {}, **lasting}
            for one in exchanges_of(heard)
        ],
        "queues": [{"name": one.queue.name, "arguments": _arguments(one.queue), **lasting} for one in queues],
        "bindings": [
            {"source": way.name, "vhost": vhost, "destination": one.queue.name, "destination_type": "queue",
             "routing_key": key, "arguments": {}}
            for one in queues
            for way, key in one.ways
        ],
    }  # fmt: skip


def _arguments(queue: Queue) -> dict[str, Any]:
    return dict(queue.queue_arguments or {})
