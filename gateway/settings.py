"""What the gateway needs to know beyond what every process of a node does; all from GTM_* variables."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from chassis.process.settings import Settings, SettingsError
from chassis.process.tokens import LONGEST_SECONDS

# As browsers write it: without a path, in lower case. Never "*" or "null", which are anybody.
_ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:\d{1,5})?", re.ASCII)
ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, kw_only=True)
class GatewaySettings:
    """The node's settings and the gateway's own. Sizes in bytes, times in seconds."""

    node: Settings
    http_host: str = "127.0.0.1"
    http_port: int = 8080
    workers: int = 2  # processes: one per core of the smallest machine a node runs on
    threads: int = 16  # per worker: what waits for a service costs a thread, not a core
    json_limit: int = 1024 * 1024
    upload_limit: int = 8 * 1024 * 1024
    carried_limit: int = 1024 * 1024 * 1024  # a million events or so, carried by hand
    token_seconds: int = 900  # an access token; what services do not know of a revocation lasts no longer
    session_hours: int = 12  # without use, after which one signs in again
    proxies: int = 0  # in front of the gateway, each of which adds the address it was called from
    rate_account: int = 100  # requests a second and account; ten seconds' worth at once; 0: as many as one likes
    rate_address: int = 100  # the same for an address from which nobody signed in
    cors_origins: tuple[str, ...] = ()  # sites whose pages may ask this gateway from a browser
    call_seconds: float = 10.0
    import_seconds: float = 60.0  # reading a long PDF takes a slow machine its time
    ready_seconds: float = 2.0

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> "GatewaySettings":
        """Read GTM_* variables. Raises: SettingsError, naming the variable."""
        return cls(
            node=Settings.from_environment(environ),
            http_host=environ.get("GTM_HTTP_HOST") or cls.http_host,
            http_port=_whole(environ, "GTM_HTTP_PORT", cls.http_port, 1, 65535),
            workers=_whole(environ, "GTM_HTTP_WORKERS", cls.workers, 1, 64),
            threads=_whole(environ, "GTM_HTTP_THREADS", cls.threads, 1, 512),
            call_seconds=_whole(environ, "GTM_CALL_SECONDS", int(cls.call_seconds), 1, 120),
            token_seconds=_whole(environ, "GTM_TOKEN_SECONDS", cls.token_seconds, 60, LONGEST_SECONDS),
            session_hours=_whole(environ, "GTM_SESSION_HOURS", cls.session_hours, 1, 168),
            proxies=_whole(environ, "GTM_PROXIES", cls.proxies, 0, 3),
            rate_account=_whole(environ, "GTM_RATE_ACCOUNT", cls.rate_account, 0, 100_000),
            rate_address=_whole(environ, "GTM_RATE_ADDRESS", cls.rate_address, 0, 100_000),
            cors_origins=_origins(environ, "GTM_CORS_ORIGINS"),
        )

    @property
    def metrics_folder(self) -> Path:
        """Where the workers of this gateway keep the metrics that they add up."""
        return self.node.home / "run" / "gateway-metrics"


def _whole(environ: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    text = environ.get(name) or str(default)
    if not text.isdecimal() or not least <= int(text) <= most:
        raise SettingsError(f"{name} must be a whole number from {least} to {most}, not {text!r}")
    return int(text)


def _origins(environ: Mapping[str, str], name: str) -> tuple[str, ...]:
    found = tuple((environ.get(name) or "").split())
    for one in found:
        if not _ORIGIN.fullmatch(one):
            raise SettingsError(f"{name} must be origins like https://carte.example, with spaces between, not {one!r}")
    return found
