"""Other passwords at the node's own broker and store, while the node runs: `./gtm secrets rotate`.

In order of time, for one process after the other: it is stopped → its new passwords are written down → broker and store
are told → it is started with them, and the next one's turn comes when it is ready. Nobody else uses its accounts: so
nobody is refused meanwhile. What it would have handled waits in its queues, what it has stored waits in its outbox.
At last come the accounts by which the launcher itself does all this.

Killed anywhere, the note `run/rotating.json` stays: the next `./gtm up` begins the rotation anew and ends it. A node
that is down needs none of this: broker and store take over what stands in GTM_HOME when they start.
"""

import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError

from chassis.broker.rights import ADMINISTRATOR, FEDERATION, LAUNCHER, account, with_account
from launcher import broker, broker_accounts, health, progress, store, store_accounts, waiting
from launcher.control import Supervisor
from launcher.errors import LauncherError
from launcher.homes import Home, read_json, write_json
from launcher.programs import ADDRESSES, GATEWAY, MANAGEMENT
from launcher.settings import LOOPBACK, Settings

KINDS = ("broker", "store")
NOTE, BEFORE = "rotating.json", ".*.before"
MILLISECONDS = 10_000


def rotate(settings: Settings, kinds: Sequence[str]) -> list[str]:
    """Have other passwords; the names of the processes that were started anew. Raises: LauncherError."""
    home = settings.home
    for kind in kinds:
        if kind in home.record().get("external", ()) or getattr(settings, ADDRESSES[kind][4:].lower()):
            raise LauncherError("secrets-external", kind=kind)
    with home.starting():
        supervisor = Supervisor.of(home)
        if supervisor is not None:
            return _while_it_runs(as_started(settings), supervisor, kinds)
        if "store" in kinds and store.kind(home.store) == store.MONGOD:
            raise LauncherError("not-up")
        for kind in kinds:
            for path in (home.path / "secrets").glob(f"{kind}.*"):
                home.renew(path.name)
                home.settle(path.name)
        return []


def finish(settings: Settings, supervisor: Supervisor) -> None:
    """End a rotation of this running node that was interrupted, if there is one."""
    kinds = read_json(settings.home.run / NOTE).get("kinds", ())
    if kinds:
        progress.warn("secrets-unfinished")
        _while_it_runs(as_started(settings), supervisor, kinds)


def forget(home: Home) -> None:
    """It is over: what stands in GTM_HOME is what broker and store know."""
    (home.run / NOTE).unlink(missing_ok=True)
    for left in (home.path / "secrets").glob(BEFORE):
        left.unlink()


def as_started(settings: Settings) -> Settings:
    """The node as it runs: its ports and services may have been described otherwise since."""
    record = settings.home.record()
    return replace(settings, ports=record["ports"], services=tuple(record["services"]))


def _while_it_runs(settings: Settings, supervisor: Supervisor, kinds: Sequence[str]) -> list[str]:
    home = settings.home
    write_json(home.run / NOTE, {"kinds": list(kinds)})
    processes = [*settings.services, GATEWAY]
    for name in processes:
        with progress.step("secrets-process", name=name):
            supervisor.stop(name)
            try:
                for kind in kinds:
                    _renew(settings, kind, _names_of(kind, name))
                _write_program(settings, name)
            finally:
                supervisor.start(name)
            _wait_ready(settings, name)
    for kind in kinds:
        _renew(settings, kind, [LAUNCHER])
    forget(home)
    return processes


def _names_of(kind: str, process: str) -> list[str]:
    return [process, ADMINISTRATOR] if (kind, process) == ("broker", FEDERATION) else [process]


def _renew(settings: Settings, kind: str, names: Iterable[str]) -> None:
    """Write down new passwords for these accounts, then have the server take them."""
    home = settings.home
    accounts: Any = broker_accounts if kind == "broker" else store_accounts
    told = _by_broker if kind == "broker" else _by_store
    secrets = [accounts.secret(name) for name in names]
    for secret in secrets:
        home.renew(secret)
    told(settings)
    for secret in secrets:
        home.settle(secret)


def _by_broker(settings: Settings) -> None:
    broker_accounts.write(settings, broker.VHOST)
    known = _passwords(settings.home, broker_accounts.secret(LAUNCHER))
    until = time.monotonic() + settings.start_seconds
    while True:  # it may be starting anew just now
        try:
            said = next((one for one in known if broker_accounts.lets_in(settings, LAUNCHER, one)), known[0])
            broker_accounts.tell(settings, LAUNCHER, said)
            return
        except LauncherError:
            if time.monotonic() >= until:
                raise
            time.sleep(waiting.LOOK_SECONDS)


def _by_store(settings: Settings) -> None:
    store_accounts.write(settings)
    home, place = settings.home, f"{LOOPBACK}:{settings.ports['store']}"
    refused: Exception | None = None
    for said in _passwords(home, store_accounts.secret(LAUNCHER)):
        uri = with_account(store_accounts.address(home, LAUNCHER, place), LAUNCHER, said)
        try:
            with MongoClient[dict[str, Any]](uri, serverSelectionTimeoutMS=MILLISECONDS) as client:
                store_accounts.ensure(client, store_accounts.read(home.store))
                return
        except OperationFailure as error:
            refused = error
        except PyMongoError as error:
            raise LauncherError("store-refuses", reason=str(error).partition(", full error")[0]) from error
    raise LauncherError("store-refuses", reason=str(refused).partition(", full error")[0]) from refused


def _passwords(home: Home, secret: str) -> list[str]:
    """The one that is to be, and the one before where it was not given up yet."""
    before = home.before(secret)
    return [home.secret(secret), *([before] if before else [])]


def _write_program(settings: Settings, name: str) -> None:
    """What the process is started with from now on."""
    home = settings.home
    job = home.program(name)
    env, external = job["env"], home.record().get("external", ())
    if "broker" not in external:
        own = account(settings.node, name), broker_accounts.password(home, name)
        env[ADDRESSES["broker"]] = with_account(env[ADDRESSES["broker"]], *own)
        if name == FEDERATION:
            admin = account(settings.node, ADMINISTRATOR), broker_accounts.password(home, ADMINISTRATOR)
            env[MANAGEMENT] = with_account(env[MANAGEMENT], *admin)
    if "store" not in external:
        env[ADDRESSES["store"]] = with_account(env[ADDRESSES["store"]], name, store_accounts.password(home, name))
    write_json(home.run / "programs" / f"{name}.json", job)


def _wait_ready(settings: Settings, name: str) -> None:
    until = time.monotonic() + settings.start_seconds
    while name in health.not_ready(settings):
        if time.monotonic() >= until:
            raise LauncherError("secrets-not-ready", name=name, log=settings.home.logs / f"{name}.log")
        time.sleep(waiting.LOOK_SECONDS)
