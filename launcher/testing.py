"""Runs the tests over a private broker and stores, made as a node's are and stopped whatever happens.

They live in `var/test/<port>`, on ports from GTM_TEST_PORT on (8980), the next free ones if those are taken, so that
two runs do not meet. The node of the caller's environment is never touched: no GTM_* variable but those of the tests
reaches them.

`gtm test` alone runs everything, in GTM_TEST_WORKERS processes side by side, each with a store of its own: the embedded
one takes one commit after the other. With words for pytest it is pytest as it is, one test after the other.
"""

import contextlib
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import IO

from launcher import (
    broker,
    child,
    environments,
    packages,
    ports,
    printing,
    processes,
    progress,
    startup,
    stopping,
    store,
    watching,
)
from launcher.backing import Backing
from launcher.environments import ROOT
from launcher.errors import LauncherError, SettingError
from launcher.homes import private_folder
from launcher.settings import LOOPBACK, Settings

FIRST_PORT = 8980
PORTS_APART, TRIES = 20, 20
STORES_FROM = 15  # above the first port: the stores of the second worker and of those after it
MOST_WORKERS = PORTS_APART - STORES_FROM + 1
LEFT_SECONDS = 10.0
WORKERS = 3  # on two cores: tests of whole nodes mostly wait
# Quick ones first, then what takes longest. tests/compose and the soak are targets of their own.
FOLDERS = ("tests/unit", "tests/contract", "tests/supply", "tests/system", "tests/faults", "tests/integration")
KEPT = ("GTM_TEST_", "GTM_LANGUAGE", "GTM_LOG_LEVEL")
# What fault tests take besides: Debian package → a file of it.
FAULT_TOOLS = {
    "libfaketime": "usr/lib/*/faketime/libfaketimeMT.so.1",
    "iproute2": "*bin/ip",
    "iptables": "usr/sbin/iptables",
}
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def run(arguments: Sequence[str]) -> int:
    """Run pytest; its exit code. Raises: LauncherError."""
    given = {name: value for name, value in os.environ.items() if not name.startswith("GTM_") or name.startswith(KEPT)}
    if _needs_nothing(arguments):
        return _pytest(arguments, given)
    workers = 1 if arguments else _workers(given)
    _prepare_machine(given)
    with watching.stoppable():
        try:
            with _free_place(given) as settings, _backings(settings, given, workers) as told:
                given |= {**told, "PYTEST_DEBUG_TEMPROOT": str(_scratch(settings.home.path))}
                code = _pytest(arguments, given) if workers == 1 else _pytest([f"-n{workers}"], given, apart=True)
                if code == 0:  # else it is kept, for whoever looks for the reason, until the next run
                    shutil.rmtree(_scratch(settings.home.path))
                return code
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
    missing += printing.missing()
    missing += [package for package, sign in FAULT_TOOLS.items() if not any(Path("/").glob(sign))]
    if missing and packages.can_install():
        packages.install(missing, missing="test-packages")
    elif missing:
        progress.warn("test-packages", names=" ".join(missing))
    try:
        environments.ensure("runtime")
    except environments.EnvironmentMakingError as error:
        raise LauncherError("environment", reason=error) from error


def _workers(given: Mapping[str, str]) -> int:
    """How many processes run tests side by side."""
    told = given.get("GTM_TEST_WORKERS") or str(WORKERS)
    if not told.isdecimal() or not 1 <= int(told) <= MOST_WORKERS:
        raise SettingError("setting-whole", name="GTM_TEST_WORKERS", value=told, least=1, most=MOST_WORKERS)
    return int(told)


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
            _end_what_is_left(_scratch(folder))
            if not all(ports.is_free(LOOPBACK, port) for port in _ports(settings)):
                continue
            for old in (folder, _scratch(folder)):
                shutil.rmtree(old, ignore_errors=True)
            settings.home.make()
            _scratch(folder).mkdir()
            yield settings
            return
    raise LauncherError("test-no-port", first=first)


