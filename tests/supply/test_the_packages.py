"""No package of the locks has a known vulnerability, as the public index of advisories says; skipped where it is away.

Skipped is told in one line of the run's end. An index that knows only some of the packages is not believed to know.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from launcher.bom import read_lock
from launcher.environments import ROOT

AUDITED = ("dev", "store")
ACCEPTED: dict[str, str] = {}
"""Advisory → why it does not concern us; each is looked at again when its package changes."""
SECONDS = 240


def audit(lock: Path) -> Any:
    """What the index says of the packages of a lock, or why it says nothing."""
    options = ["--disable-pip", "--require-hashes", "--format", "json", "--progress-spinner", "off", "--timeout", "15"]
    command = [sys.executable, "-m", "pip_audit", *options, "--requirement", str(lock)]
    try:
        said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        return f"no answer within {SECONDS} s"
    try:
        return json.loads(said.stdout)["dependencies"]
    except (ValueError, KeyError):
        return (said.stderr.strip().splitlines() or ["no answer"])[-1][:200]


@pytest.fixture(scope="module")
def reachable(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Whether the index answers for a package that it must know."""
    whole = (ROOT / "locks/runtime.txt").read_text(encoding="utf-8")
    one = tmp_path_factory.mktemp("probe") / "one.txt"
    one.write_text(next(entry for entry in whole.split("\nm") if entry.startswith("arkupsafe")).join(("m", "\n")))
    said = audit(one)
    if isinstance(said, str) or any("skip_reason" in package for package in said):
        why = said if isinstance(said, str) else said[0]["skip_reason"]
        pytest.skip(f"NOT AUDITED: the index of advisories does not answer ({why})")


@pytest.mark.usefixtures("reachable")
@pytest.mark.parametrize("lock", AUDITED)
def test_no_package_has_a_known_vulnerability(lock: str) -> None:
    said = audit(ROOT / "locks" / f"{lock}.txt")
    assert isinstance(said, list), said
    assert [f"{one['name']}: {one['skip_reason']}" for one in said if "skip_reason" in one] == []
    assert [
        f"{one['name']} {one['version']}: {advisory['id']}, mended in {advisory['fix_versions']}"
        for one in said
        for advisory in one["vulns"]
        if advisory["id"] not in ACCEPTED
    ] == []


def test_what_runs_is_among_what_is_audited() -> None:
    audited = {(one.name, one.version) for one in read_lock(ROOT / "locks/dev.txt")}
    assert {(one.name, one.version) for one in read_lock(ROOT / "locks/runtime.txt")} - audited == set()
