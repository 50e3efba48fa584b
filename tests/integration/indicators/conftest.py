"""The actors and indicators services as processes, and the few records that most tests start from."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from chassis.kernel.ids import new_id
from tests.integration.node import Node

STATISTICIAN = ("statistician",)


class Indicators:
    """The indicators service as its callers see it."""

    def __init__(self, node: Node) -> None:
        self.node = node

    def __call__(self, method: str, payload: dict[str, Any] | None = None, **who: Any) -> Any:
        return self.node.call("indicators", method, payload, **{"roles": STATISTICIAN, **who})

    def an_indicator(self, **others: Any) -> Any:
        """A quarterly count by sex under a code of its own."""
        named = {"code": f"I-{new_id()}", "name": "Personnes informées", "unit": "personnes"}
        measured = {"kind": "count", "frequency": "quarter", "disaggregation": ["sex"]}
        return self("create_indicator", {**named, **measured, **others})

    def an_observation(self, **others: Any) -> Any:
        """A figure of a new indicator, unless one is named."""
        body = {"period": "2024-Q3", "value": "120", **others}
        if "indicator_id" not in body:
            body["indicator_id"] = self.an_indicator()["id"]
        return self("create_observation", body)


@pytest.fixture(scope="module")
def indicators(node: Node, eventually: Callable[..., Any]) -> Iterator[Indicators]:
    """The service, with what ships loaded."""
    node.run("actors", "indicators")
    service = Indicators(node)
    eventually(lambda: len(service("list_frameworks")["items"]) == 2, within=10)
    yield service
    node.stop("actors", "indicators")


@pytest.fixture(scope="module")
def institution(node: Node, indicators: Indicators) -> Any:
    """An institution that the directory took in."""
    return node.call("actors", "create_institution", {"name": f"Institut {new_id()}"})
