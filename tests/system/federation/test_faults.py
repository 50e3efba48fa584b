"""Whatever befalls nodes and lines while all three are at work: in the end each has what the others tell, and once.

GTM_TEST_FEDERATION_ROUNDS: so many seeds instead of one, for a long run.
"""

import os
import random
import time

import pytest

from tests.integration.eventually import eventually
from tests.system.federation.equal import assert_equal_in_the_end, repaired
from tests.system.federation.nodes import HUB, NAMES, PATIENCE, REGIONS, Three
from tests.system.federation.writing import AtWork

SEEDS = range(1, 1 + int(os.environ.get("GTM_TEST_FEDERATION_ROUNDS") or 1))

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_region_that_was_cut_off_ends_equal(three: Three, seed: int) -> None:
    chance = random.Random(seed)
    region = chance.choice(REGIONS)
    node, before = three.nodes[region], repaired(three)
    with AtWork(three, seed, "cut") as people:
        people.go_on()
        with three.cut(region):
            # Until the brokers themselves have given the connections up, and each node says so.
            eventually(lambda: not connections(three, region), within=PATIENCE, every=1.0)
            eventually(lambda: node.link(HUB)["state"] == three.centre.link(region)["state"] == "silent", PATIENCE, 1.0)
            people.go_on()
            # The broker's own figures are some seconds old.
            eventually(lambda: node.waiting(f"outbound.{HUB}") and three.centre.waiting(f"peer.{region}"), PATIENCE)
        people.go_on()
    assert people.assert_kept() > len(NAMES)
    assert_equal_in_the_end(three)
    three.await_links()
    assert repaired(three) == before, "what was to come by itself had to be asked for"


def connections(three: Three, region: str) -> list[str]:
    """Those that a region's account has open at the centre."""
    found = three.centre.surroundings.manage("GET", "connections") or []
    return [one["name"] for one in found if one["user"] == region]


@pytest.mark.parametrize("seed", SEEDS)
def test_brokers_killed_mid_stream_lose_nothing(three: Three, seed: int) -> None:
    chance, before = random.Random(seed), repaired(three)
    with AtWork(three, seed, "kill") as people:
        for name in chance.sample(NAMES, len(NAMES)):
            people.go_on(2)
            broker = three.nodes[name].broker
            broker.kill()
            time.sleep(chance.uniform(0, 3))
            broker.start()
        people.go_on(2)
    assert people.assert_kept() > len(NAMES)
    assert_equal_in_the_end(three)
    three.await_links()
    assert repaired(three) == before, "what was to come by itself had to be asked for"
