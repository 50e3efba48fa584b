"""`./gtm test soak`: storm after storm, each of a seed of its own, until there were enough of them or one fails.

Each storm adds a line of JSON to var/soak/report.jsonl; the next run goes on with the seed after the last one there.
`--seed` repeats one storm, and is not noted.
"""

import argparse
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tests.faults.storm import Storm, told
from tests.integration.node import ROOT

REPORT = ROOT / "var" / "soak" / "report.jsonl"
SUMMED = ("kills", "suspensions", "events", "acknowledged", "retries", "lost", "applied_twice")


def main(arguments: Sequence[str] | None = None) -> int:
    """0 when every storm left everything as it must be."""
    asked = _asked(arguments)
    if asked.seed is not None:
        return 0 if _one(asked.seed, asked.seconds) else 1
    REPORT.parent.mkdir(parents=True, exist_ok=True)
    deadline, kills = time.monotonic() + asked.minutes * 60, 0
    while time.monotonic() < deadline and kills < asked.kills:
        line = _one(_next_seed(), asked.seconds, REPORT)
        if line is None:
            return 1
        kills += line["kills"]
    print(_summary())
    return 0


def _asked(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="gtm test soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=60.0, help="begin no storm after that time (60)")
    parser.add_argument("--kills", type=int, default=1000, help="nor after so many kills in this run (1000)")
    parser.add_argument("--seconds", type=float, default=90.0, help="how long a storm blows (90)")
    parser.add_argument("--seed", type=int, help="repeat the storm of this seed, once")
    return parser.parse_args(arguments)


def _one(seed: int, seconds: float, report: Path | None = None) -> dict[str, Any] | None:
    """Its line, None if it failed; what it wrote is kept then, and its place told."""
    folder = Path(tempfile.mkdtemp(prefix=f"gtm-storm-{seed}-"))
    try:
        line: dict[str, Any] = asdict(found := Storm(seed, seconds, folder).run())
    except AssertionError as error:
        print(f"seed={seed} FAILED, see {folder}: {error}", file=sys.stderr)
        _note(report, {"seed": seed, "failed": str(error)[:2000]})
        return None
    shutil.rmtree(folder, ignore_errors=True)
    print(told(found), flush=True)
    _note(report, line)
    return line


def _note(report: Path | None, line: dict[str, Any]) -> None:
    if report is not None:
        with report.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")


def _lines() -> list[dict[str, Any]]:
    return [json.loads(line) for line in REPORT.read_text(encoding="utf-8").splitlines()] if REPORT.exists() else []


def _next_seed() -> int:
    return max((line["seed"] for line in _lines()), default=0) + 1


def _summary() -> str:
    lines = _lines()
    sums = {name: sum(line.get(name, 0) for line in lines) for name in SUMMED}
    failed = [line["seed"] for line in lines if "failed" in line]
    return f"storms={len(lines)} failed={failed} " + " ".join(f"{name}={many}" for name, many in sums.items())


if __name__ == "__main__":
    sys.exit(main())
