#!/usr/bin/env python3
"""What the official image's start script does, for the stand-in: the root user first, then the server with --auth."""

import os
import subprocess
import sys
import time
from pathlib import Path

from pymongo import MongoClient
from pymongo.errors import PyMongoError

DATA = Path("/data/db")
SERVER = ["secantusd-py", "--port", "27017", "--storage-path", str(DATA), "--cache-size", "256M", "--sync-on-commit"]
MADE = DATA / "root-user-made"
SECONDS = 60


def main() -> None:
    """Become the server."""
    check_key(sys.argv[1:])
    if not MADE.exists():
        make_root(Path(os.environ["MONGO_INITDB_ROOT_PASSWORD_FILE"]).read_text(encoding="utf-8").strip())
        MADE.touch()
    os.execvp(SERVER[0], [*SERVER, "--host", "0.0.0.0", "--auth"])  # noqa: S104, S606 (a container)


def check_key(arguments: list[str]) -> None:
    """MongoDB refuses a key file that others may read, or that is too short."""
    key = Path(arguments[arguments.index("--keyFile") + 1])
    status = key.stat()
    if status.st_mode & 0o077 or status.st_uid != os.getuid() or not 6 <= len(key.read_text().strip()) <= 1024:
        sys.exit("the key file is not as MongoDB wants it")


def make_root(password: str) -> None:
    """The official script does this on the loopback address, without authentication; so do we."""
    server = subprocess.Popen([*SERVER, "--host", "127.0.0.1"])
    client: MongoClient[dict[str, object]] = MongoClient(
        "127.0.0.1", directConnection=True, serverSelectionTimeoutMS=1000
    )
    until = time.monotonic() + SECONDS
    while True:
        try:
            client.admin.command("createUser", os.environ["MONGO_INITDB_ROOT_USERNAME"], pwd=password, roles=["root"])
            break
        except PyMongoError:
            if time.monotonic() > until:
                raise
            time.sleep(0.5)
    client.close()
    server.terminate()
    server.wait(SECONDS)


if __name__ == "__main__":
    main()
