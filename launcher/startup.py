"""Starts a node, or finds it started.

In order of time: leftovers of a killed node are ended → ports are checked → supervisor → epmd, broker and store side
by side → the first account and the node's keys, as soon as the store answers → services and gateway → all ready.
A start that fails stops what it started and says which process failed, with its last lines.
"""

import contextlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from chassis.broker.rights import LAUNCHER
from launcher import (
    accounts,
    broker,
    broker_accounts,
    health,
    journal,
    ports,
    printing,
    processes,
    progress,
    rotation,
    stopping,
    store,
    supervise,
    waiting,
)
from launcher.backing import Backing
from launcher.control import Supervisor, SupervisorGoneError
from launcher.errors import LauncherError, ProcessFailedError
from launcher.homes import Home, write_json
from launcher.programs import GATEWAY, Program, backing_of, of_services, shared_environment
from launcher.settings import Settings

LOG_LINES = 15
DEATHS = 4  # a process that died so often while the node starts will not come up by waiting
EPMD_SECONDS = 10.0

# How each backing is asked whether it can be used yet.
ANSWERS: dict[str, Callable[[Backing], bool]] = {"broker": broker.answers, "store": store.answers}


@dataclass
class Started:
    """What a start did: `again` if the node was up already; `password` of the account that it made, if it did."""

    again: bool = False
    password: str | None = field(default=None, repr=False)


def start(settings: Settings, started: Started) -> None:
    """Have the node up and ready; `started` is filled in as it goes. Raises: LauncherError."""
    home = settings.home
    if home.node not in (None, settings.node):
        raise LauncherError("home-of-another", folder=home.path, node=home.node, asked=settings.node)
    home.make()
    with home.starting():
        running = Supervisor.of(home)
        if running is not None:
            started.again = True
            rotation.finish(settings, running)
            _mend(settings)
            _try_again_now(running)
            # As it was started: its description may have changed since.
            known = tuple(home.record().get("services", settings.services))
            _wait_ready(replace(settings, services=known), running, journal.Journal(home))
            return
        if home.restoring.exists():
            raise LauncherError("restore-unfinished", folder=home.restoring)
        home.belong_to(settings.node)
        if stopping.end_leftovers(home):
            progress.warn("up-leftovers")
        try:
            _start(settings, started)
        except SupervisorGoneError as error:
            raise _gone(home) from error
        except BaseException:
            if processes.running(home):
                progress.tell("up-undoing")
                stopping.stop(home)
            raise


def start_backings(
    settings: Settings, backings: Sequence[Backing], more: Sequence[Program] = (), *, tied: bool = False
) -> Supervisor:
    """Start the supervisor and, under it, broker and store, without waiting for them; `more` may be started later."""
    home = settings.home
    ports.check_free(settings, ["supervisor", *(name for one in backings for name in one.ports)])
    write_json(home.run / "node.json", _record(settings, backings))
    programs = [program for backing in backings for program in backing.programs]
    supervisor = supervise.start(home, settings.ports["supervisor"], [*programs, *more], tied=tied)
    for program in programs:
        supervisor.start(program.name)
        if program.name == "epmd" and not waiting.until(lambda: _epmd_listens(settings), EPMD_SECONDS, 0.02):
            raise _failed(home, "epmd")
    return supervisor


def wait_backing(settings: Settings, supervisor: Supervisor, backing: Backing) -> None:
    """Wait until a backing answers. Raises: ProcessFailedError, LauncherError for an external one that is silent."""
    with progress.step(f"up-{backing.name}-external" if backing.external else f"up-{backing.name}"):
        until = time.monotonic() + settings.start_seconds
        while not ANSWERS[backing.name](backing):
            supervisor.states()
            _give_up_on_failing(
                settings.home, journal.since_start(settings.home), [program.name for program in backing.programs]
            )
            time.sleep(waiting.LOOK_SECONDS)
            if time.monotonic() >= until:
                if backing.external:
                    raise LauncherError(f"{backing.name}-silent", place=broker.place(backing.uri))
                raise _failed(settings.home, backing.name)


