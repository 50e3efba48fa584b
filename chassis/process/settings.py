"""The environment of a process, typed; a wrong value stops the start and names the variable."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SERVICES = ("actors", "meetings", "indicators", "notifications", "federation")


class SettingsError(Exception):
    """A variable is missing or unreadable; the message names it."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What a process needs to know of its node. Secrets are in the URIs: never log this object."""

    node: str = "central"
    services: tuple[str, ...] = SERVICES
    amqp_uri: str = field(repr=False)
    mongo_uri: str = field(repr=False)
    mongo_prefix: str = ""
    home: Path
    keys: Path
    public_url: str = "http://127.0.0.1:8080"
    ops_host: str = "127.0.0.1"
    ops_port: int = 0
    log_level: str = "INFO"
    smtp_url: str = field(default="", repr=False)
    mail: str = "on"
    incarnation: int = 1
    """In which life of the node this process begins to write (`life_noted`)."""
    retention: Path = Path("var/retention.toml")
    """What of the logs is kept for how long; no such file: everything."""
    nodes: Path = ROOT / "deploy" / "nodes"
    """The descriptions of all nodes (chassis/federation/nodes.py)."""
    hub: str | None = None
    """The centre that this node is joined to; None on the centre, and on a node that stands alone."""
    digest_seconds: int = 86_400
    """How often a joined node says what it holds, for comparison."""
    tell_days: int = 30
    """How late news of another node's act may be and people are told still, where the act has no end of its own."""
    files_auto: int = 256 * 1024
    """Up to how many bytes a file of another node comes by itself; larger ones when somebody asks."""
    files_most: int = 20 * 1024 * 1024
    """The largest file, in bytes, that is taken."""
    files_again: int = 60
    """Seconds until a piece of a file that did not come is asked for again; doubled each time."""

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> "Settings":
        """Read GTM_* variables. Raises: SettingsError."""
        home = Path(environ.get("GTM_HOME") or "var").resolve()
        return cls(
            node=_slug(environ.get("GTM_NODE") or "central"),
            services=tuple((environ.get("GTM_SERVICES") or " ".join(SERVICES)).split()),
            amqp_uri=_needed(environ, "GTM_AMQP_URI"),
            mongo_uri=_needed(environ, "GTM_MONGO_URI"),
            mongo_prefix=environ.get("GTM_MONGO_PREFIX", ""),
            home=home,
            keys=Path(environ.get("GTM_KEYS") or home / "keys"),
            public_url=environ.get("GTM_PUBLIC_URL") or "http://127.0.0.1:8080",
            ops_host=environ.get("GTM_OPS_HOST") or "127.0.0.1",
            ops_port=_whole(environ, "GTM_OPS_PORT", 0),
            log_level=(environ.get("GTM_LOG_LEVEL") or "INFO").upper(),
            smtp_url=_secret(environ, "GTM_SMTP_URL"),
            mail=environ.get("GTM_MAIL") or "on",
            incarnation=max(_whole(environ, "GTM_INCARNATION", 1), life_noted(home)),
            retention=Path(environ.get("GTM_RETENTION") or home / "retention.toml"),
            digest_seconds=_whole(environ, "GTM_DIGEST_SECONDS", 86_400),
            tell_days=_whole(environ, "GTM_TELL_DAYS", 30),
            files_auto=_whole(environ, "GTM_FILES_AUTO_BYTES", cls.files_auto),
            files_most=_whole(environ, "GTM_FILES_MOST_BYTES", cls.files_most),
            files_again=max(1, _whole(environ, "GTM_FILES_AGAIN_SECONDS", cls.files_again)),
            nodes=Path(environ.get("GTM_NODES") or cls.nodes),
            hub=_slug(environ["GTM_HUB"], "GTM_HUB") if environ.get("GTM_HUB") else None,
        )

    def database(self, owner: str) -> str:
        """The name of the database that a service (or the gateway) keeps for itself alone."""
        return f"{self.mongo_prefix}{owner}"


def life_noted(home: Path) -> int:
    """What the file `incarnation` of a node's folder says: 1, raised by each restore, and by joining anew."""
    try:
        return int((home / "incarnation").read_text(encoding="ascii"))
    except FileNotFoundError:
        return 1


def _secret(environ: Mapping[str, str], name: str) -> str:
    """A variable, or the content of the file that NAME_FILE names (secrets of a container)."""
    path = environ.get(f"{name}_FILE")
    return Path(path).read_text(encoding="utf-8").strip() if path else environ.get(name, "")


def _needed(environ: Mapping[str, str], name: str) -> str:
    value = _secret(environ, name)
    if not value:
        raise SettingsError(f"{name} is not set (./gtm up sets it; see docs/operations.md)")
    return value


def _whole(environ: Mapping[str, str], name: str, default: int) -> int:
    value = environ.get(name) or str(default)
    if not value.isdecimal():
        raise SettingsError(f"{name} must be a whole number, not {value!r}")
    return int(value)


def _slug(value: str, name: str = "GTM_NODE") -> str:
    if not value.isascii() or not value.replace("_", "").isalnum() or value != value.lower():
        raise SettingsError(f"{name} must be lower-case letters, digits and _, not {value!r}")
    return value
