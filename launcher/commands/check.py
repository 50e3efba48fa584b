"""`./gtm check`: what must hold before a change is handed in, in about a minute, without broker or store."""

import subprocess
import sys
from pathlib import Path

import click

from launcher import progress, texts
from launcher.environments import ROOT

SCRIPTS = Path(sys.executable).parent

TYPED = ("chassis", "services", "gateway", "launcher", "bench", "tests")

# Quickest first; all of them run, so that one call tells everything.
CHECKS = {
    "format": [str(SCRIPTS / "ruff"), "format", "--check", "."],
    "lint": [str(SCRIPTS / "ruff"), "check", "."],
    "imports": [str(SCRIPTS / "lint-imports")],
    "types": [sys.executable, "-m", "mypy", *TYPED],
    "unit": [sys.executable, "-m", "pytest", "-q", "tests/unit"],
}


@click.command(help=texts.say("help-check"))
def check() -> int:
    """Exit with 0 if all checks pass, 1 if not."""
    failed = [name for name, command in CHECKS.items() if not _passes(name, command)]
    if failed:
        progress.warn("check-failed", names=", ".join(failed))
    else:
        progress.tell("check-passed")
    return 1 if failed else 0


def _passes(name: str, command: list[str]) -> bool:
    progress.tell("check-running", name=name)
    return subprocess.run(command, cwd=ROOT, check=False).returncode == 0
