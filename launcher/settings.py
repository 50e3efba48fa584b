"""What a node is told by its environment: name, folder, ports, and the broker and store it is given, if any.

All ports derive from GTM_HTTP_PORT and lie within 20 above it, so that two nodes stand side by side on one machine;
each can be set by a variable of its own.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from launcher.environments import ROOT
from launcher.errors import SettingError
from launcher.homes import Home

LOOPBACK = "127.0.0.1"

# The four services, in the order in which they are listed.
SERVICES = ("actors", "meetings", "indicators", "notifications")

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

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> "Settings":
        """Read GTM_* variables. Raises: SettingError, naming the variable."""
        ports = _ports(environ)
        home = home_of(environ)
        return cls(
            node=_node(environ.get("GTM_NODE") or "central"),
            home=home,
            ports=ports,
            http_host=environ.get("GTM_HTTP_HOST") or LOOPBACK,
            public_url=(environ.get("GTM_PUBLIC_URL") or f"http://{LOOPBACK}:{ports['http']}").rstrip("/"),
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
    """The folder that GTM_HOME names, seen from where the command is given; `var` of the checkout by default."""
    given = environ.get("GTM_HOME")
    return Home((Path(given).expanduser() if given else ROOT / "var").resolve())


def _ports(environ: Mapping[str, str]) -> dict[str, int]:
    base = _whole(environ, "GTM_HTTP_PORT", 8080, 1, 65535 - 20)
    return {name: _whole(environ, variable, base + offset, 1, 65535) for name, (offset, variable) in PORTS.items()}


def _whole(environ: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    value = environ.get(name) or str(default)
    if not value.isdecimal() or not least <= int(value) <= most:
        raise SettingError("setting-whole", name=name, value=value, least=least, most=most)
    return int(value)


def _node(value: str) -> str:
    if not NODE_NAME.fullmatch(value):
        raise SettingError("setting-node", value=value)
    return value
