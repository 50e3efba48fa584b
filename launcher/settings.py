"""What a node is told by its environment and its description: name, folder, ports, services, broker and store.

All ports derive from GTM_HTTP_PORT, else from the description's `http_port`, and lie within 20 above it, so that nodes
stand side by side on one machine; each can be set by a variable of its own.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from chassis.federation import nodes
from chassis.federation.nodes import NodeDescription
from chassis.process.described import DescriptionError
from launcher import texts
from launcher.environments import ROOT
from launcher.errors import SettingError
from launcher.homes import Home

LOOPBACK = "127.0.0.1"

# Every service that a node may run, in the order in which they are listed.
SERVICES = nodes.KNOWN
CENTRE = "central"

# Port → (distance from GTM_HTTP_PORT, variable that sets it). Part of what operators rely on: never renumber.
PORTS = {
    "http": (0, "GTM_HTTP_PORT"),
    "amqp": (1, "GTM_AMQP_PORT"),
    "amqp_management": (2, "GTM_AMQP_MANAGEMENT_PORT"),
    "erlang": (3, "GTM_ERLANG_PORT"),
    "epmd": (4, "GTM_EPMD_PORT"),
    "amqp_metrics": (5, "GTM_AMQP_METRICS_PORT"),
    "store": (6, "GTM_STORE_PORT"),
    "supervisor": (7, "GTM_SUPERVISOR_PORT"),
    "link": (8, "GTM_LINK_PORT"),
    "federation": (9, "GTM_FEDERATION_PORT"),
    "actors": (11, "GTM_ACTORS_PORT"),
    "meetings": (12, "GTM_MEETINGS_PORT"),
    "indicators": (13, "GTM_INDICATORS_PORT"),
    "notifications": (14, "GTM_NOTIFICATIONS_PORT"),
}
NODE_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The node that a command is about. The URIs hold passwords: never shown, never logged."""

    node: str
    home: Home
    ports: Mapping[str, int]
    http_host: str = LOOPBACK
    public_url: str
    keys: Path
    start_seconds: int = 180  # a cold disk and two slow cores; a node in good health takes a tenth of it
    amqp_uri: str | None = field(default=None, repr=False)
    mongo_uri: str | None = field(default=None, repr=False)
    environ: Mapping[str, str] = field(repr=False)
    description: NodeDescription | None = None
    services: tuple[str, ...] = SERVICES

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> "Settings":
        """Read GTM_* variables. Raises: SettingError, naming the variable, or the file and key of a description."""
        home = home_of(environ)
        node = _node(environ.get("GTM_NODE") or home.node or CENTRE)
        described = _described(environ, node)
        ports = _ports(environ, described)
        return cls(
            node=node,
            home=home,
            description=described,
            services=_services(environ, described),
            ports=ports,
            http_host=environ.get("GTM_HTTP_HOST") or LOOPBACK,
            public_url=_public_url(environ, ports["http"], described),
            keys=Path(environ.get("GTM_KEYS") or home.path / "keys").absolute(),
            start_seconds=_whole(environ, "GTM_START_SECONDS", cls.start_seconds, 1, 3600),
            amqp_uri=environ.get("GTM_AMQP_URI") or None,
            mongo_uri=environ.get("GTM_MONGO_URI") or None,
            environ=dict(environ),
        )

    @property
    def gateway_address(self) -> str:
        """Where the gateway answers on this machine, whatever its public address is."""
        host = LOOPBACK if self.http_host in ("0.0.0.0", "") else self.http_host  # noqa: S104 (compared, not bound)
        return f"http://{host}:{self.ports['http']}"


def home_of(environ: Mapping[str, str] = os.environ) -> Home:
    """The folder that GTM_HOME names, seen from where the command is given.

    By default `var` of the checkout, and `var/nodes/<id>` for another node than the centre: several on one machine.
    """
    given = environ.get("GTM_HOME")
    if given:
        return Home(Path(given).expanduser().resolve())
    usual = Home((ROOT / "var").resolve())
    node = environ.get("GTM_NODE") or CENTRE
    if node in (CENTRE, usual.node):
        return usual
    return Home(usual.path / "nodes" / _node(node))


def _described(environ: Mapping[str, str], node: str) -> NodeDescription | None:
    try:
        return nodes.one(nodes.folder(environ), node)
    except DescriptionError as error:
        raise SettingError("node-description", mistake=error.told(texts.language())) from error


def _services(environ: Mapping[str, str], described: NodeDescription | None) -> tuple[str, ...]:
    """Those of GTM_SERVICES, else of the description, else all that need no links to other nodes."""
    given = (environ.get("GTM_SERVICES") or "").split()
    for name in given:
        if name not in SERVICES:
            raise SettingError("setting-services", value=name, known=", ".join(SERVICES))
    wanted = given or (described.services if described else [name for name in SERVICES if name != nodes.FEDERATION])
    return nodes.installed(tuple(wanted))


def _ports(environ: Mapping[str, str], described: NodeDescription | None) -> dict[str, int]:
    usual = described.http_port if described else 8080
    base = _whole(environ, "GTM_HTTP_PORT", usual, 1, 65535 - nodes.PORTS_ABOVE)
    found = {name: _whole(environ, variable, base + offset, 1, 65535) for name, (offset, variable) in PORTS.items()}
    listen = described.listen if described else None
    if listen and listen.port and base == usual and not environ.get("GTM_LINK_PORT"):
        found["link"] = listen.port
    return found


def _public_url(environ: Mapping[str, str], port: int, described: NodeDescription | None) -> str:
    """A node that was moved to another port than its description's is not at the address that stands there."""
    here = described.address if described and described.http_port == port else None
    return (environ.get("GTM_PUBLIC_URL") or here or f"http://{LOOPBACK}:{port}").rstrip("/")


def _whole(environ: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    value = environ.get(name) or str(default)
    if not value.isdecimal() or not least <= int(value) <= most:
        raise SettingError("setting-whole", name=name, value=value, least=least, most=most)
    return int(value)


def _node(value: str) -> str:
    if not NODE_NAME.fullmatch(value):
        raise SettingError("setting-node", value=value)
    return value
