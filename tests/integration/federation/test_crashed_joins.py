"""Killed anywhere on the way to a link, on either side: done again it ends in the same state, or ends by itself."""

from typing import Any

import pytest

from tests.integration.federation.between import Pair
from tests.integration.federation.linked import Linked, apart, invite

REGION = ("keyed", "answered", "remembered", "written", "connected")
CENTRE = ("admitted", "provisioned")
BY_ITSELF = ("remembered", "written", "connected")
"""Once the answer is kept nobody has to repeat anything."""


@pytest.mark.parametrize("point", [*REGION, *CENTRE])
def test_killed_and_finished(pair: Pair, eventually: Any, point: str) -> None:
    centre, region = pair
    apart(pair)
    token = invite(centre)
    killed = centre if point in CENTRE else region
    killed.stop("federation")
    killed.start_federation(GTM_CRASH_AT=f"federation.{point}")
    first = region.api("POST", "/federation/join", {"invitation": token})
    assert first.status_code == 503, first.text
    eventually(lambda: killed.processes["federation"].poll() is not None)
    killed.stop("federation")
    killed.start_federation()
    if point not in BY_ITSELF:
        again = region.api("POST", "/federation/join", {"invitation": token})
        assert again.status_code == 200, again.text
    eventually(lambda: centre.link("agadez").get("state") == "up_to_date", within=120)
    eventually(lambda: region.link("central").get("state") == "up_to_date", within=120)
    once_more = region.api("POST", "/federation/join", {"invitation": token})
    assert once_more.status_code == 200, once_more.text
    assert len(centre.events("federation", type="gtm.federation.node.joined.v1")) == _joins(centre)


def _joins(centre: Linked) -> int:
    """One a membership, and one of the centre's own entry."""
    found = centre.database("federation")["enrolments"].count_documents({})
    return found + 1
