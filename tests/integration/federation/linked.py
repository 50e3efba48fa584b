"""A centre and a region with all that is real: a broker, a store, a gateway and services each, a link with TLS."""

from pathlib import Path
from typing import Any

import requests

from tests.integration.federation.brokers import NodeBroker
from tests.integration.gateway.children import start_gateway
from tests.integration.node import Node

DESCRIPTION = """id = "{id}"
name = {{fr = "{name}", en = "{name}"}}
body = "Essai"
services = ["actors", "federation"]
{more}
"""
SERVICES = "actors federation"
BEAT = "1"


class Linked(Node):
    """A node with a broker of its own that may be the centre of others, or have one."""

    def __init__(self, broker: NodeBroker, mongo: str, home: Path, name: str, descriptions: Path) -> None:
        super().__init__(broker.surroundings(mongo), home, name)
        self.broker, self.descriptions = broker, descriptions
        self.http = ""

    def begin(self, hub: str | None = None, **environment: str) -> None:
        """Start its gateway and its services."""
        shared = {"GTM_NODES": str(self.descriptions), "GTM_SERVICES": SERVICES, "GTM_HEARTBEAT_SECONDS": BEAT}
        if hub:
            shared["GTM_HUB"] = hub
        self.shared = shared | environment
        self.http = start_gateway(self, **shared)
        self.run("actors", **self.shared)  # type: ignore[arg-type] # variables, all of them
        self.start_federation()

    def start_federation(self, **environment: str) -> None:
        """The one process that may administer the broker."""
        own = {"GTM_AMQP_MANAGEMENT_URL": self.broker.management_url, "GTM_PUBLIC_URL": self.http}
        own["GTM_OPS_ADDRESSES"] = f"actors=127.0.0.1:{self.ports['actors']}"
        self.run("federation", **{**self.shared, **own, **environment})  # type: ignore[arg-type]

    def api(self, method: str, path: str, body: Any = None, roles: tuple[str, ...] = ("admin",)) -> requests.Response:
        """Ask the gateway, as an admin if not said otherwise."""
        headers = {"Authorization": f"Bearer {self.token(*roles)}"} if roles else {}
        return requests.request(method, f"{self.http}/api/v1{path}", json=body, headers=headers, timeout=60)

    def link(self, other: str) -> dict[str, Any]:
        """What the status says of the link to a node."""
        found = self.api("GET", "/federation/status").json()["links"]
        return next((one for one in found if one["node"] == other), {})

    def waiting(self, queue: str) -> int:
        """Messages in a queue, as the broker says."""
        return int(self.queue(queue).get("messages", 0))


def describe(folder: Path, id: str, name: str, more: str) -> None:
    """Write a node's description."""
    folder.mkdir(exist_ok=True)
    (folder / f"{id}.toml").write_text(DESCRIPTION.format(id=id, name=name, more=more), encoding="utf-8")


def invite(centre: Linked, **more: Any) -> str:
    """A fresh invitation for Agadez."""
    answer = centre.api("POST", "/federation/invitations", {"node": "agadez", "valid_hours": 1, **more})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["invitation"])


def joined(pair: tuple[Linked, Linked]) -> None:
    """Have Agadez joined to the centre, whatever a test before this one left."""
    centre, region = pair
    known = centre.api("GET", "/federation/nodes/agadez").json()
    if known.get("state") == "suspended":
        assert centre.api("POST", "/federation/nodes/agadez/resume", {"reason": "essai"}).ok
    if known.get("state") == "joined" and region.link("central"):
        return
    token = invite(centre, replace=True)
    answer = region.api("POST", "/federation/join", {"invitation": token})
    assert answer.status_code == 200, answer.text


def apart(pair: tuple[Linked, Linked]) -> None:
    """Have neither know of the other."""
    centre, region = pair
    body = {"reason": "essai", "force": True}
    region.api("POST", "/federation/nodes/central/remove", body)
    centre.api("POST", "/federation/nodes/agadez/remove", body)
