"""`./gtm test soak`: storm after storm, each of a seed of its own, until there were enough of them or one fails.

Each storm adds a line of JSON to var/soak/report.jsonl; the next run goes on with the seed after the last one there.
Aim over all runs: 1,000 kills and 1,000,000 events. Storms share a broker and a store, renewed every RENEWED storms.
`--seed` repeats one storm (with the same seconds and calm), and is not noted.
"""

import argparse
import json
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tests.faults.storm import Ground, Storm, told
from tests.integration.node import ROOT

REPORT = ROOT / "var" / "soak" / "report.jsonl"
SUMMED = ("kills", "suspensions", "events", "acknowledged", "retries", "lost", "applied_twice", "out_of_order")
QUANTILES = {"p50": 0.5, "p99": 0.99}
RENEWED = 8  # storms on one broker and store: what they leave in their files stays small


def main(arguments: Sequence[str] | None = None) -> int:
    """0 when every storm left everything as it must be."""
    asked = _asked(arguments)
    if asked.seed is not None:
        return 0 if _several([asked.seed], asked, None, lambda: False) else 1
    REPORT.parent.mkdir(parents=True, exist_ok=True)
    deadline, before = time.monotonic() + asked.minutes * 60, _sums()["kills"]
    enough = lambda: time.monotonic() >= deadline or _sums()["kills"] - before >= asked.kills  # noqa: E731 (one line)
    while not enough():
        first = _next_seed()
        if not _several(range(first, first + RENEWED), asked, REPORT, enough):
            return 1
    print(_summary())
    return 0


def _asked(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="gtm test soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=60.0, help="begin no storm after that time (60)")
    parser.add_argument("--kills", type=int, default=1000, help="nor after so many kills in this run (1000)")
    parser.add_argument("--seconds", type=float, default=120.0, help="how long a storm blows (120)")
    parser.add_argument("--many", type=int, default=10, help="records a request; more events, fewer requests (10)")
    parser.add_argument("--calm", type=float, default=1.0, help="times as long between faults; more events (1)")
    parser.add_argument("--seed", type=int, help="repeat the storm of this seed, once")
    return parser.parse_args(arguments)


def _several(seeds: Iterable[int], asked: argparse.Namespace, report: Path | None, enough: Callable[[], bool]) -> bool:
    """Storms on the same ground. Whether all held; after one that did not, what it wrote is kept and its place told."""
    folder = Path(tempfile.mkdtemp(prefix="gtm-soak-"))
    ground = Ground(folder)
    try:
        for seed in seeds:
            if enough():
                break
            try:
                found = Storm(seed, asked.seconds, ground, folder / str(seed), asked.many, asked.calm).run()
            except AssertionError as error:
                print(f"seed={seed} FAILED, see {folder}: {error}", file=sys.stderr)
                _note(report, {"seed": seed, "failed": str(error)[:2000]})
                return False
            shutil.rmtree(folder / str(seed), ignore_errors=True)
            print(told(found), flush=True)
            _note(report, asdict(found))
    finally:
        ground.close()
    shutil.rmtree(folder, ignore_errors=True)
    return True


def _note(report: Path | None, line: dict[str, Any]) -> None:
    if report is not None:
        with report.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")


def _lines() -> list[dict[str, Any]]:
    return [json.loads(line) for line in REPORT.read_text(encoding="utf-8").splitlines()] if REPORT.exists() else []


def _next_seed() -> int:
    return max((line["seed"] for line in _lines()), default=0) + 1


def _sums() -> Counter[str]:
    return Counter({name: sum(line.get(name, 0) for line in _lines()) for name in SUMMED})


def _summary() -> str:
    """Over all runs that the report has."""
    lines, sums = _lines(), _sums()
    by: Counter[str] = Counter()
    for line in lines:
        by.update(line.get("kills_by", {}))
    failed = [line["seed"] for line in lines if "failed" in line]
    took = sorted(second for line in lines for second in line.get("recoveries", ()))
    at = {name: took[min(len(took) - 1, int(len(took) * share))] for name, share in QUANTILES.items() if took}
    words = [f"storms={len(lines)}", f"failed={failed}", *(f"{name}={sums[name]}" for name in SUMMED)]
    words += [f"kills_of_{name}={many}" for name, many in sorted(by.items())]
    return " ".join([*words, *(f"recovery_{name}={seconds:g}" for name, seconds in at.items())])


if __name__ == "__main__":
    sys.exit(main())
