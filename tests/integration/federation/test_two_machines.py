"""A node whose store runs twice is fenced by its centre; restarts and several processes on one store are not."""

import signal
import sys
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from tests.integration.federation.between import WHY, Pair, up_to_date
from tests.integration.federation.linked import Linked, invite
from tests.integration.ports import free_port


@pytest.fixture(autouse=True)
def linked(pair: Pair, eventually: Any) -> None:
    up_to_date(pair, eventually)


def also(region: Linked, name: str, **environment: str) -> None:
    """Another process of the federation service, beside the one that runs."""
    own = {"GTM_AMQP_MANAGEMENT_URL": region.broker.management_url, "GTM_PUBLIC_URL": region.http}
    own |= {"GTM_OPS_PORT": str(free_port()), **region.shared, **environment}
    region.spawn(name, [sys.executable, "-m", "chassis.runner", "federation"], region.environment(**own))


@pytest.fixture
def copy(pair: Pair) -> Iterator[str]:
    """A store of its own, as a copied machine has; its process beats as Agadez."""
    region, prefix = pair[1], f"t{uuid.uuid4().hex[:10]}_"
    also(region, "copy", GTM_MONGO_PREFIX=prefix)
    yield "copy"
    if "copy" in region.processes:
        region.stop("copy")
    region.surroundings.drop_databases(prefix)


def member(centre: Linked) -> dict[str, Any]:
    return dict(centre.api("GET", "/federation/nodes/agadez").json())


def speakers(centre: Linked) -> dict[str, Any]:
    found = centre.database("federation")["links"].find_one({"_id": "agadez"}) or {}
    return dict(found.get("speakers") or {})


def test_processes_that_follow_each_other_or_share_a_store_are_one_machine(pair: Pair, eventually: Any) -> None:
    centre, region = pair
    before = speakers(centre)["last"]
    also(region, "second")
    second = eventually(lambda: speakers(centre)["last"] != before and speakers(centre)["last"])
    region.stop("federation", by=signal.SIGKILL)
    region.start_federation()
    third = eventually(lambda: speakers(centre)["last"] not in (before, second) and speakers(centre)["last"])
    beats = speakers(centre)["steady"]
    region.processes["federation"].send_signal(signal.SIGSTOP)
    # The other process takes over, under a name of its own; who wakes up again does not go on.
    fourth = eventually(lambda: speakers(centre)["last"] != third and speakers(centre)["last"])
    region.processes["federation"].send_signal(signal.SIGCONT)
    eventually(lambda: speakers(centre)["last"] == fourth and speakers(centre)["steady"] >= 5)
    assert speakers(centre)["returns"] <= 1
    assert member(centre)["state"] == "joined"
    assert beats >= 0
    region.stop("second")
    eventually(lambda: region.link("central").get("state") == "up_to_date")


def test_two_stores_are_fenced_and_told_on_both_sides(pair: Pair, copy: str, eventually: Any) -> None:
    centre, region = pair
    eventually(lambda: member(centre)["state"] == "suspended")
    assert member(centre)["fenced_at"]
    told = centre.link("agadez")
    assert (told["state"], told["text"]) == ("fenced", "mis à l’écart : deux machines parlaient au nom de Agadez")
    (warning,) = [one for one in told["warnings"] if one["code"] == "fenced"]
    assert "./gtm node resume agadez" in warning["text"] and "--replace" in warning["text"]
    eventually(lambda: centre.surroundings.manage("GET", "users/agadez") is None)
    eventually(lambda: "deux machines" in region.link("central")["text"])
    region.stop(copy)
    assert centre.api("POST", "/federation/nodes/agadez/resume", WHY).json()["fenced_at"] is None
    eventually(lambda: centre.link("agadez").get("state") == region.link("central").get("state") == "up_to_date")
    eventually(lambda: "greets_anew" in region.log("federation"))


def test_an_invitation_made_since_then_opens_it_and_an_older_one_does_not(pair: Pair) -> None:
    centre, region = pair
    older = invite(centre, replace=True)
    assert centre.api("POST", "/federation/nodes/agadez/suspend", WHY).ok
    refused = region.api("POST", "/federation/join", {"invitation": older})
    assert (refused.status_code, refused.json()["code"]) == (409, "node-in-another-state")
    assert centre.api("POST", "/federation/invitations", {"node": "agadez"}).status_code == 409
    done = region.api("POST", "/federation/join", {"invitation": invite(centre, replace=True)})
    assert done.status_code == 200, done.text
    assert member(centre)["state"] == "joined"
