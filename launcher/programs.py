"""What a node runs: each process as a value, and the environment that the platform's own processes share."""

import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from launcher.environments import ROOT
from launcher.settings import SERVICES, Settings

# Every name that `gtm status` shows, in this order.
SHOWN = (*SERVICES, "gateway", "broker", "store")

# Not for the processes: the first account's password is used once, the rest would bend how Python starts.
WITHHELD = ("GTM_ADMIN_PASSWORD", "PYTHONHOME", "PYTHONSTARTUP", "PYTHONSAFEPATH", "VIRTUAL_ENV", "NOTIFY_SOCKET")


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


def of_services(settings: Settings, shared: Mapping[str, str]) -> list[Program]:
    """The four services and the gateway."""
    programs = [
        Program(
            name=name,
            argv=[sys.executable, "-m", "chassis.runner", name],
            env={**shared, "GTM_OPS_PORT": str(settings.ports[name])},
        )
        for name in SERVICES
    ]
    argv = [sys.executable, "-m", "gunicorn", "-c", "gateway/gunicorn_conf.py", "gateway.wsgi:app"]
    return [*programs, Program(name="gateway", argv=argv, env=shared, stop_seconds=40)]


def shared_environment(settings: Settings, amqp_uri: str, mongo_uri: str) -> dict[str, str]:
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
        "GTM_HOME": str(settings.home.path),
        "GTM_AMQP_URI": amqp_uri,
        "GTM_MONGO_URI": mongo_uri,
        "GTM_KEYS": str(settings.keys),
        "GTM_HTTP_HOST": settings.http_host,
        "GTM_HTTP_PORT": str(settings.ports["http"]),
        "GTM_PUBLIC_URL": settings.public_url,
        "GTM_INCARNATION": str(settings.home.incarnation),
    }
