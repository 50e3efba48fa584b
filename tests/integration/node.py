"""A node for tests: its own vhost, databases, keys and folder, with real service processes as children.

A test says `node.run("actors", "indicators")`, then `node.call("indicators", "create_framework", {...})`.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from joserfc.jwk import OKPKey
from pymongo import MongoClient
from pymongo.database import Database

from chassis.broker.rights import GATEWAY, account, with_account
from chassis.kernel.ids import new_id
from chassis.kernel.principal import Principal
from chassis.process.settings import SERVICES
from chassis.process.tokens import sign
from tests.integration.eventually import PATIENCE, eventually
from tests.integration.ports import free_port
from tests.integration.rpc import RpcCaller
from tests.integration.surroundings import PASSWORD, Surroundings

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 120  # two busy cores declare a node's queues in about five
STOP_SECONDS = 15


class Node:
    """One node with what it needs; `close` ends its processes and removes what it made."""

    ops_host = "127.0.0.1"

    def __init__(self, surroundings: Surroundings, home: Path, name: str = "central") -> None:
        self.surroundings, self.home, self.name = surroundings, home, name
        self.prefix = f"t{uuid.uuid4().hex[:10]}_"
        self.vhost = surroundings.make_vhost()
        self.amqp_uri = surroundings.amqp_uri(self.vhost)
        self.narrow = surroundings.prepare_vhost(self.vhost, name)
        self.key = _make_keys(home / "keys")
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.ports: dict[str, int] = {}
        self._callers: dict[int, RpcCaller] = {}
        self._client: MongoClient[dict[str, Any]] | None = None

    def environment(self, **others: str) -> dict[str, str]:
        """What every process of this node is given."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "GTM_SERVICES") if name in os.environ}
        return kept | {
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
            "GTM_NODE": self.name,
            "GTM_HOME": str(self.home),
            "GTM_KEYS": str(self.home / "keys"),
            "GTM_AMQP_URI": self.amqp_uri,
            "GTM_MONGO_URI": self.surroundings.mongo,
            "GTM_MONGO_PREFIX": self.prefix,
            **others,
        }

    def run(self, *services: str, within: float = START_SECONDS, **environment: str) -> None:
        """Start services as child processes and wait until all are ready."""
        for service in services:
            self.ports[service] = free_port()
            # Queues of a service that the platform does not know are made by whoever comes first.
            known = set(environment.get("GTM_SERVICES", "").split()) <= {*SERVICES}
            own_account = self.account_of(service) if known else {}
            own = self.environment(GTM_OPS_PORT=str(self.ports[service]), **own_account, **environment)
            self.spawn(service, [sys.executable, "-m", "chassis.runner", service], own)
        for service in services:
            eventually(lambda service=service: self.is_ready(service), within=within, every=0.1)  # type: ignore[misc]

    def account_of(self, process: str) -> dict[str, str]:
        """The variable that puts a process under its own account at the broker, as `./gtm up` does."""
        if not self.narrow or process not in (*SERVICES, GATEWAY):
            return {}
        return {"GTM_AMQP_URI": with_account(self.amqp_uri, account(self.name, process), PASSWORD)}

    def spawn(self, name: str, command: Iterable[str], environment: Mapping[str, str]) -> None:
        """Start any process as a child of this node; its output goes to `log(name)`."""
        with (self.home / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                list(command), cwd=ROOT, env=dict(environment), stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )

    def is_ready(self, service: str) -> bool:
        """Whether it says so itself. Raises: RuntimeError when the process has ended."""
        if self.processes[service].poll() is not None:
            raise RuntimeError(f"{service} ended:\n{self.log(service)[-4000:]}")
        try:
            address = f"http://{self.ops_host}:{self.ports[service]}/health/ready"
            with urllib.request.urlopen(address, timeout=5) as answer:
                return bool(json.load(answer)["ready"])
        except urllib.error.HTTPError as error:
            error.close()
            return False
        except OSError:
            return False

    def stop(self, *names: str, by: signal.Signals = signal.SIGTERM) -> None:
        """End processes and wait for their end; all of them if none is named. `by` SIGKILL gives no warning."""
        ending = {name: self.processes.pop(name) for name in names or tuple(self.processes)}
        for process in ending.values():
            process.send_signal(by)
        for process in ending.values():
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def log(self, name: str) -> str:
        """What a process has written so far."""
        return (self.home / f"{name}.log").read_text(encoding="utf-8", errors="replace")

    def token(
        self, *roles: str, account: str = "tester", institution_id: str | None = None, focal_point_id: str | None = None
    ) -> str:
        """A signed token for an account with these roles."""
        principal = Principal(
            account_id=account, roles=frozenset(roles), institution_id=institution_id, focal_point_id=focal_point_id
        )
        return sign(self.key, self.name, principal, seconds=600)

    def call(
        self,
        service: str,
        method: str,
        payload: Any = None,
        *,
        roles: Iterable[str] = ("secretariat", "admin"),
        token: str | None = None,
        correlation_id: str | None = None,
        language: str = "fr",
        idempotency_key: str | None = None,
        within: float = PATIENCE,
        **who: Any,
    ) -> Any:
        """Call a service as the gateway would. No roles: the public. Raises: the PlatformError that it answers."""
        headers = {"nameko.correlation_id": correlation_id or new_id(), "nameko.language": language}
        if idempotency_key:
            headers["nameko.idempotency_key"] = idempotency_key
        if token or roles:
            headers["nameko.principal"] = token or self.token(*roles, **who)
        target, given = f"{service}.{method}", {} if payload is None else payload
        caller = self._callers.get(threading.get_ident())
        if caller is not None:
            try:
                return caller.call(target, given, headers, within)
            except ConnectionError:  # of before the broker was killed: nothing was asked yet
                with contextlib.suppress(Exception):
                    caller.connection.collect(socket_timeout=1)
        caller = self._callers[threading.get_ident()] = RpcCaller(self.amqp_uri)
        return caller.call(target, given, headers, within)

    def every(self, service: str, method: str, filters: Mapping[str, Any] | None = None, **who: Any) -> list[Any]:
        """All items of a list, page after page."""
        found: list[Any] = []
        cursor: str | None = None
        while True:
            page = self.call(service, method, {**(filters or {}), "page_size": 200, "cursor": cursor}, **who)
            found += page["items"]
            cursor = page["next_cursor"]
            if cursor is None:
                return found

    def events(self, service: str, **filters: Any) -> list[dict[str, Any]]:
        """The service's log of CloudEvents, oldest first; filters: type, subject, since."""
        return self.every(service, "list_events", filters)

    def database(self, service: str) -> Database[dict[str, Any]]:
        """The service's database, to look behind its back."""
        if self._client is None:
            self._client = MongoClient(self.surroundings.mongo, tz_aware=True, serverSelectionTimeoutMS=5000)
        return self._client[f"{self.prefix}{service}"]

    def queue(self, name: str) -> dict[str, Any]:
        """A queue as the management API shows it; empty if there is none."""
        return dict(self.surroundings.manage("GET", f"queues/{self.vhost}/{name}") or {})

    def __enter__(self) -> "Node":
        """Closed at the end of the block."""
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the processes of this node, then remove its vhost and databases."""
        self.stop()
        for caller in self._callers.values():
            with contextlib.suppress(OSError):
                caller.close()
        if self._client is not None:
            self._client.close()
        self.surroundings.drop_vhost(self.vhost)
        self.surroundings.drop_databases(self.prefix)


def _make_keys(folder: Path) -> OKPKey:
    key = OKPKey.generate_key("Ed25519", {"use": "sig", "alg": "Ed25519"}, private=True, auto_kid=True)
    folder.mkdir(parents=True, exist_ok=True)
    signing = folder / "signing.jwk"
    signing.touch(mode=0o600)
    signing.write_text(json.dumps(key.as_dict(private=True)), encoding="utf-8")
    (folder / "public.jwks").write_text(json.dumps({"keys": [key.as_dict(private=False)]}), encoding="utf-8")
    return key
