"""One whole node for this folder: five services, the gateway before them, and something to be seen of each noun."""

from collections.abc import Iterator

import pytest

from tests.integration.gateway.children import start_gateway
from tests.integration.node import Node
from tests.integration.rights.cast import Cast
from tests.integration.rights.oracle import SERVICES
from tests.integration.surroundings import Surroundings

PASSWORD = "le mil pousse sous la pluie"


@pytest.fixture(scope="package")
def node(surroundings: Surroundings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    made = Node(surroundings, tmp_path_factory.mktemp("node"))
    try:
        made.run(*SERVICES)
        yield made
    finally:
        made.close()


@pytest.fixture(scope="package")
def cast(node: Node) -> Cast:
    return Cast(node)


@pytest.fixture(scope="package")
def address(node: Node) -> str:
    """Where the gateway of the node answers."""
    # Everybody comes from one address, as fast as they can: how often one may ask is asked elsewhere.
    fast = {"GTM_RATE_ACCOUNT": "0", "GTM_RATE_ADDRESS": "0"}
    return start_gateway(node, GTM_ADMIN_PASSWORD=PASSWORD, GTM_SERVICES=" ".join(SERVICES), **fast)
