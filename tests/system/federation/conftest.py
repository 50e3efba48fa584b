"""Three whole nodes, started once for all that is tried with them."""

from collections.abc import Iterator

import pytest

from tests.system.federation.equal import assert_equal_in_the_end
from tests.system.federation.nodes import Three


@pytest.fixture(scope="package")
def three(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Three]:
    """Joined, each link up to date."""
    made = Three(tmp_path_factory.mktemp("three"))
    try:
        made.begin()
        assert_equal_in_the_end(made)  # what each had before they joined has come
        made.await_links()
        yield made
    finally:
        made.end()
