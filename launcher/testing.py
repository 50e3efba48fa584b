"""Runs the tests over a private broker and store, made as a node's are and stopped whatever happens.

They live in `var/test/<port>`, on ports from GTM_TEST_PORT on (8980), the next free ones if those are taken, so that
two runs do not meet. The node of the caller's environment is never touched: no GTM_* variable but those of the tests
reaches them.
"""

import contextlib
import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO

from launcher import broker, environments, packages, ports, progress, startup, stopping, store, watching
from launcher.backing import Backing
from launcher.environments import ROOT
from launcher.errors import LauncherError
from launcher.settings import LOOPBACK, Settings

FIRST_PORT = 8980
PORTS_APART, TRIES = 20, 20
# Quick ones first. tests/compose and the soak are targets of their own: long, and in need of more.
FOLDERS = ("tests/unit", "tests/contract", "tests/integration", "tests/system", "tests/faults")
KEPT = ("GTM_TEST_", "GTM_LANGUAGE", "GTM_LOG_LEVEL")
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def run(arguments: Sequence[str]) -> int:
    """Run pytest; its exit code. Raises: LauncherError."""
    given = {name: value for name, value in os.environ.items() if not name.startswith("GTM_") or name.startswith(KEPT)}
    if _needs_nothing(arguments):
        return _pytest(arguments, given)
    _prepare_machine(given)
    with watching.stoppable():
        try:
            with _free_place(given) as settings, _backings(settings, given) as told:
                return _pytest(arguments, given | told)
        except watching.ToldToStop:
            return 130


def soak(arguments: Sequence[str]) -> int:
    """Run the long storms (tests/faults/soak.py), which start broker and store themselves. Raises: LauncherError."""
    given = {name: value for name, value in os.environ.items() if not name.startswith("GTM_") or name.startswith(KEPT)}
    _prepare_machine(given)
    return subprocess.run(
        [sys.executable, "-m", "tests.faults.soak", *arguments], cwd=ROOT, env=given, check=False
    ).returncode


def command(arguments: Sequence[str]) -> list[str]:
    """How pytest is run: over everything but the long targets, unless the arguments name files or folders."""
    named = [one for one in arguments if not one.startswith("-") and Path(ROOT, one.partition("::")[0]).exists()]
    folders = [] if named else list(FOLDERS)
    return [sys.executable, "-m", "pytest", *arguments, *folders]


def _needs_nothing(arguments: Sequence[str]) -> bool:
    """Whether all that is named are unit tests, which need neither broker nor store."""
    named = [one for one in arguments if one.startswith("tests")]
    return bool(named) and all(one.startswith("tests/unit") for one in named)


def _prepare_machine(given: Mapping[str, str]) -> None:
    """What the tests need besides: the packages of the system, and the environment of a node as users have it."""
    missing = [] if any(shutil.which(one) for one in BROWSERS) else ["chromium"]
    if "GTM_TEST_AMQP_URI" not in given and not broker.is_installed():
        missing.append("rabbitmq-server")
    if missing and packages.can_install():
        packages.install(missing, missing="test-packages")
    elif missing:
        progress.warn("test-packages", names=" ".join(missing))
    try:
        environments.ensure("runtime")
    except environments.EnvironmentMakingError as error:
        raise LauncherError("environment", reason=error) from error


@contextlib.contextmanager
def _free_place(given: Mapping[str, str]) -> Iterator[Settings]:
    """An empty home on free ports that no other run of the tests uses; gone afterwards."""
    first = int(given.get("GTM_TEST_PORT") or FIRST_PORT)
    for base in range(first, first + TRIES * PORTS_APART, PORTS_APART):
        folder = ROOT / "var" / "test" / str(base)
        folder.parent.mkdir(parents=True, exist_ok=True)
        with folder.with_suffix(".lock").open("w") as lock:
            if not _locked(lock):
                continue
            told = {**given, "GTM_HOME": str(folder), "GTM_HTTP_PORT": str(base), "GTM_NODE": "test"}
            settings = Settings.from_environment(told)
            stopping.stop(settings.home)  # of a run that was killed
            if not all(
                ports.is_free(LOOPBACK, settings.ports[name]) for name in (*broker.PORTS, "store", "supervisor")
            ):
                continue
            shutil.rmtree(folder, ignore_errors=True)
            settings.home.make()
            yield settings
            return
    raise LauncherError("test-no-port", first=first)


@contextlib.contextmanager
def _backings(settings: Settings, given: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """Broker and store, up; the variables that tell the tests where they are. What the caller gave is not started."""
    backings: list[Backing] = []
    told: dict[str, str] = {}
    try:
        if "GTM_TEST_AMQP_URI" not in given:
            backings.append(broker.prepare(settings))
            told |= {
                "GTM_TEST_AMQP_URI": backings[-1].uri,
                "GTM_TEST_AMQP_MANAGEMENT_URL": f"http://{LOOPBACK}:{settings.ports['amqp_management']}",
                "GTM_TEST_AMQP_PASSWORD": settings.home.secret("broker"),
            }
        if "GTM_TEST_MONGO_URI" not in given:
            backings.append(store.prepare(settings))
            told["GTM_TEST_MONGO_URI"] = backings[-1].uri
        if backings:
            _start(settings, backings)
        yield told
    finally:
        with watching.unstoppable():
            stopping.stop(settings.home)
            shutil.rmtree(settings.home.path, ignore_errors=True)


def _start(settings: Settings, backings: Sequence[Backing]) -> None:
    # Tied to this process: if it is killed, what it started ends too.
    supervisor = startup.start_backings(settings, backings, tied=True)
    for one in backings:
        startup.wait_backing(settings, supervisor, one)


def _pytest(arguments: Sequence[str], environ: Mapping[str, str]) -> int:
    process = subprocess.Popen(command(arguments), cwd=ROOT, env=dict(environ))
    try:
        return process.wait()
    except watching.ToldToStop:
        # Ctrl-C has reached pytest as well; SIGTERM has not. It is given the time to clean up what it started.
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(30)
        raise
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def _locked(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
