"""A region joins over a thin line (tests/thin.py), works while it is cut, and has and gives everything in the end.

How long it takes is measured by `python -m bench.thin`.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.faults.link import NoNamespaceError
from tests.integration.federation.far import FarCentre, far_pair
from tests.integration.federation.linked import Linked, invite
from tests.integration.surroundings import Surroundings
from tests.thin import Line

pytestmark = [pytest.mark.slow]
BEFORE, WHILE_CUT = 20, 10
Far = tuple[FarCentre, Linked, Line]


@pytest.fixture(scope="module")
def far(surroundings: Surroundings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Far]:
    try:
        with far_pair(tmp_path_factory.mktemp("thin"), surroundings.mongo, GTM_HEARTBEAT_SECONDS="5") as made:
            yield made
    except NoNamespaceError as error:
        pytest.skip(str(error))


def create(node: Linked, number: int) -> str:
    note = f"Travaux du groupe, suite {number}. " * 40
    made = node.api("POST", "/institutions", {"name": f"{node.name} {number}", "kind": "cso", "note": note})
    return str(made.json()["id"])


def has(node: Linked, ids: list[str]) -> bool:
    kept = node.database("actors")["institutions"]
    return int(kept.count_documents({"_id": {"$in": ids}})) == len(ids)


def test_everything_arrives_over_a_thin_line(far: Far, eventually: Any) -> None:
    centre, region, line = far
    early = [create(region, number) for number in range(BEFORE)]  # told by comparing, as they were before the link
    token = invite(centre)
    # An answer lost on the way is asked for again, with the same invitation.
    eventually(lambda: region.api("POST", "/federation/join", {"invitation": token}).ok, within=300, every=2)
    eventually(lambda: has(centre, early), within=300, every=0.5)
    with line.cut():
        late = [create(region, number) for number in range(BEFORE, BEFORE + WHILE_CUT)]
        theirs = [create(centre, number) for number in range(WHILE_CUT)]
        assert not has(centre, late[:1])
    eventually(lambda: has(centre, late) and has(region, theirs), within=300, every=0.5)
    eventually(lambda: region.link("central").get("state") == "up_to_date", within=300, every=0.5)
    sent, came = line.bytes()
    print(f"\n{line.kind} line: {sent} bytes to the centre, {came} from it")
    for node in (centre, region):
        assert node.call("actors", "list_parked", {})["items"] == []
