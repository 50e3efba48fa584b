"""What a node runs: each process as a value, and the environment that the platform's own processes share."""

import sys
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chassis.federation import nodes
from launcher.environments import ROOT
from launcher.settings import LOOPBACK, Settings

if TYPE_CHECKING:
    from launcher.backing import Backing

GATEWAY = "gateway"
MANAGEMENT = "GTM_AMQP_MANAGEMENT_URL"
# Not for the processes: the first account's password is used once, the rest would bend how Python starts.
# Who may administer the broker is told to the federation service alone, the mail server to the notifications.
ADDRESSES = {"broker": "GTM_AMQP_URI", "store": "GTM_MONGO_URI"}
MAIL = ("GTM_SMTP_URL", "GTM_SMTP_URL_FILE")
_BENDING = ("PYTHONHOME", "PYTHONSTARTUP", "PYTHONSAFEPATH", "VIRTUAL_ENV", "NOTIFY_SOCKET")
WITHHELD = ("GTM_ADMIN_PASSWORD", MANAGEMENT, *MAIL, *ADDRESSES.values(), *_BENDING)


@dataclass(frozen=True, kw_only=True)
class Program:
    """A process to be supervised. Stopped by SIGTERM, and after `stop_seconds` by SIGKILL."""

    name: str
    argv: list[str]
    env: Mapping[str, str] = field(repr=False)
    cwd: Path = ROOT
    stop_seconds: int = 20
    tied: bool = False  # ends with the process that started it

    def job(self, mark: Mapping[str, str]) -> dict[str, Any]:
        """What `launcher.child` needs to become it; `mark` tells its process from any other on the machine."""
        return asdict(self) | {"cwd": str(self.cwd), "env": {**self.env, **mark}}


def shown(services: Iterable[str]) -> tuple[str, ...]:
    """Every name that `gtm status` shows for a node with these services, in this order."""
    return (*services, "gateway", "broker", "store")


def of_services(settings: Settings, shared: Mapping[str, str], backings: "Mapping[str, Backing]") -> list[Program]:
    """The node's services and the gateway, each with its own secrets alone; `backings` by their names."""
    management = backings["broker"].management if "broker" in backings else None
    own = {
        nodes.FEDERATION: _for_federation(settings, management),
        "notifications": {name: settings.environ[name] for name in MAIL if name in settings.environ},
    }
    programs = [
        Program(
            name=name,
            argv=[sys.executable, "-m", "chassis.runner", name],
            env={
                **shared,
                **backing_of(name, backings),
                "GTM_OPS_PORT": str(settings.ports[name]),
                **own.get(name, {}),
            },
        )
        for name in settings.services
    ]
    argv = [sys.executable, "-m", "gunicorn", "-c", "gateway/gunicorn_conf.py", "gateway.wsgi:app"]
    gateway = {**shared, **backing_of(GATEWAY, backings)}
    return [*programs, Program(name=GATEWAY, argv=argv, env=gateway, stop_seconds=40)]


def backing_of(process: str, backings: "Mapping[str, Backing]") -> dict[str, str]:
    """Where a process finds broker and store, under its own accounts."""
    return {variable: backings[name].of(process) for name, variable in ADDRESSES.items() if name in backings}


def _for_federation(settings: Settings, management: str | None) -> dict[str, str]:
    """What only the service that makes links is told (services/federation/settings.py)."""
    ops = " ".join(f"{name}={LOOPBACK}:{settings.ports[name]}" for name in settings.services)
    told = {MANAGEMENT: management or settings.environ.get(MANAGEMENT) or "", "GTM_OPS_ADDRESSES": ops}
    if settings.description is None:
        return told
    told["GTM_NODE_FILE"] = str(nodes.folder(settings.environ) / f"{settings.node}.toml")
    listen = settings.description.listen
    if listen is not None:
        told |= {
            "GTM_LINK_HOST": settings.environ.get("GTM_LINK_HOST") or listen.host,
            "GTM_LINK_PORT": str(settings.ports["link"]),
        }
    return told


def shared_environment(settings: Settings) -> dict[str, str]:
    """What every process of the platform is told: the caller's environment and the node's GTM_* variables."""
    kept = {name: value for name, value in settings.environ.items() if name not in WITHHELD}
    # Python's many threads would each get a memory arena of their own: two keep a node small at no cost seen.
    told = {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", "MALLOC_ARENA_MAX": "2", **kept}
    mail = {"GTM_MAIL": "off"} if settings.home.mail_off.exists() else {}
    return {
        **told,
        **mail,
        "PYTHONPATH": str(ROOT),
        "GTM_NODE": settings.node,
        "GTM_NODES": str(nodes.folder(settings.environ)),
        "GTM_SERVICES": " ".join(settings.services),
        **_hub(settings),
        "GTM_HOME": str(settings.home.path),
        "GTM_KEYS": str(settings.keys),
        "GTM_HTTP_HOST": settings.http_host,
        "GTM_HTTP_PORT": str(settings.ports["http"]),
        "GTM_PUBLIC_URL": settings.public_url,
        "GTM_INCARNATION": str(settings.home.incarnation),
    }


def _hub(settings: Settings) -> dict[str, str]:
    hub = settings.description.hub if settings.description else None
    return {"GTM_HUB": hub} if hub and not settings.environ.get("GTM_HUB") else {}
