"""The accounts of the node's own broker: a password each, in a file each; rights are in chassis/broker/rights.py.

The broker reads them at each start from `definitions.json`, with its exchanges and queues: so what stands in GTM_HOME
comes true, whatever was interrupted before. A broker that runs is told the same over its management interface.
"""

import base64
import http.client
import json
from typing import Any
from urllib.parse import quote

from chassis.broker.definitions import definitions, hash_of
from chassis.broker.rights import account, table
from launcher.errors import LauncherError
from launcher.homes import Home, write_private
from launcher.settings import LOOPBACK, Settings
from services.registry import queues_of

FILE = "definitions.json"
SECONDS = 30.0
BEFORE = ("broker", "broker-federation")
"""Secrets of releases that had one account for all."""


def who(settings: Settings) -> list[str]:
    """Everybody who has an account."""
    return list(table(settings.node, settings.services, _heard(settings)))


def password(home: Home, name: str) -> str:
    """Made once, and again by `./gtm secrets rotate`."""
    return home.secret(secret(name))


def secret(name: str) -> str:
    """The file of somebody's password."""
    return f"broker.{name}"


def write(settings: Settings, vhost: str) -> None:
    """Write what the broker reads when it starts."""
    home = settings.home
    hashes = {name: hash_of(password(home, name), str(home.broker)) for name in who(settings)}
    told = definitions(settings.node, vhost, settings.services, _heard(settings), hashes)
    write_private(home.broker / FILE, json.dumps(told))


def tell(settings: Settings, name: str, said: str) -> None:
    """Have the running broker take over the file: passwords, rights, queues that are missing. Under this account."""
    body = (settings.home.broker / FILE).read_text(encoding="utf-8")
    _ask(settings, (name, said), "POST", "definitions", body)


def tidy(settings: Settings, name: str, said: str) -> None:
    """Delete accounts of this node that no process has: of an earlier release, of a service that it no longer runs."""
    wanted = {account(settings.node, one) for one in who(settings)}
    for one in _ask(settings, (name, said), "GET", "users"):
        known = str(one["name"])
        if known not in wanted and known.partition(".")[0] == settings.node:
            _ask(settings, (name, said), "DELETE", f"users/{quote(known, safe='')}")
    for old in BEFORE:
        (settings.home.path / "secrets" / old).unlink(missing_ok=True)


def lets_in(settings: Settings, name: str, said: str) -> bool:
    """Whether the running broker takes this password."""
    return _exchange(settings, (name, said), "GET", "whoami", None)[0] == http.client.OK


def _heard(settings: Settings) -> list[Any]:
    return [one for service in settings.services for one in queues_of(service)]


def _ask(settings: Settings, by: tuple[str, str], method: str, path: str, body: str | None = None) -> Any:
    status, content = _exchange(settings, by, method, path, body)
    if status >= http.client.BAD_REQUEST and (method, status) != ("DELETE", http.client.NOT_FOUND):
        raise LauncherError(
            "broker-management", what=f"{method} {path}", reason=content[:300].decode("utf-8", "replace")
        )
    return json.loads(content) if content else None


def _exchange(settings: Settings, by: tuple[str, str], method: str, path: str, body: str | None) -> tuple[int, bytes]:
    word = base64.b64encode(f"{account(settings.node, by[0])}:{by[1]}".encode()).decode()
    headers = {"Authorization": f"Basic {word}", "Content-Type": "application/json"}
    connection = http.client.HTTPConnection(LOOPBACK, settings.ports["amqp_management"], timeout=SECONDS)
    try:
        connection.request(method, f"/api/{path}", body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read()
    except (OSError, http.client.HTTPException) as error:
        raise LauncherError("broker-management", what=f"{method} {path}", reason=error) from error
    finally:
        connection.close()
