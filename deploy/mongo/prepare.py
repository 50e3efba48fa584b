"""Makes the store ready for the platform: the replica set of one, and a user for each process. Runs at each `up`.

Does only what is missing, save the passwords of the users, which are set to those of the secrets each time: so a new
secret needs nothing else. Prints one line of JSON.
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

SECRETS, URIS = Path("/run/secrets"), "mongo_uri_*"
BEFORE = "gtm"  # of releases in which all processes were one user
REPLICA_SET, MEMBER = "gtm", "mongo:27017"
SECONDS = 120
NOT_YET_INITIATED, ALREADY_INITIATED, USER_UNKNOWN = 94, 23, 11


def main() -> int:
    """Wait for the store, prepare it; 0 when it is ready."""
    uris = sorted(Path(os.environ.get("GTM_SECRETS") or SECRETS).glob(URIS))
    wanted = [parse_uri(path.read_text(encoding="utf-8").strip(), warn=False) for path in uris]
    until = time.monotonic() + SECONDS
    root = _root()
    try:
        _wait(lambda: root.admin.command("ping"), until)
        initiated = _initiate(root)
        _wait(lambda: _writable(root), until)
        created = [str(one["username"]) for one in wanted if _ensure_user(root, one["username"], one["password"])]
        _drop_user(root, BEFORE)
    except (PyMongoError, TimeoutError) as error:
        print(f"store: {error}", file=sys.stderr)
        return 1
    print(json.dumps({"replica_set_initiated": initiated, "users_created": created}))
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
    """A process may read and write the database of its own name and nothing else. Whether the user is new."""
    roles = [{"role": "readWrite", "db": name}]
    try:
        root.admin.command("updateUser", name, pwd=password, roles=roles)
    except OperationFailure as error:
        if error.code != USER_UNKNOWN:
            raise
        root.admin.command("createUser", name, pwd=password, roles=roles)
        return True
    return False


def _drop_user(root: MongoClient[dict[str, Any]], name: str) -> None:
    try:
        root.admin.command("dropUser", name)
    except OperationFailure as error:
        if error.code != USER_UNKNOWN:
            raise


if __name__ == "__main__":
    sys.exit(main())
