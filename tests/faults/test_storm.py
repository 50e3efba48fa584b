"""A short storm with a fixed seed; `./gtm test soak` (soak.py) runs long ones."""

import os
from pathlib import Path

import pytest

from tests.faults.storm import Ground, Storm, plan, told

pytestmark = [pytest.mark.slow]
SEED = int(os.environ.get("GTM_STORM_SEED") or 3)
SECONDS = float(os.environ.get("GTM_STORM_SECONDS") or 40)


def test_a_seed_always_plans_the_same_faults() -> None:
    assert plan(SEED, SECONDS) == plan(SEED, SECONDS) != plan(SEED + 1, SECONDS)


def test_nothing_is_lost_and_nothing_applied_twice(tmp_path: Path) -> None:
    faults = plan(SEED, SECONDS)
    assert {fault.victim for fault in faults} >= {"broker", "store"}
    ground = Ground(tmp_path)
    try:
        report = Storm(SEED, SECONDS, ground, tmp_path / "1").run()
    finally:
        ground.close()
    print(f"\n{told(report)}")
    assert (report.lost, report.applied_twice, report.out_of_order) == (0, 0, 0)
    assert report.acknowledged > 0
