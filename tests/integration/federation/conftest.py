"""A centre with a region or two, each a whole node on a broker of its own."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.integration.at_once import at_once
from tests.integration.federation.brokers import NodeBroker
from tests.integration.federation.linked import Linked, describe
from tests.integration.surroundings import Surroundings


@pytest.fixture(scope="package")
def pair(surroundings: Surroundings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Linked, Linked]]:
    """The centre and Agadez, running, and not linked yet."""
    descriptions = tmp_path_factory.mktemp("nodes")
    homes = {name: tmp_path_factory.mktemp(name) for name in ("central", "agadez")}
    with ExitStack() as stack:
        made: dict[str, Linked] = {}
        brokers: dict[str, NodeBroker] = {}
        for name, home in homes.items():
            keys = home / "keys" / "federation" if name == "central" else None
            brokers[name] = NodeBroker(tmp_path_factory.mktemp(f"broker-{name}"), name, keys)
            stack.callback(brokers[name].close)
        at_once(*(broker.start for broker in brokers.values()))
        for name, home in homes.items():
            made[name] = Linked(brokers[name], surroundings.mongo, home, name, descriptions)
        stack.callback(lambda: at_once(*(node.close for node in made.values())))
        port = made["central"].broker.tls
        describe(descriptions, "central", "Centre", f'[listen]\nhost = "localhost"\nport = {port}')
        describe(descriptions, "agadez", "Agadez", 'hub = "central"')
        at_once(made["central"].begin, lambda: made["agadez"].begin("central"))
        yield made["central"], made["agadez"]
