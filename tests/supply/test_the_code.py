"""bandit finds nothing in the code but what is named, with a reason, in exceptions.toml."""

import json
import subprocess
import sys
import tomllib
from typing import Any

import pytest

from launcher.environments import ROOT

LOOKED_AT = ("chassis", "services", "gateway", "launcher")
EXCEPTIONS: dict[str, Any] = tomllib.loads((ROOT / "tests/supply/exceptions.toml").read_text(encoding="utf-8"))
NAMED = {(one["test"], one["file"]): one["why"] for one in EXCEPTIONS["at"]}


@pytest.fixture(scope="module")
def found() -> list[dict[str, Any]]:
    """What bandit says, whatever it finds."""
    command = [sys.executable, "-m", "bandit", "--quiet", "--recursive", "--format", "json", *LOOKED_AT]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    told = json.loads(said.stdout)
    assert told["errors"] == []
    assert set(LOOKED_AT) <= {name.removeprefix("./").partition("/")[0] for name in told["metrics"]}
    return list(told["results"])


def test_nothing_is_found_but_what_has_a_reason(found: list[dict[str, Any]]) -> None:
    assert [
        f"{one['test_id']} {one['filename']}:{one['line_number']}: {one['issue_text']}"
        for one in found
        if one["test_id"] not in EXCEPTIONS["everywhere"] and (one["test_id"], one["filename"]) not in NAMED
    ] == []


def test_no_exception_outlives_what_it_was_made_for(found: list[dict[str, Any]]) -> None:
    there = {(one["test_id"], one["filename"]) for one in found}
    assert set(NAMED) - there == set()
    assert set(EXCEPTIONS["everywhere"]) - {test for test, _ in there} == set()


def test_a_weakness_is_found(tmp_path: Any) -> None:
    """That the looking works at all."""
    weak = tmp_path / "weak.py"
    weak.write_text("import subprocess\nsubprocess.run(input(), shell=True)\n", encoding="utf-8")
    command = [sys.executable, "-m", "bandit", "--quiet", "--format", "json", str(weak)]
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "B602" in {one["test_id"] for one in json.loads(said.stdout)["results"]}
