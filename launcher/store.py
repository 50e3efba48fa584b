"""The store: that of GTM_MONGO_URI, else a private `mongod` if one is installed, else the embedded server.

What was chosen first stays: a node whose data is in the embedded server goes on with it after MongoDB was installed,
for its files are of no use to the other. Both listen on the loopback address alone, and keep their journal so that an
acknowledged write survives a power cut.
"""

import shutil
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pymongo import MongoClient
from pymongo.errors import ConfigurationError, InvalidURI, OperationFailure, PyMongoError

from chassis.broker.rights import LAUNCHER, with_account
from launcher import environments, progress, store_accounts
from launcher.backing import Backing
from launcher.errors import LauncherError
from launcher.homes import Home, private_folder, write_private
from launcher.programs import Program
from launcher.settings import LOOPBACK, Settings

MONGOD, EMBEDDED = "mongod", "embedded"
REPLICA_SET = "gtm"
CACHE_MEGABYTES = 512  # a third of what mongod takes by default on a machine of 4 GB; 256 jammed on large bodies
NOT_INITIATED = 94  # MongoDB: NotYetInitialized
LOOK_MILLISECONDS = 500
REFUSED = (13, 18)  # MongoDB: Unauthorized, AuthenticationFailed


def prepare(settings: Settings) -> Backing:
    """The store of this node, not started. Raises: LauncherError."""
    if settings.mongo_uri:
        return Backing(name="store", uri=settings.mongo_uri)
    folder = private_folder(settings.home.store)
    store_accounts.write(settings)
    place = f"{LOOPBACK}:{settings.ports['store']}"
    uris = {who: store_accounts.address(settings.home, who, place) for who in store_accounts.who(settings)}
    make = _mongod if kind(folder) == MONGOD else _embedded
    program = Program(
        name="store",
        argv=make(folder, settings.ports["store"]),
        env={**_environment(settings), "HOME": str(folder), "GTM_STORE_ACCOUNTS": str(folder / store_accounts.FILE)},
        cwd=folder,
        stop_seconds=60,  # it writes a checkpoint
    )
    return Backing(name="store", uri=uris.pop(LAUNCHER), uris=uris, programs=(program,), ports=("store",))


def kind(folder: Path) -> str:
    """mongod or embedded: what keeps the data of this folder, chosen at the first start."""
    path = folder / "kind"
    if not path.exists():
        chosen = MONGOD if shutil.which("mongod") else EMBEDDED
        write_private(path, chosen)
        if chosen == EMBEDDED:
            progress.warn("store-embedded")
    return path.read_text(encoding="utf-8")


def answers(backing: Backing) -> bool:
    """Whether the store takes writes by now. Raises: LauncherError store-refuses."""
    ours = bool(backing.programs) and Path(backing.programs[0].argv[0]).name == MONGOD
    try:
        with MongoClient[dict[str, Any]](backing.uri, serverSelectionTimeoutMS=LOOK_MILLISECONDS) as client:
            if ours:
                _prepare(client, backing)
            return bool(client.admin.command("hello").get("isWritablePrimary"))
    except (ConfigurationError, InvalidURI) as error:
        raise LauncherError("store-refuses", reason=error) from error
    except OperationFailure as error:
        if error.code in REFUSED:
            raise LauncherError("store-refuses", reason=str(error).partition(", full error")[0]) from error
        return False
    except PyMongoError:
        return False


def _mongod(folder: Path, port: int) -> list[str]:
    found = shutil.which("mongod")
    if found is None:
        raise LauncherError("store-mongod-gone", folder=folder)
    data = private_folder(folder / "mongod")
    cache = f"{CACHE_MEGABYTES / 1024:.2f}"
    listening = ("--bind_ip", LOOPBACK, "--port", str(port), "--nounixsocket", "--replSet", REPLICA_SET)
    asking = ("--keyFile", str(folder / store_accounts.KEY_FILE))
    return [found, "--dbpath", str(data), *listening, *asking, "--wiredTigerCacheSizeGB", cache]


def _embedded(folder: Path, port: int) -> list[str]:
    try:
        made = environments.ensure("store")
    except environments.EnvironmentMakingError as error:
        raise LauncherError("environment", reason=error) from error
    # A settings file of its own, empty: it would otherwise look for one where it stands, at home and in /etc.
    settings_file = folder / "secantusd.toml"
    write_private(settings_file, "")
    data = private_folder(folder / "embedded")
    listening = ("--host", LOOPBACK, "--port", str(port), "--storage-path", str(data))
    # Sync on commit: without it a power cut loses what was acknowledged (seen: 70 of 200 writes).
    keeping = ("--auth", "--sync-on-commit", "--cache-size", f"{CACHE_MEGABYTES}M")
    program = Path(__file__).with_name("embedded.py")
    # -P: what lies beside the program is ours, and not meant for the server.
    return [str(made.python), "-P", str(program), "--config", str(settings_file), *listening, *keeping]


def _environment(settings: Settings) -> dict[str, str]:
    kept = ("PATH", "LANG", "LC_ALL", "TZ", "TMPDIR")
    return {name: settings.environ[name] for name in kept if name in settings.environ} | {"MALLOC_ARENA_MAX": "2"}


def _prepare(client: MongoClient[dict[str, Any]], backing: Backing) -> None:
    """The set and the accounts of a mongod of ours."""
    folder, host = backing.programs[0].cwd, urlsplit(backing.uri).netloc.rpartition("@")[2]
    accounts = store_accounts.read(folder)
    try:
        _make_set(client, host)
    except OperationFailure as error:
        if error.code not in REFUSED:
            raise
        # Either a rotation was interrupted before the launcher's own password was taken over…
        before = Home(folder.parent).before(store_accounts.secret(LAUNCHER))
        if before:
            with MongoClient[dict[str, Any]](with_account(backing.uri, LAUNCHER, before)) as former:
                store_accounts.ensure(former, accounts)
            return
        # … or nobody has an account yet: then, from this machine, the first one may be made without one.
        with MongoClient[dict[str, Any]](
            host, directConnection=True, serverSelectionTimeoutMS=LOOK_MILLISECONDS
        ) as unguarded:
            _make_set(unguarded, host)
            store_accounts.ensure(unguarded, [one for one in accounts if one["name"] == LAUNCHER])
    store_accounts.ensure(client, accounts)


def _make_set(client: MongoClient[dict[str, Any]], host: str) -> None:
    """Make the server a replica set of one (transactions need a set), at the address it has today."""
    try:
        held = client.admin.command("replSetGetConfig")["config"]
    except OperationFailure as error:
        if error.code != NOT_INITIATED:
            raise
        client.admin.command("replSetInitiate", {"_id": REPLICA_SET, "members": [{"_id": 0, "host": host}]})
        return
    if held["members"][0]["host"] != host:  # the port was changed since the last start
        changed = {**held, "version": held["version"] + 1, "members": [{**held["members"][0], "host": host}]}
        client.admin.command("replSetReconfig", changed, force=True)
