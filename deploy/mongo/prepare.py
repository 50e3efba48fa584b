"""Makes the store ready for the platform: the replica set of one, and the platform's own user. Runs at each `up`.

Does only what is missing, save the password of the user, which is set to that of the secret each time: a new secret
needs nothing else. Prints one line of JSON.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError
from pymongo.uri_parser import parse_uri

DATABASES = ("actors", "meetings", "indicators", "notifications", "gateway")
REPLICA_SET, MEMBER = "gtm", "mongo:27017"
SECONDS = 120
NOT_YET_INITIATED, ALREADY_INITIATED, USER_UNKNOWN = 94, 23, 11


def main() -> int:
    """Wait for the store, prepare it; 0 when it is ready."""
    wanted = parse_uri(_secret("GTM_MONGO_URI_FILE"), warn=False)
    until = time.monotonic() + SECONDS
    root = _root()
    try:
        _wait(lambda: root.admin.command("ping"), until)
        initiated = _initiate(root)
        _wait(lambda: _writable(root), until)
        created = _ensure_user(root, str(wanted["username"]), str(wanted["password"]))
    except (PyMongoError, TimeoutError) as error:
        print(f"store: {error}", file=sys.stderr)
        return 1
    print(json.dumps({"replica_set_initiated": initiated, "user_created": created}))
    return 0


def _root() -> MongoClient[dict[str, Any]]:
    return MongoClient(
        os.environ.get("GTM_MONGO_HOST") or MEMBER,
        username="root",
        password=_secret("GTM_MONGO_ROOT_PASSWORD_FILE"),
        directConnection=True,
        serverSelectionTimeoutMS=2000,
    )


def _secret(variable: str) -> str:
    return Path(os.environ[variable]).read_text(encoding="utf-8").strip()


def _wait(step: Callable[[], object], until: float) -> None:
    """Repeat the step until it does not fail. Raises: its last error."""
    while True:
        try:
            step()
            return
        except (PyMongoError, TimeoutError):
            if time.monotonic() > until:
                raise
            time.sleep(1)


def _initiate(root: MongoClient[dict[str, Any]]) -> bool:
    try:
        root.admin.command("replSetGetStatus")
    except OperationFailure as error:
        if error.code != NOT_YET_INITIATED:
            raise
    else:
        return False
    members = [{"_id": 0, "host": MEMBER}]
    try:
        root.admin.command("replSetInitiate", {"_id": REPLICA_SET, "members": members})
    except OperationFailure as error:
        if error.code != ALREADY_INITIATED:
            raise
    return True


def _writable(root: MongoClient[dict[str, Any]]) -> None:
    if not root.admin.command("hello").get("isWritablePrimary"):
        raise TimeoutError("the replica set has no primary")


def _ensure_user(root: MongoClient[dict[str, Any]], name: str, password: str) -> bool:
    """The user of the platform may read and write its databases and nothing else."""
    roles = [{"role": "readWrite", "db": database} for database in DATABASES]
    try:
        root.admin.command("updateUser", name, pwd=password, roles=roles)
    except OperationFailure as error:
        if error.code != USER_UNKNOWN:
            raise
        root.admin.command("createUser", name, pwd=password, roles=roles)
        return True
    return False


if __name__ == "__main__":
    sys.exit(main())
