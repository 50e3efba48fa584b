"""A centre and a region with all that is real: a broker, a store, a gateway and services each, a link with TLS."""

import json
import ssl
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import quote

import requests
from kombu import Connection

from tests.integration.federation.brokers import NodeBroker
from tests.integration.gateway.children import start_gateway
from tests.integration.node import Node

DESCRIPTION = """id = "{id}"
name = {{fr = "{name}", en = "{name}"}}
body = "Essai"
services = {services}
{more}
"""
SERVICES = ("actors",)
BEAT = "1"


class Linked(Node):
    """A node with a broker of its own that may be the centre of others, or have one."""

    def __init__(self, broker: NodeBroker, mongo: str, home: Path, name: str, descriptions: Path) -> None:
        super().__init__(broker.surroundings(mongo), home, name)
        self.broker, self.descriptions = broker, descriptions
        self.http = ""
        self.services: tuple[str, ...] = SERVICES

    def begin(self, hub: str | None = None, services: tuple[str, ...] = SERVICES, **environment: str) -> None:
        """Start its gateway and its services."""
        self.services = services
        shared = {"GTM_NODES": str(self.descriptions), "GTM_HEARTBEAT_SECONDS": BEAT}
        shared["GTM_SERVICES"] = " ".join((*services, "federation"))
        if hub:
            shared["GTM_HUB"] = hub
        self.shared = shared | environment
        with ThreadPoolExecutor(1) as aside:
            gateway = aside.submit(start_gateway, self, **self.shared)
            self.run(*services, **self.shared)  # type: ignore[arg-type] # variables, all of them
            self.http = gateway.result()
        self.start_federation()

    def start_federation(self, **environment: str) -> None:
        """The one process that may administer the broker."""
        own = {"GTM_AMQP_MANAGEMENT_URL": self.broker.management_url, "GTM_PUBLIC_URL": self.address()}
        own["GTM_OPS_ADDRESSES"] = " ".join(f"{one}=127.0.0.1:{self.ports[one]}" for one in self.services)
        self.run("federation", **{**self.shared, **own, **environment})  # type: ignore[arg-type]

    def address(self) -> str:
        """Where other nodes reach the gateway."""
        return self.http

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


def describe(folder: Path, id: str, name: str, more: str, services: tuple[str, ...] = SERVICES) -> None:
    """Write a node's description."""
    folder.mkdir(exist_ok=True)
    text = DESCRIPTION.format(id=id, name=name, more=more, services=[*services, "federation"])
    (folder / f"{id}.toml").write_text(text, encoding="utf-8")


def invite(centre: Linked, node: str = "agadez", **more: Any) -> str:
    """A fresh invitation."""
    answer = centre.api("POST", "/federation/invitations", {"node": node, "valid_hours": 1, **more})
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


def dial(region: Linked, keys: Path | None = None, password: str | None = None) -> Connection:
    """The centre's broker, as the region reaches it; with other keys, or another password, as somebody might try."""
    own = region.home / "keys" / "federation"
    shown = keys or own
    link = json.loads((own / "link.json").read_text())
    options = {"ca_certs": str(own / "ca.pem"), "server_hostname": "localhost", "cert_reqs": ssl.CERT_REQUIRED}
    if (shown / "node.pem").exists():
        options |= {"certfile": str(shown / "node.pem"), "keyfile": str(shown / "node.key")}
    there = f"localhost:{link['amqps']['port']}/{quote(link['amqps']['vhost'], safe='')}"
    return Connection(
        f"amqp://{region.name}:{password or link['password']}@{there}",
        ssl=options,
        connect_timeout=20,
        transport_options={"confirm_publish": True},
    )
