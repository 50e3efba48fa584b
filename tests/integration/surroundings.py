"""The real broker and store that tests run against, as `./gtm test` tells of them; nothing is replaced by a mock.

A vhost of its own and a prefix for its databases set each node of the tests apart from every other.
"""

import base64
import json
import os
import urllib.error
import urllib.request
import uuid
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from pymongo import MongoClient

from chassis.broker.definitions import definitions, hash_of
from chassis.broker.rights import GATEWAY
from chassis.process.settings import SERVICES
from chassis.storage.mongo import EMBEDDED_SET
from services.registry import queues_of

REQUEST_SECONDS = 20
PASSWORD = "of-the-tests"  # of accounts that may do something in the vhosts of tests alone


@dataclass(frozen=True)
class Surroundings:
    """Where the broker and the store answer, and who may make a vhost there."""

    amqp: str
    mongo: str
    management: str
    user: str = field(repr=False)
    password: str = field(repr=False)

    @classmethod
    def from_environment(cls) -> "Surroundings":
        """Read GTM_TEST_*; without them the test fails, because a skipped test shows nothing."""
        amqp = _needed("GTM_TEST_AMQP_URI")
        parts = urlsplit(amqp)
        return cls(
            amqp=amqp,
            mongo=_own(_needed("GTM_TEST_MONGO_URI").split()),
            management=_needed("GTM_TEST_AMQP_MANAGEMENT_URL").rstrip("/"),
            user=os.environ.get("GTM_TEST_AMQP_USER") or parts.username or "guest",
            password=os.environ.get("GTM_TEST_AMQP_PASSWORD") or parts.password or "guest",
        )

    def amqp_uri(self, vhost: str) -> str:
        """The broker's address with this vhost."""
        parts = urlsplit(self.amqp)
        who = f"{quote(self.user, safe='')}:{quote(self.password, safe='')}"
        return f"amqp://{who}@{parts.hostname}:{parts.port or 5672}/{quote(vhost, safe='')}"

    def manage(self, method: str, path: str, body: Any = None) -> Any:
        """Ask the management API; `path` below /api. Gives the JSON, None where there is none or for 404."""
        who = base64.b64encode(f"{self.user}:{self.password}".encode()).decode()
        request = urllib.request.Request(
            f"{self.management}/api/{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Basic {who}", "Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=REQUEST_SECONDS) as answer:
                content = answer.read()
        except urllib.error.HTTPError as error:
            with error:
                if error.code == HTTPStatus.NOT_FOUND:
                    return None
                raise
        return json.loads(content) if content else None

    def make_vhost(self) -> str:
        """A new vhost that the tests' user may do everything in."""
        vhost = f"test-{uuid.uuid4().hex[:12]}"
        self.manage("PUT", f"vhosts/{vhost}", {"description": "a test of the platform; may be deleted"})
        everything = {"configure": ".*", "write": ".*", "read": ".*"}
        self.manage("PUT", f"permissions/{vhost}/{quote(self.user, safe='')}", everything)
        return vhost

    def prepare_vhost(self, vhost: str, node: str) -> bool:
        """What `./gtm up` has the broker load: an account for each process of the node, its exchanges and queues.

        Whether it could be done: a broker without management has one account, and services that declare everything.
        """
        if not self.management:
            return False
        heard = [one for service in SERVICES for one in queues_of(service)]
        hashes = dict.fromkeys((*SERVICES, GATEWAY), hash_of(PASSWORD))
        self.manage("POST", "definitions", definitions(node, vhost, SERVICES, heard, hashes))
        return True

    def drop_vhost(self, vhost: str) -> None:
        """Delete the vhost with its queues and connections."""
        self.manage("DELETE", f"vhosts/{vhost}")

    def drop_databases(self, prefix: str) -> None:
        """Delete the databases whose names begin with the prefix."""
        client: MongoClient[dict[str, Any]] = MongoClient(self.mongo, serverSelectionTimeoutMS=5000)
        with client:
            if client.admin.command("hello").get("setName") == EMBEDDED_SET:
                # A killed process's open transaction would make the embedded server spin in dropDatabase.
                client.admin.command("killAllSessions", [])
            for name in client.list_database_names():
                if name.startswith(prefix):
                    client.drop_database(name)


def _own(stores: list[str]) -> str:
    """The store of this process, where tests run in several side by side."""
    number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:])
    return stores[number % len(stores)]


def _needed(name: str) -> str:
    value = os.environ.get(name)
    if not value:
        pytest.fail(f"{name} is not set: these tests need a real broker and store; run them by ./gtm test", False)
    return value
