"""The node's accounts and signing key, by the gateway's own commands: the launcher never sees a password's hash."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

from launcher import progress
from launcher.environments import ROOT
from launcher.errors import ProcessFailedError, SettingError
from launcher.settings import Settings

SECONDS = 120.0


def ensure_admin(settings: Settings, environ: Mapping[str, str]) -> str | None:
    """Make the first account and the node's keys unless they are there; the password, if one was generated."""
    given = settings.environ.get("GTM_ADMIN_PASSWORD")
    with progress.step("up-account"):
        told = _ask({**environ, **({"GTM_ADMIN_PASSWORD": given} if given else {})}, "gateway.accounts", "ensure-admin")
    return _password(told)


def reset_admin(environ: Mapping[str, str]) -> str | None:
    """Give the administrator another password: that of GTM_ADMIN_PASSWORD, else a generated one, which is returned."""
    return _password(_ask(environ, "gateway.accounts", "reset-password", "admin"))


def rotate_key(settings: Settings, *, at_once: bool) -> dict[str, Any]:
    """Let the node sign with another key: {key, before, before_counts_until}."""
    if not (settings.keys / "signing.jwk").exists():
        raise SettingError("no-signing-key", folder=str(settings.keys))
    environ = {**os.environ, "GTM_KEYS": str(settings.keys)}
    return _ask(environ, "gateway.keys", "rotate", *(["--now"] if at_once else []))


def _ask(environ: Mapping[str, str], module: str, *arguments: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
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
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def _password(told: Mapping[str, Any]) -> str | None:
    return str(told["password"]) if told["password"] else None