def _ports(settings: Settings) -> list[int]:
    base = settings.ports["http"]
    named = [settings.ports[name] for name in (*broker.PORTS, "store", "supervisor")]
    return [*named, *range(base + STORES_FROM, base + PORTS_APART)]


@contextlib.contextmanager
def _backings(settings: Settings, given: Mapping[str, str], stores: int) -> Iterator[dict[str, str]]:
    """Broker and stores, up; the variables that tell the tests where they are. What the caller gave is not started."""
    backings: list[Backing] = []
    told: dict[str, str] = {}
    try:
        if "GTM_TEST_AMQP_URI" not in given:
            backings.append(broker.prepare(settings))
            told |= {
                "GTM_TEST_AMQP_URI": backings[-1].uri,
                "GTM_TEST_AMQP_MANAGEMENT_URL": f"http://{LOOPBACK}:{settings.ports['amqp_management']}",
            }
        if "GTM_TEST_MONGO_URI" not in given:
            made = [store.prepare(settings), *(_another_store(settings, number) for number in range(2, stores + 1))]
            backings += made
            told["GTM_TEST_MONGO_URI"] = " ".join(one.uri for one in made)
        if backings:
            _start(settings, backings)
        yield told
    finally:
        with watching.unstoppable():
            stopping.stop(settings.home)
            _end_what_is_left(_scratch(settings.home.path))
            shutil.rmtree(settings.home.path, ignore_errors=True)


def _another_store(settings: Settings, number: int) -> Backing:
    """A store like the first, in a folder and on a port of its own."""
    name = f"store-{number}"
    own = {"GTM_HOME": str(settings.home.path / name), "GTM_STORE_PORT": str(settings.ports["http"] + 13 + number)}
    made = Settings.from_environment({**settings.environ, **own})
    made.home.make()
    shutil.copy(settings.home.store / "kind", private_folder(made.home.store))  # of the same kind, which was told once
    backing = store.prepare(made)
    # Its port was looked at with the place.
    return replace(backing, programs=tuple(replace(one, name=name) for one in backing.programs), ports=())


def _start(settings: Settings, backings: Sequence[Backing]) -> None:
    # Tied to this process: if it is killed, what it started ends too.
    supervisor = startup.start_backings(settings, backings, tied=True)
    for one in backings:
        startup.wait_backing(settings, supervisor, one)


def _scratch(folder: Path) -> Path:
    """Where the tests write. All that they start names it: so it is found, should they be killed."""
    return folder.with_suffix(".tmp")


def _end_what_is_left(scratch: Path, within: float = LEFT_SECONDS) -> None:
    """End the processes that live in this folder: tests that were killed did not end what they started."""
    number = signal.SIGTERM
    until = time.monotonic() + within
    while left := [pid for pid in _pids() if pid != os.getpid() and _lives_in(pid, scratch)]:
        for pid in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
        time.sleep(0.2)
        if time.monotonic() >= until:
            number = signal.SIGKILL


def _pids() -> list[int]:
    return [int(one.name) for one in processes.PROC.iterdir() if one.name.isdecimal()]


def _lives_in(pid: int, folder: Path) -> bool:
    """Whether its environment names the folder, or it stands there, as the supervisor of a node does."""
    try:
        entry = processes.PROC / str(pid)
        return entry.joinpath("cwd").readlink().is_relative_to(folder) or (
            f"={folder}".encode() in entry.joinpath("environ").read_bytes()
        )
    except OSError:  # ended meanwhile, or somebody else's
        return False


def _pytest(arguments: Sequence[str], environ: Mapping[str, str], *, apart: bool = False) -> int:
    """Run it; `apart` from the terminal, if there is one: then Ctrl-C reaches this process alone."""
    apart = apart or not sys.stdin.isatty()
    process = subprocess.Popen(
        command(arguments),
        cwd=ROOT,
        env=dict(environ),
        process_group=0 if apart else None,
        preexec_fn=child.end_with_parent,
    )
    try:
        return process.wait()
    except watching.ToldToStop:
        # Told once, or a second time would cut its cleaning up short.
        if apart:
            process.send_signal(signal.SIGINT)
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
