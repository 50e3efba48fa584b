"""The gateway as in production, two workers under gunicorn; the actors service is real, the three others stand in."""

from collections.abc import Iterator

import pytest
import requests

from tests.integration.gateway.children import start_gateway, start_stand_ins, stop
from tests.integration.node import Node
from tests.integration.surroundings import Surroundings

PASSWORD = "a password for these tests"


@pytest.fixture(scope="package")
def node(surroundings: Surroundings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    """One node for all tests of this folder: starting one takes longer than most of them."""
    with Node(surroundings, tmp_path_factory.mktemp("node")) as made:
        yield made


@pytest.fixture(scope="package")
def address(node: Node) -> Iterator[str]:
    """Where the gateway of a running node answers."""
    names = ["meetings", "indicators", "notifications"]
    services = start_stand_ins(node.amqp_uri, names, node.home / "stand_ins.log")
    try:
        node.run("actors")
        yield start_gateway(node, GTM_ADMIN_PASSWORD=PASSWORD)
    finally:
        stop(services)


@pytest.fixture(scope="package")
def admin(address: str) -> Iterator[requests.Session]:
    """A session of the administrator."""
    with requests.Session() as session:
        answer = session.post(f"{address}/api/v1/auth/token", json={"username": "admin", "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        session.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        yield session