def _start(settings: Settings, started: Started) -> None:
    if printing.SERVICE in settings.services:
        printing.prepare()
    backings = broker_backing, store_backing = broker.prepare(settings), store.prepare(settings)
    shared, named = shared_environment(settings), {one.name: one for one in backings}
    serving = of_services(settings, shared, named)
    ports.check_free(settings, ["http", *settings.services])
    marked = journal.Journal(settings.home)
    supervisor = start_backings(settings, backings, serving)
    wait_backing(settings, supervisor, store_backing)
    started.password = accounts.ensure_admin(settings, {**shared, **backing_of(GATEWAY, named)})
    for program in serving:
        supervisor.start(program.name)
    wait_backing(settings, supervisor, broker_backing)
    if not broker_backing.external:
        broker_accounts.tidy(settings, LAUNCHER, broker_accounts.password(settings.home, LAUNCHER))
    rotation.forget(settings.home)
    _wait_ready(settings, supervisor, marked)


def _mend(settings: Settings) -> None:
    """Have a broker of ours make the queues that are missing: no process may make those of others."""
    if "broker" not in settings.home.record().get("external", ()):
        with contextlib.suppress(LauncherError):  # it is starting anew itself, and makes them then
            said = broker_accounts.password(settings.home, LAUNCHER)
            broker_accounts.tell(rotation.as_started(settings), LAUNCHER, said)


def _try_again_now(supervisor: Supervisor) -> None:
    """Processes that died as soon as they started wait ever longer for their next try; who calls `up` will not."""
    for name, one in supervisor.states().items():
        if one.state in ("failed", "stopped"):
            supervisor.stop(name)
            supervisor.start(name)


def _wait_ready(settings: Settings, supervisor: Supervisor, since: journal.Journal) -> None:
    seen: list[journal.Happening] = []
    until = time.monotonic() + settings.start_seconds
    with progress.step("up-services") as detail:
        while missing := _missing(settings, supervisor):
            detail(", ".join(missing))
            seen += since.news()
            _give_up_on_failing(settings.home, seen, missing)
            if time.monotonic() >= until:
                raise _failed(settings.home, missing[0])
            time.sleep(waiting.LOOK_SECONDS)


def _missing(settings: Settings, supervisor: Supervisor) -> list[str]:
    """The processes that are not up and ready; the supervisor calls one up when it has lived for a second."""
    missing = health.not_ready(settings)
    return missing or [name for name, one in supervisor.states().items() if one.state != "running"]


def _give_up_on_failing(home: Home, seen: Sequence[journal.Happening], names: Sequence[str]) -> None:
    for name, deaths in journal.deaths(seen).items():
        if name in names and len(deaths) >= DEATHS:
            raise _failed(home, name)


def _failed(home: Home, name: str) -> ProcessFailedError:
    path = home.logs / f"{name}.log"
    return ProcessFailedError("process-failed", journal.last_lines(path, LOG_LINES), name=name, log=path)


def _gone(home: Home) -> ProcessFailedError:
    """The supervisor ended while the node was starting: by `down` from elsewhere, or because it could not work."""
    stopping.end_leftovers(home)
    lines = journal.last_lines(home.logs / "supervisor.err", LOG_LINES)
    return ProcessFailedError("supervisor-gone", lines, log=home.logs / "supervisor.log")


def _epmd_listens(settings: Settings) -> bool:
    return not ports.is_free("127.0.0.1", settings.ports["epmd"])


def _record(settings: Settings, backings: Sequence[Backing]) -> dict[str, object]:
    log = settings.home.logs / "supervisor.log"
    return {
        "node": settings.node,
        "services": list(settings.services),
        "address": settings.public_url,
        "gateway": settings.gateway_address,
        "ports": dict(settings.ports),
        "external": [one.name for one in backings if one.external],
        "started": datetime.now(UTC).isoformat(timespec="seconds"),
        "journal_offset": log.stat().st_size if log.exists() else 0,
    }
