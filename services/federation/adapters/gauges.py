"""What this node measures of itself, read where operators read it: the services' /metrics and /health/ready."""

import http.client
import json
import re
import shutil
from collections.abc import Mapping
from pathlib import Path

from services.federation.domain.pulse import Gauges

SECONDS = 3.0
LARGEST = 4 * 1024 * 1024
SUMS = {
    "outbox_waiting": "gtm_outbox_backlog_events",
    "parked": "gtm_parked_messages",
    "refused": "gtm_events_refused_total",
}
_LINE = re.compile(r"^(gtm_\w+)(?:\{[^}]*\})? ([0-9.e+]+)$", re.MULTILINE)


def measure(addresses: Mapping[str, str], home: Path, link_waiting: int | None) -> Gauges:
    """Sums over the services that answer; who does not is named. `addresses`: service → host:port."""
    ready: list[str] = []
    away: list[str] = []
    sums: dict[str, int] = {}
    for service, address in sorted(addresses.items()):
        (ready if _is_ready(address) else away).append(service)
        for name, value in _LINE.findall(_read(address, "/metrics").decode("utf-8", "replace")):
            for field, metric in SUMS.items():
                if name == metric:
                    sums[field] = sums.get(field, 0) + int(float(value))
    free = shutil.disk_usage(home).free if home.exists() else None
    return Gauges(ready=tuple(ready), away=tuple(away), link_waiting=link_waiting, disk_free=free, **sums)


def _is_ready(address: str) -> bool:
    try:
        return bool(json.loads(_read(address, "/health/ready")).get("ready"))
    except (ValueError, AttributeError):
        return False


def _read(address: str, path: str) -> bytes:
    """The body, of any status; empty if nobody answers."""
    connection = http.client.HTTPConnection(address, timeout=SECONDS)
    try:
        connection.request("GET", path)
        return connection.getresponse().read(LARGEST)
    except (OSError, http.client.HTTPException, ValueError):
        return b""
    finally:
        connection.close()
