"""The management API of this node's RabbitMQ: every answer bounded in time and size, every failure a typed error."""

import base64
import http.client
import json
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from chassis.kernel.errors import UnavailableError

SECONDS = 10.0
LARGEST = 16 * 1024 * 1024
NOT_FOUND = 404


class Management:
    """One virtual host, seen by an administrator. Opens a connection a request."""

    def __init__(self, url: str, vhost: str) -> None:
        parts = urlsplit(url)
        self._secure = parts.scheme == "https"
        self._host, self._port = parts.hostname or "", parts.port
        who = f"{unquote(parts.username or '')}:{unquote(parts.password or '')}"
        self._authorization = f"Basic {base64.b64encode(who.encode()).decode()}"
        self.vhost = vhost

    @property
    def known(self) -> bool:
        """Whether this process was told how to administer the broker."""
        return bool(self._host)

    def get(self, *path: str) -> Any:
        """What is there; None where nothing is. Raises: UnavailableError."""
        return self._ask("GET", path)

    def put(self, *path: str, body: Any) -> None:
        """Make it so. Raises: UnavailableError."""
        self._ask("PUT", path, body)

    def post(self, *path: str, body: Any) -> None:
        """Add it. Raises: UnavailableError."""
        self._ask("POST", path, body)

    def delete(self, *path: str) -> None:
        """Have it gone; nothing where it was. Raises: UnavailableError."""
        self._ask("DELETE", path)

    def _ask(self, method: str, path: Iterable[str], body: Any = None) -> Any:
        if not self.known:
            raise UnavailableError("broker-not-administered")
        target = "/api/" + "/".join(quote(part, safe="") for part in path)
        status, content = self._exchange(method, target, None if body is None else json.dumps(body).encode())
        if status == NOT_FOUND and method in ("GET", "DELETE"):
            return None
        if status >= 400:
            detail = content[:300].decode("utf-8", "replace")
            raise UnavailableError("broker-refuses", None, {"what": f"{method} {path_of(target)}", "reason": detail})
        return json.loads(content) if content else None

    def _exchange(self, method: str, target: str, body: bytes | None) -> tuple[int, bytes]:
        kind = http.client.HTTPSConnection if self._secure else http.client.HTTPConnection
        connection = kind(self._host, self._port, timeout=SECONDS)
        headers = {"Authorization": self._authorization, "Content-Type": "application/json"}
        try:
            connection.request(method, target, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read(LARGEST)
        except (OSError, http.client.HTTPException) as error:
            raise UnavailableError("broker-unreachable") from error
        finally:
            connection.close()


def path_of(target: str) -> str:
    """The address as it may be shown."""
    return unquote(target).removeprefix("/api/")[:120]
