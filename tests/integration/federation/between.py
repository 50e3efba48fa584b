"""What tests do with a centre and a region that may be linked: make a record, see what the other one has of it."""

from collections.abc import Callable
from typing import Any

from requests import Response

from chassis.kernel.ids import new_id
from tests.integration.federation.linked import Linked, joined

Pair = tuple[Linked, Linked]
WHY = {"reason": "essai"}


def create(node: Linked, visibility: str = "gtm", **more: Any) -> str:
    """A new institution; its id."""
    body = {"name": f"Essai {new_id()}", "kind": "cso", "visibility": visibility, **more}
    answer = node.api("POST", "/institutions", body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def seen(node: Linked, id: str) -> Response:
    """What a node answers for it."""
    return node.api("GET", f"/institutions/{id}")


def held(node: Linked, origin: str) -> dict[str, dict[str, Any]]:
    """What a node has of the institutions of an origin that travel; when it heard of them aside."""
    wanted = {"origin": origin, "visibility": {"$in": ["gtm", "public"]}}
    found = node.database("actors")["institutions"].find(wanted)
    return {one["_id"]: {name: value for name, value in one.items() if name != "heard_at"} for one in found}


def up_to_date(pair: Pair, eventually: Callable[..., Any]) -> None:
    """Joined, and each hears the other."""
    joined(pair)
    eventually(lambda: pair[0].link("agadez").get("state") == pair[1].link("central").get("state") == "up_to_date")
