"""Accounts on the command line, for the launcher and for an administrator who is locked out; prints one JSON line.

    python -m gateway.accounts ensure-admin             the first account, unless it is there already
    python -m gateway.accounts reset-password USERNAME  another password; its sessions end
The password is GTM_ADMIN_PASSWORD, or what the file GTM_ADMIN_PASSWORD_FILE holds, or generated and printed, this once.
"""

import json
import os
import sys
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from pymongo.errors import PyMongoError

from chassis.kernel.errors import PlatformError
from chassis.process.settings import SettingsError
from gateway.accounts.commands import ensure_admin, reset_password
from gateway.accounts.domain.passwords import SHORTEST, UnfitPasswordError
from gateway.accounts.storage.sessions import Sessions
from gateway.settings import GatewaySettings
from gateway.store import GatewayStore


def _given_password(environ: Mapping[str, str]) -> str | None:
    path = environ.get("GTM_ADMIN_PASSWORD_FILE")
    given = Path(path).read_text(encoding="utf-8").strip() if path else environ.get("GTM_ADMIN_PASSWORD")
    return given or None


def main(arguments: Sequence[str], environ: Mapping[str, str] = os.environ) -> int:
    """The command line; 0 when done, 1 when it could not be done, 2 when misused."""
    try:
        settings = GatewaySettings.from_environment(environ)
        given = _given_password(environ)
        if given and len(given) < SHORTEST:
            print(f"gateway.accounts: GTM_ADMIN_PASSWORD has fewer than {SHORTEST} characters", file=sys.stderr)
        store = GatewayStore(settings.node)
        match list(arguments):
            case ["ensure-admin"]:
                told: dict[str, Any] | None = ensure_admin(store, given)
            case ["reset-password", username]:
                sessions = Sessions(store, timedelta(hours=settings.session_hours))
                told = reset_password(store, sessions, username, given)
            case _:
                print(__doc__, file=sys.stderr)
                return 2
    except (SettingsError, UnfitPasswordError, OSError, PlatformError, PyMongoError) as error:
        print(f"gateway.accounts: {error}", file=sys.stderr)
        return 1
    if told is None:
        print("gateway.accounts: no such account", file=sys.stderr)
        return 1
    print(json.dumps(told))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
