"""The gateway's application in this process, over a real store; of the services only actors answers, as told."""

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from chassis.kernel.ids import new_id
from chassis.process.settings import Settings
from gateway.accounts.commands import ensure_admin
from gateway.app import create_app
from gateway.auth import Authority
from gateway.settings import GatewaySettings
from tests.integration.surroundings import Surroundings
from tests.unit.gateway.conftest import FakeRpc

PASSWORD = "le mil pousse sous la pluie"
API = "/api/v1"


class Door:
    """Speaks to the application as a client from one address."""

    def __init__(self, app: Flask, address: str = "10.1.1.1") -> None:
        self.app, self.address = app, address
        self.client = app.test_client()

    def ask(self, method: str, path: str, body: Any = None, token: str | None = None, **headers: str) -> Any:
        """An answer; `token` as Bearer. Underscores in the names of headers are dashes."""
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        if token is not None:
            told["Authorization"] = f"Bearer {token}"
        options: dict[str, Any] = {} if body is None else {"json": body}
        return self.client.open(
            f"{API}{path}", method=method, headers=told, environ_base={"REMOTE_ADDR": self.address}, **options
        )

    def sign_in(self, username: str, password: str = PASSWORD, kind: str = "token") -> Any:
        """The tokens, or a browser's session."""
        answer = self.ask("POST", f"/auth/{kind}", {"username": username, "password": password})
        assert answer.status_code == 200, answer.text
        return answer.json

    def refusal(self, *asked: Any, **more: Any) -> tuple[int, str]:
        """The status and code of what is refused."""
        answer = self.ask(*asked, **more)
        assert answer.mimetype == "application/problem+json", answer.text
        return answer.status_code, answer.json["code"]

    def from_elsewhere(self, address: str = "10.9.9.9") -> "Door":
        """Another client, without the cookies of this one."""
        return Door(self.app, address)

    @property
    def authority(self) -> Authority:
        """The application's authority, to look behind its back."""
        found: Authority = self.app.extensions["gtm"]["authority"]
        return found


@pytest.fixture(scope="package")
def settings(surroundings: Surroundings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[GatewaySettings]:
    prefix, home = f"t{uuid.uuid4().hex[:10]}_", tmp_path_factory.mktemp("home")
    node = Settings(
        amqp_uri="amqp://nobody:nothing@127.0.0.1:1/", mongo_uri=surroundings.mongo, mongo_prefix=prefix, home=home,
        keys=Path(home) / "keys",
    )  # fmt: skip
    yield GatewaySettings(node=node)
    surroundings.drop_databases(prefix)


@pytest.fixture(scope="package")
def app(settings: GatewaySettings) -> Iterator[Flask]:
    made = create_app(settings)
    made.extensions["gtm"]["rpc"] = FakeRpc()
    ensure_admin(made.extensions["gtm"]["store"], PASSWORD)
    yield made
    made.extensions["gtm"]["store"].client.close()


@pytest.fixture
def other_worker(settings: GatewaySettings) -> Iterator[Flask]:
    """The application as another process of the same gateway has it."""
    made = create_app(settings)
    yield made
    made.extensions["gtm"]["store"].client.close()


@pytest.fixture
def door(app: Flask) -> Door:
    return Door(app)


@pytest.fixture(scope="package")
def admin(app: Flask) -> str:
    """An access token of the first administrator."""
    token: str = Door(app, "10.1.1.2").sign_in("admin")["access_token"]
    return token


@pytest.fixture
def invite(door: Door, admin: str) -> Any:
    """Invites somebody new and lets them choose their password; gives (id, username)."""

    def make(*roles: str, accepted: bool = True) -> tuple[str, str]:
        name = f"p-{new_id()}"
        answer = door.ask("POST", "/accounts", {"username": name, "roles": roles or ["member"]}, admin)
        assert answer.status_code == 201, answer.text
        if accepted:
            chosen = door.ask("POST", "/auth/accept", {"link": answer.json["link"], "password": PASSWORD})
            assert chosen.status_code == 200, chosen.text
        return answer.json["account"]["id"], name

    return make
