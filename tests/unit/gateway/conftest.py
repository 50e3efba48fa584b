"""The application without broker and store: enough for everything that is decided at the door."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from chassis.kernel.principal import Principal
from chassis.process.settings import Settings
from chassis.process.tokens import sign
from gateway.app import create_app
from gateway.keys import ensure_key
from gateway.rpc import CallContext
from gateway.settings import GatewaySettings

# Flask's test client; as Any, because the type of an answer's `json` allows None and these answers never are.
Client = Any


class FakeRpc:
    """Answers as the test says, and remembers what it was asked; an exception is raised."""

    def __init__(self) -> None:
        self.answers: dict[str, Any] = {}
        self.asked: list[tuple[str, Any, CallContext]] = []
        self.connected = True

    def call(self, target: str, payload: Any, context: CallContext, within: float) -> Any:
        """See gateway.rpc.RpcClient."""
        self.asked.append((target, payload, context))
        answer = self.answers[target]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def call_side_by_side(
        self, targets: Any, payload: Any, context: CallContext, within: float, own: Any = None
    ) -> dict[str, Any]:
        """See gateway.rpc.RpcClient."""
        targets = list(targets)
        self.asked += [(target, {**payload, **(own or {}).get(target, {})}, context) for target in targets]
        return {target: self.answers[target] for target in targets}

    @property
    def payload(self) -> Any:
        """What the last call carried."""
        return self.asked[-1][1]


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> GatewaySettings:
    home = tmp_path_factory.mktemp("home")
    node = Settings(
        amqp_uri="amqp://nobody:nothing@127.0.0.1:1/",
        mongo_uri="mongodb://127.0.0.1:1/",
        home=home,
        keys=home / "keys",
        public_url="https://gtm.example",
    )
    # These tests ask faster than anybody; test_limits.py and test_edge.py have applications of their own.
    return GatewaySettings(node=node, rate_account=0, rate_address=0)


class NobodyGuesses:
    """Counts nothing: there is no store here. See gateway.accounts.storage.guesses.Guesses."""

    def wait(self, counts: Any) -> float:
        """No wait."""
        return 0.0

    def attempt(self, counts: Any) -> None:
        """Nothing."""

    forgive = forget = attempt


@pytest.fixture(scope="session")
def app(settings: GatewaySettings) -> Flask:
    made = create_app(settings)
    made.extensions["gtm"]["authority"].parts.guesses = NobodyGuesses()
    return made


@pytest.fixture
def rpc(app: Flask) -> Iterator[FakeRpc]:
    real = app.extensions["gtm"]["rpc"]
    fake = app.extensions["gtm"]["rpc"] = FakeRpc()
    yield fake
    app.extensions["gtm"]["rpc"] = real


@pytest.fixture
def client(app: Flask, rpc: FakeRpc) -> Client:
    return app.test_client()


@pytest.fixture(scope="session")
def token(settings: GatewaySettings) -> str:
    principal = Principal(account_id="an-account", roles=frozenset({"secretariat"}))
    return sign(ensure_key(settings.node.keys), settings.node.node, principal, 600)


@pytest.fixture
def keys_folder(tmp_path: Path) -> Path:
    return tmp_path / "keys"
