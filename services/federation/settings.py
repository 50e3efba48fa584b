"""What the federation service alone is told: how to administer this node's broker, and what the node says of itself.

GTM_AMQP_MANAGEMENT_URL: the broker's management API, with an account that may administer it; no other process has it.
GTM_OPS_ADDRESSES: where this node's services tell their measures: "actors=127.0.0.1:8091 meetings=127.0.0.1:8092".
GTM_HEARTBEAT_SECONDS, GTM_LINK_HOST, GTM_LINK_PORT: instead of the description's. The description itself:
deploy/nodes/<id>.toml, or in the folder that GTM_NODES names.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from chassis.federation import nodes
from chassis.federation.nodes import NodeDescription
from chassis.process.described import DescriptionError
from chassis.process.settings import Settings, SettingsError

PLAIN_PORT = 5672
LINK_PORT_ABOVE = 8  # the first port of a node: where its broker takes links (launcher/settings.py)


@dataclass(frozen=True, kw_only=True)
class FederationSettings:
    """The node, its centre if it has one, its broker, and where its keys are."""

    node: str
    hub: str | None
    description: NodeDescription
    home: Path
    keys: Path
    address: str
    amqp_uri: str = field(repr=False)
    management: str = field(repr=False)
    services: tuple[str, ...]
    link_host: str | None
    link_port: int | None
    heartbeat: int
    ops: Mapping[str, str]

    @classmethod
    def of(cls, settings: Settings, environ: Mapping[str, str] = os.environ) -> "FederationSettings":
        """From the environment and the node's description. Raises: SettingsError."""
        try:
            described = nodes.one(nodes.folder(environ), settings.node)
        except DescriptionError as error:
            raise SettingsError(str(error)) from error
        description = described or NodeDescription.undescribed(settings.node)
        beat = environ.get("GTM_HEARTBEAT_SECONDS") or str(description.link.heartbeat_seconds)
        if not beat.isdecimal() or not 1 <= int(beat) <= 86_400:
            raise SettingsError(f"GTM_HEARTBEAT_SECONDS must be a whole number from 1 to 86400, not {beat!r}")
        return cls(
            node=settings.node,
            # The process's word counts: its consumers believe events by it.
            hub=settings.hub,
            description=description,
            home=settings.home,
            keys=settings.keys / "federation",
            address=(environ.get("GTM_PUBLIC_URL") or description.address or settings.public_url).rstrip("/"),
            amqp_uri=settings.amqp_uri,
            management=environ.get("GTM_AMQP_MANAGEMENT_URL", ""),
            services=settings.services,
            link_host=environ.get("GTM_LINK_HOST") or None,
            link_port=_port(environ.get("GTM_LINK_PORT")),
            heartbeat=int(beat),
            ops=_addresses(environ.get("GTM_OPS_ADDRESSES", "")),
        )

    @property
    def vhost(self) -> str:
        """The broker's virtual host, where everything of this node is."""
        return unquote(urlsplit(self.amqp_uri).path.removeprefix("/")) or "/"

    @property
    def name(self) -> dict[str, str]:
        """What the node is called."""
        return dict(self.description.name)

    @property
    def listens(self) -> bool:
        """Whether this node's broker takes links with TLS."""
        return self.description.listen is not None

    def said(self) -> dict[str, Any]:
        """What this node tells its centre of itself."""
        own = {"services": list(self.services), "address": self.address}
        return {"name": self.name, "body": self.description.body, **own}

    def link_address(self) -> dict[str, Any]:
        """Where this node's broker takes links: {host, port, vhost, tls}."""
        listen = self.description.listen
        if listen is not None:
            port = self.link_port or listen.port or self.description.http_port + LINK_PORT_ABOVE
            return {"host": self.link_host or listen.host, "port": port, "vhost": self.vhost, "tls": True}
        parts = urlsplit(self.amqp_uri)
        return {"host": parts.hostname or "", "port": parts.port or PLAIN_PORT, "vhost": self.vhost, "tls": False}

    def public_keys(self) -> dict[str, Any]:
        """What this node's tokens are checked with."""
        try:
            found: dict[str, Any] = json.loads((self.keys.parent / "public.jwks").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {"keys": []}  # the gateway makes them at its first start
        return found


def _port(text: str | None) -> int | None:
    if text and not (text.isdecimal() and 0 < int(text) < 65_536):
        raise SettingsError(f"GTM_LINK_PORT must be a port, not {text!r}")
    return int(text) if text else None


def _addresses(text: str) -> dict[str, str]:
    try:
        return dict(part.split("=", 1) for part in text.split())
    except ValueError as error:
        raise SettingsError(f"GTM_OPS_ADDRESSES must be name=host:port, parted by blanks, not {text!r}") from error
