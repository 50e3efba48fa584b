"""The accounts of the node's own store: each process reads and writes its own database, and no other.

`accounts.json` in the store's folder says who may do what. The embedded server takes it over at each start, before it
listens (launcher/embedded.py); a `mongod` is told over the network (`ensure`), as a server that runs is at a rotation.
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pymongo import MongoClient
from pymongo.errors import OperationFailure

from chassis.broker.rights import GATEWAY, LAUNCHER, with_account
from launcher.homes import Home, read_json, write_json, write_private
from launcher.settings import Settings

FILE, KEY_FILE = "accounts.json", "keyfile"
WATCH = "watch"
"""The embedded server's own look at whether it answers."""
USER_UNKNOWN, USER_EXISTS = 11, 51003
OPTIONS = "authSource=admin&authMechanism=SCRAM-SHA-256"

Account = dict[str, Any]
Client = MongoClient[dict[str, Any]]


def who(settings: Settings) -> list[str]:
    """Everybody who has an account; the launcher's may do everything: it makes the others, backs up and restores."""
    return [*settings.services, GATEWAY, LAUNCHER, WATCH]


def password(home: Home, name: str) -> str:
    """Made once, and again by `./gtm secrets rotate`."""
    return home.secret(secret(name))


def secret(name: str) -> str:
    """The file of somebody's password."""
    return f"store.{name}"


def address(home: Home, name: str, place: str) -> str:
    """The address of the store at `place` (host:port), for one of them."""
    return with_account(f"mongodb://{place}/?directConnection=true&{OPTIONS}", name, password(home, name))


def write(settings: Settings) -> None:
    """Write who may do what."""
    prefix = settings.environ.get("GTM_MONGO_PREFIX", "")
    told = [_account(settings.home, name, f"{prefix}{name}") for name in who(settings)]
    write_json(settings.home.store / FILE, {"accounts": told})
    if not (settings.home.store / KEY_FILE).exists():
        # By this the members of a replica set know each other; mongod wants one to ask clients for passwords at all.
        drawn = settings.home.secret("store-keyfile")
        write_private(settings.home.store / KEY_FILE, hashlib.sha512(drawn.encode()).hexdigest())


def read(folder: Path) -> list[Account]:
    """What was written."""
    return list(read_json(folder / FILE).get("accounts", []))


def ensure(client: Client, accounts: Sequence[Account]) -> None:
    """Have these accounts, with these passwords and rights, and no others in `admin`."""
    for one in accounts:
        rights = {"pwd": one["password"], "roles": one["roles"], "mechanisms": ["SCRAM-SHA-256"]}
        try:
            client.admin.command("updateUser", one["name"], **rights)
        except OperationFailure as error:
            if error.code != USER_UNKNOWN:
                raise
            client.admin.command("createUser", one["name"], **rights)


def _account(home: Home, name: str, database: str) -> Account:
    roles = {LAUNCHER: [{"role": "root", "db": "admin"}], WATCH: [{"role": "read", "db": WATCH}]}
    own = [{"role": "readWrite", "db": database}]
    return {"name": name, "password": password(home, name), "roles": roles.get(name, own)}
