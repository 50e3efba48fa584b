"""Installs Debian packages, after saying so, where that is ours to do: as root, on Debian or Ubuntu."""

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from launcher import texts
from launcher.errors import LauncherError

POLICY = Path("/usr/sbin/policy-rc.d")
LISTS = Path("/var/lib/apt/lists")
LAST_LINES = 12

# What answers 101 here forbids a package to start its service while it is installed (Debian policy, invoke-rc.d).
FORBIDDING = "#!/bin/sh\nexit 101\n"


def can_install() -> bool:
    """Whether packages may be installed by us."""
    return os.geteuid() == 0 and Path("/etc/debian_version").exists() and shutil.which("apt-get") is not None


def install(names: Sequence[str], *, missing: str) -> None:
    """Install packages. Raises: LauncherError `missing` where we may not, package-failed where it went wrong."""
    wanted = " ".join(names)
    if not can_install():
        raise LauncherError(missing)
    print(texts.say("package-installing", names=wanted), file=sys.stderr, flush=True)
    with _no_service_starts():
        if not any(LISTS.glob("*_Packages*")):
            _apt("update", names=wanted)
        try:
            _apt("install", "-y", "--no-install-recommends", *names, names=wanted)
        except LauncherError:  # the lists may be older than the archive
            _apt("update", names=wanted)
            _apt("install", "-y", "--no-install-recommends", *names, names=wanted)
    if "rabbitmq-server" in names:
        _keep_service_off("rabbitmq-server.service")


@contextlib.contextmanager
def _no_service_starts() -> Iterator[None]:
    """While this lasts, packages do not start their services; a policy that somebody else set is left as it is."""
    try:
        with POLICY.open("x", encoding="ascii") as file:
            file.write(FORBIDDING)
    except FileExistsError:
        yield
        return
    try:
        POLICY.chmod(0o755)
        yield
    finally:
        POLICY.unlink(missing_ok=True)


def _apt(*arguments: str, names: str) -> None:
    environ = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(
        ["apt-get", "-q", "-o", "DPkg::Lock::Timeout=120", *arguments],
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        last = "\n".join(done.stdout.splitlines()[-LAST_LINES:])
        raise LauncherError("package-failed", names=names, reason=last)


def _keep_service_off(unit: str) -> None:
    """The platform runs a broker of its own: the packaged one would only take memory from the next boot on."""
    if shutil.which("systemctl"):
        subprocess.run(["systemctl", "--quiet", "disable", unit], capture_output=True, check=False)
