"""A request with a key is carried out once, whatever happens to its answer."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from chassis.kernel.errors import ConflictError
from tests.integration.node import Node


@pytest.fixture(scope="module", autouse=True)
def running(node: Node) -> None:
    """One service is enough."""
    node.run("actors")


def create(node: Node, name: str, key: str | None, **who: Any) -> dict[str, Any]:
    return dict(node.call("actors", "create_institution", {"name": name}, idempotency_key=key, **who))


def test_the_same_key_has_the_same_answer_and_one_record(node: Node) -> None:
    first = create(node, "Une fois", "cle-1")
    assert create(node, "Une fois", "cle-1") == first
    assert len(node.events("actors", subject=first["id"])) == 1


def test_without_a_key_the_second_is_a_conflict(node: Node) -> None:
    create(node, "Sans clé", None)
    with pytest.raises(ConflictError) as refused:
        create(node, "Sans clé", None)
    assert refused.value.code == "institution-name-taken"


def test_the_same_key_for_another_request_is_refused(node: Node) -> None:
    create(node, "Première demande", "cle-2")
    with pytest.raises(ConflictError) as refused:
        create(node, "Autre demande", "cle-2")
    assert refused.value.code == "idempotency-key-reused"


def test_a_key_is_the_callers_own(node: Node) -> None:
    first = create(node, "Du premier compte", "cle-3", account="one")
    second = create(node, "Du second compte", "cle-3", account="two")
    assert first["id"] != second["id"]


def test_at_once_is_once(node: Node) -> None:
    with ThreadPoolExecutor(5) as pool:
        made = list(pool.map(lambda _: create(node, "En même temps", "cle-4"), range(5)))
    assert len({one["id"] for one in made}) == 1


def test_a_refused_request_may_come_again_with_its_key(node: Node) -> None:
    create(node, "Déjà là", None)
    with pytest.raises(ConflictError):
        create(node, "Déjà là", "cle-5")
    with pytest.raises(ConflictError) as again:
        create(node, "Déjà là", "cle-5")
    assert again.value.code == "institution-name-taken"
