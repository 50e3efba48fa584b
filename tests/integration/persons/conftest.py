"""One node for all of it: two services, the gateway, an administrator."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from chassis.kernel.ids import new_id
from tests.integration.gateway.children import start_gateway
from tests.integration.node import Node
from tests.integration.surroundings import Surroundings

PASSWORD = "le mil pousse sous la pluie"
SERVICES = "actors notifications"


class Client:
    """Asks the API; keeps every refusal."""

    def __init__(self, address: str, token: str | None = None) -> None:
        self.address, self.session, self.refused = address, requests.Session(), list[str]()
        if token:
            self.session.headers["Authorization"] = f"Bearer {token}"

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> requests.Response:
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = self.session.request(method, f"{self.address}/api/v1{path}", json=body, headers=told, timeout=30)
        if not answer.ok:
            self.refused.append(answer.text + str(answer.headers))
        return answer

    def done(self, method: str, path: str, body: Any = None) -> Any:
        answer = self.ask(method, path, body)
        assert answer.ok, answer.text
        return answer.json()


@pytest.fixture(scope="package")
def node(surroundings: Surroundings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    made = Node(surroundings, tmp_path_factory.mktemp("node"))
    try:
        made.run(*SERVICES.split(), GTM_SERVICES=SERVICES, GTM_LOG_LEVEL="DEBUG")
        yield made
    finally:
        made.close()


@pytest.fixture(scope="package")
def address(node: Node) -> str:
    return start_gateway(node, GTM_ADMIN_PASSWORD=PASSWORD, GTM_SERVICES=SERVICES, GTM_LOG_LEVEL="DEBUG")


@pytest.fixture(scope="package")
def admin(address: str) -> Client:
    return sign_in(address, "admin")


def sign_in(address: str, username: str) -> Client:
    told = {"username": username, "password": PASSWORD}
    return Client(address, Client(address).done("POST", "/auth/token", told)["access_token"])


def member(admin: Client, username: str, focal_point_id: str | None = None) -> tuple[str, Client]:
    """An invited account that chose its password, linked to a focal point; its id, and the person's client."""
    made = admin.done("POST", "/accounts", {"username": username, "roles": ["focal_point", "member"]})
    Client(admin.address).done("POST", "/auth/accept", {"link": made["link"], "password": PASSWORD})
    id = str(made["account"]["id"])
    if focal_point_id:
        admin.done("POST", f"/accounts/{id}/link", {"focal_point_id": focal_point_id})
    return id, sign_in(admin.address, username)


def focal_point(admin: Client, name: str, email: str, **others: Any) -> dict[str, Any]:
    institution = admin.done("POST", "/institutions", {"name": f"Institution {new_id()}"})["id"]
    told = {"institution_id": institution, "name": name, "email": email, **others}
    return dict(admin.done("POST", "/focal-points", told))
