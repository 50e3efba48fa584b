"""A centre's broker made to fit its members: accounts, rights, exchanges, queues, bindings. Doing it twice is once."""

from collections.abc import Iterable, Mapping

from chassis.kernel.errors import UnavailableError
from services.federation.adapters.management import Management
from services.federation.domain.plan import (
    EVENTS,
    INBOUND,
    NOTHING,
    UNROUTED,
    Binding,
    Rights,
    bindings,
    own_exchange,
    peer_queue,
    rights,
    shared_exchange,
)

TOPIC = {"type": "topic", "durable": True, "arguments": {"alternate-exchange": UNROUTED}}
QUORUM = {"durable": True, "arguments": {"x-queue-type": "quorum"}}
"""No limit of length and none of deliveries: both would drop what others sent (docs/decisions/0042)."""


class HubBroker:
    """What of the members' matters stands in the broker."""

    def __init__(self, management: Management) -> None:
        self._api, self._vhost = management, management.vhost

    def provision(self, hub: str, joined: Mapping[str, str], suspended: Iterable[str]) -> None:
        """Have all that these members need; node → hash of its password. Raises: UnavailableError."""
        every = sorted({*joined, *suspended})
        self._api.put("exchanges", self._vhost, UNROUTED, body={"type": "fanout", "durable": True})
        for name in (EVENTS, INBOUND, *map(shared_exchange, every), *map(own_exchange, every)):
            self._api.put("exchanges", self._vhost, name, body=TOPIC)
        for node in every:
            self._api.put("queues", self._vhost, peer_queue(node), body=QUORUM)
        self._bind(bindings(hub, every))
        for node, password in joined.items():
            self._account(node, password)
            self._admit(node, rights(node))
        for node in suspended:
            self._api.delete("users", node)

    def remove(self, node: str) -> None:
        """Nothing of the node stays, its messages included. Raises: UnavailableError."""
        self._api.delete("users", node)
        self._api.delete("queues", self._vhost, peer_queue(node))
        for exchange in (shared_exchange(node), own_exchange(node)):
            self._api.delete("exchanges", self._vhost, exchange)

    def waiting(self, node: str) -> int:
        """How many messages wait for the node, those under way to it included."""
        found = self._api.get("queues", self._vhost, peer_queue(node))
        return int(found.get("messages", 0)) if found else 0

    def _account(self, node: str, password_hash: str) -> None:
        """A broker closes what an account has open only when the account goes: so one that changes goes first."""
        account = {"password_hash": password_hash, "hashing_algorithm": "rabbit_password_hashing_sha256", "tags": ""}
        for again in (True, False):
            known = self._api.get("users", node)
            if known is not None and known["password_hash"] == password_hash:
                return
            if known is not None:
                self._api.delete("users", node)
            try:
                self._api.put("users", node, body=account)
            except UnavailableError as error:
                # Of two that make it at the same moment the broker refuses one: then it is looked at once more.
                if error.code != "broker-refuses" or not again:
                    raise
            else:
                return

    def _admit(self, node: str, given: Rights) -> None:
        # The narrower one first: without it an exchange that may be written to takes any key.
        topic = {"exchange": shared_exchange(node), "write": given.topic, "read": NOTHING}
        self._api.put("topic-permissions", self._vhost, node, body=topic)
        own = {"configure": given.configure, "write": given.write, "read": given.read}
        self._api.put("permissions", self._vhost, node, body=own)

    def _bind(self, wanted: Iterable[Binding]) -> None:
        bound = {
            (one["source"], one["destination_type"][0], one["destination"], one["routing_key"]): one["properties_key"]
            for one in self._api.get("bindings", self._vhost) or []
        }
        listed = [(one.source, one.kind, one.target, one.key) for one in wanted]
        for source, kind, target, key in listed:
            if (source, kind, target, key) not in bound:
                place = ("bindings", self._vhost, "e", source, kind, target)
                self._api.post(*place, body={"routing_key": key, "arguments": {}})
        # After the narrower ones are there: an older release passed on to all what is for the centre alone.
        for (source, kind, target, key), name in bound.items():
            wide = source.startswith(shared_exchange("")) and target.startswith(peer_queue(""))
            if wide and (source, kind, target, key) not in listed:
                self._api.delete("bindings", self._vhost, "e", source, kind, target, name)
