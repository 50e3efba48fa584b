"""Policy: services run as real processes over a real broker and store.

Only a clock or a mail server may be the test's own.

`node` is one node a module: start what you need by `node.run(...)` in a module fixture. `make_node` makes more of them
for tests that stop, kill or restart things. Records of one test must not disturb another's: give them their own names.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tests.integration.eventually import eventually as wait_until
from tests.integration.node import Node
from tests.integration.surroundings import Surroundings


@pytest.fixture(scope="session")
def surroundings() -> Surroundings:
    """The broker and the store that `./gtm test` has made ready."""
    return Surroundings.from_environment()


@pytest.fixture(scope="module")
def node(surroundings: Surroundings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    """A fresh node for the tests of one module; nothing runs on it yet."""
    with Node(surroundings, tmp_path_factory.mktemp("node")) as made:
        yield made


@pytest.fixture
def make_node(surroundings: Surroundings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Node]]:
    """Makes nodes that end with the test."""
    with ExitStack() as stack:

        def make(name: str = "central") -> Node:
            made = Node(surroundings, tmp_path_factory.mktemp(name), name)
            stack.callback(made.close)
            return made

        yield make


@pytest.fixture(scope="session")
def eventually() -> Callable[..., object]:
    """`eventually(check, within=5)`: what the check gives once it is true."""
    return wait_until
