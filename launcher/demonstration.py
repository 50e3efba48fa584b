"""The demonstration data: loaded once into a node that, from then on, writes no mail."""

import subprocess
import sys
from collections.abc import Mapping

from launcher import progress
from launcher.control import Supervisor, SupervisorGoneError
from launcher.environments import ROOT
from launcher.errors import LauncherError
from launcher.homes import Home, write_json, write_private
from launcher.settings import Settings

STORY = ("actors", "meetings", "indicators", "notifications")


def check_fits(settings: Settings) -> None:
    """Raises: LauncherError demo-partial: the demonstration is a story of all four services."""
    missing = [name for name in STORY if name not in settings.services]
    if missing:
        raise LauncherError("demo-partial", node=settings.node, missing=", ".join(missing))


def forbid_mail(home: Home) -> None:
    """From the next start of the notifications service on, this node sends no mail: its people are made up."""
    if not home.mail_off.exists():
        home.make()
        write_private(home.mail_off, "")


def load(settings: Settings, password: str | None) -> None:
    """Load what is missing, through the public API. Raises: LauncherError demo-failed."""
    home = settings.home
    if home.demo_loaded.exists():
        progress.tell("demo-there")
        return
    _stop_mail_now(home)
    progress.tell("demo-loading")
    environ = home.program("gateway")["env"] | _known_password(settings, password)
    done = subprocess.run([sys.executable, "-P", "-m", "launcher.demo"], cwd=ROOT, env=environ, check=False)
    if done.returncode:
        raise LauncherError("demo-failed")
    write_private(home.demo_loaded, "")


def _known_password(settings: Settings, password: str | None) -> Mapping[str, str]:
    known = password or settings.environ.get("GTM_ADMIN_PASSWORD")
    return {"GTM_ADMIN_PASSWORD": known} if known else {}


def _stop_mail_now(home: Home) -> None:
    """A node that was up before the demonstration was asked for is told too, by a restart of the one service."""
    program = home.program("notifications")
    supervisor = Supervisor.of(home)
    if supervisor is None or program["env"].get("GTM_MAIL") == "off":
        return
    program["env"]["GTM_MAIL"] = "off"
    write_json(home.run / "programs" / "notifications.json", program)
    try:
        supervisor.stop("notifications")
        supervisor.start("notifications")
    except SupervisorGoneError as error:
        raise LauncherError("not-up") from error
