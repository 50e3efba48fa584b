"""Asks the node's processes whether they are ready, over the addresses they offer to operators."""

import http.client
from urllib.parse import urlsplit

from launcher.settings import LOOPBACK, Settings

ANSWER_SECONDS = 4.0  # the gateway waits two seconds for its services before it says no


def not_ready(settings: Settings) -> list[str]:
    """The services that are not ready; the gateway is asked only once all of them are, for it asks them itself."""
    host = settings.environ.get("GTM_OPS_HOST") or LOOPBACK
    host = LOOPBACK if host == "0.0.0.0" else host  # noqa: S104 (compared, not bound)
    waiting = [name for name in settings.services if not is_ready(f"http://{host}:{settings.ports[name]}")]
    if waiting:
        return [*waiting, "gateway"]
    return [] if is_ready(settings.gateway_address) else ["gateway"]


def is_ready(address: str) -> bool:
    """Whether /health/ready there answers 200."""
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.hostname or LOOPBACK, parts.port, timeout=ANSWER_SECONDS)
    try:
        connection.request("GET", "/health/ready")
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
