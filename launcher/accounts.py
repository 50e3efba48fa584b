"""The node's accounts, by way of `python -m gateway.accounts`: the launcher itself never sees a password's hash."""

import json
import subprocess
import sys
from collections.abc import Mapping

from launcher import progress
from launcher.environments import ROOT
from launcher.errors import ProcessFailedError
from launcher.settings import Settings

SECONDS = 120.0


def ensure_admin(settings: Settings, environ: Mapping[str, str]) -> str | None:
    """Make the first account and the node's keys unless they are there; the password, if one was generated."""
    given = settings.environ.get("GTM_ADMIN_PASSWORD")
    with progress.step("up-account"):
        return _ask({**environ, **({"GTM_ADMIN_PASSWORD": given} if given else {})}, "ensure-admin")


def reset_admin(environ: Mapping[str, str]) -> str | None:
    """Give the administrator another password: that of GTM_ADMIN_PASSWORD, else a generated one, which is returned."""
    return _ask(environ, "reset-password", "admin")


def _ask(environ: Mapping[str, str], *arguments: str) -> str | None:
    done = subprocess.run(
        [sys.executable, "-m", "gateway.accounts", *arguments],
        cwd=ROOT,
        env=dict(environ),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        umask=0o077,
        check=False,
    )
    if done.returncode:
        raise ProcessFailedError("account-failed", done.stderr.splitlines()[-15:])
    for line in done.stderr.splitlines():
        progress.console.print(line, markup=False)
    password = json.loads(done.stdout.splitlines()[-1])["password"]
    return str(password) if password else None
