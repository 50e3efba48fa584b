"""A region's broker: the queue of what leaves, and the two shovels that dial out to the centre, one each way."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from chassis.kernel.errors import ConflictError
from services.federation.adapters.management import Management
from services.federation.domain.plan import EVENTS, INBOUND, UNROUTED, keys_of, outbound_queue, peer_queue
from services.federation.domain.plan import shared_exchange as shared

PREFETCH = 1000
RECONNECT_SECONDS = 5
QUICKEST, SLOWEST = 10, 100  # seconds of AMQP's own heartbeat on the link: a dead line is noticed after two
# RabbitMQ's client ends a connection that brought nothing for 130 s, whatever was agreed; a side that has just said
# something else leaves out its next heartbeat, and so may be silent for as long as a whole one.
TOPIC = {"type": "topic", "durable": True, "arguments": {"alternate-exchange": UNROUTED}}


class RegionBroker:
    """What a region's membership needs in its own broker."""

    def __init__(self, management: Management, node: str, keys: Path, interval: int) -> None:
        """`interval`: seconds between two pulses of the node."""
        self._beat = min(max(interval, QUICKEST), SLOWEST)
        self._api, self._vhost, self._node, self._keys = management, management.vhost, node, keys

    def connect(self, link: Mapping[str, Any]) -> None:
        """Make sure of the outward queue and the two shovels. Raises: UnavailableError."""
        hub = link["hub"]["id"]
        queue = outbound_queue(hub)
        self._api.put("exchanges", self._vhost, UNROUTED, body={"type": "fanout", "durable": True})
        for name in (EVENTS, INBOUND):
            self._api.put("exchanges", self._vhost, name, body=TOPIC)
        self._api.put("queues", self._vhost, queue, body={"durable": True, "arguments": {"x-queue-type": "quorum"}})
        place = ("bindings", self._vhost, "e", EVENTS, "q", queue)
        bound = {one["routing_key"] for one in self._api.get(*place) or []}
        # By visibility, and by nothing wider: what is internal never gets into the queue.
        for key in keys_of(self._node):
            if key not in bound:
                self._api.post(*place, body={"routing_key": key, "arguments": {}})
        for name, value in self.shovels(link).items():
            self._ensure(name, value)

    def shovels(self, link: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
        """Name → what the broker is to be told of each."""
        hub, here = link["hub"]["id"], f"amqp:///{quote(self._vhost, safe='')}"
        there = self._address(link)
        common = {
            "src-protocol": "amqp091",
            "dest-protocol": "amqp091",
            "src-prefetch-count": PREFETCH,
            "src-delete-after": "never",
            "ack-mode": "on-confirm",
            "reconnect-delay": RECONNECT_SECONDS,
        }
        out = {
            "src-uri": here,
            "src-queue": outbound_queue(hub),
            "dest-uri": there,
            "dest-exchange": shared(self._node),
            # The centre's broker holds us to our name; without a destination key the event's own stays.
            "dest-publish-properties": {"user_id": self._node, "delivery_mode": 2},
        }
        back = {"src-uri": there, "src-queue": peer_queue(self._node), "dest-uri": here, "dest-exchange": INBOUND}
        return {f"to-{hub}": common | out, f"from-{hub}": common | back}

    def states(self, hub: str) -> dict[str, str]:
        """Name → running, starting, terminated, or missing. Raises: UnavailableError."""
        found = {one["name"]: str(one["state"]) for one in self._api.get("shovels", self._vhost) or []}
        return {name: found.get(name, "missing") for name in (f"to-{hub}", f"from-{hub}")}

    def outbound(self, hub: str) -> tuple[int, int]:
        """How many messages wait for the centre, and how many were ever taken and settled."""
        found = self._api.get("queues", self._vhost, outbound_queue(hub)) or {}
        return int(found.get("messages", 0)), int((found.get("message_stats") or {}).get("ack", 0))

    def restart(self, name: str, link: Mapping[str, Any]) -> None:
        """Begin a shovel anew; a crash in between is mended by the next `connect`."""
        self._api.delete("parameters", "shovel", self._vhost, name)
        self._put(name, self.shovels(link)[name])

    def disconnect(self, hub: str, force: bool) -> None:
        """Undo `connect`. Raises: ConflictError node-has-waiting; UnavailableError."""
        waiting, _ = self.outbound(hub)
        if waiting and not force:
            raise ConflictError("node-has-waiting", None, {"node": hub, "count": waiting})
        for name in (f"to-{hub}", f"from-{hub}"):
            self._api.delete("parameters", "shovel", self._vhost, name)
        self._api.delete("queues", self._vhost, outbound_queue(hub))

    def _ensure(self, name: str, value: dict[str, Any]) -> None:
        known = self._api.get("parameters", "shovel", self._vhost, name)
        if known is None or known["value"] != value:
            self._put(name, value)

    def _put(self, name: str, value: dict[str, Any]) -> None:
        self._api.put("parameters", "shovel", self._vhost, name, body={"value": value})

    def _address(self, link: Mapping[str, Any]) -> str:
        amqps = link["amqps"]
        who = f"{quote(self._node, safe='')}:{quote(link['password'], safe='')}"
        place = f"{amqps['host']}:{amqps['port']}/{quote(amqps['vhost'], safe='')}"
        always = f"heartbeat={self._beat}&connection_timeout=15000"
        if not amqps["tls"]:
            return f"amqp://{who}@{place}?{always}"
        files = {"cacertfile": "ca.pem", "certfile": "node.pem", "keyfile": "node.key"}
        paths = "&".join(f"{name}={quote(str(self._keys / file), safe='/')}" for name, file in files.items())
        # Without verify the broker would accept any certificate (design: the default does not verify).
        return f"amqps://{who}@{place}?{always}&{paths}&verify=verify_peer&server_name_indication={amqps['host']}"
