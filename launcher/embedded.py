"""Runs the embedded store, and ends it once its engine cannot write, as MongoDB would; its words are the server's.

A disk without room fails the engine, or makes it panic. The server would stay, say `ping`, and refuse all else, for
ever after a panic; ended, it is started again by the supervisor until there is room, and its journal has all that it
acknowledged. It may also jam: who wants room in its cache has the lock that those wait for whose end would make room.
So uncommitted writes may fill most of the cache (docs/decisions/0090). Should it jam all the same: it is asked now and
then, over the network like by anybody, and ended when it gives no answer for far longer than any command takes.

Runs in the store's own environment: nothing of ours here.
"""

import importlib
import json
import logging
import os
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

LOOK_SECONDS = 1.0
ASK_SECONDS = 10.0
PATIENCE_SECONDS = 180.0  # an index made over a large collection holds up all else, for some seconds
ADMIN, SCRAM, WATCH = "admin", "SCRAM-SHA-256", "watch"
# In percent of the cache. The engine's own triggers are 20 and 10.
ROOM = "eviction_dirty_target=60,eviction_dirty_trigger=90,eviction_updates_target=60,eviction_updates_trigger=90"
GIVEN_UP = 70  # exit code: EX_SOFTWARE


FATAL = ("WT_PANIC", "No space left on device", "Input/output error")


class Failures(logging.Handler):
    """Hears what the server says of commands that the engine failed, before it answers them."""

    def emit(self, record: logging.LogRecord) -> None:
        """End, if that was the disk."""
        if record.exc_info and record.exc_info[1] is not None:
            _judge(record.exc_info[1])


def main() -> int:
    """Until it is told to end."""
    logging.getLogger("secantus").addHandler(Failures(logging.ERROR))
    engine: Any = importlib.import_module("wiredtiger")
    opening = engine.wiredtiger_open

    def opened(home: str, config: str) -> Any:
        connection = opening(home, f"{config},{ROOM}")
        threading.Thread(target=_watch, args=(connection, engine.WiredTigerError), daemon=True).start()
        return connection

    engine.wiredtiger_open = opened
    accounts = _accounts()
    _admit(accounts)
    host, port = (sys.argv[sys.argv.index(option) + 1] for option in ("--host", "--port"))
    threading.Thread(target=end_if_jammed, args=(host, int(port), accounts), daemon=True).start()
    return int(importlib.import_module("secantus.cli").main() or 0)


def _accounts() -> list[dict[str, Any]]:
    """Who may do what, as the launcher has written it (launcher/store_accounts.py); nobody is asked without."""
    path = os.environ.get("GTM_STORE_ACCOUNTS")
    if not path:
        return []
    return list(json.loads(Path(path).read_text(encoding="utf-8"))["accounts"])


def _admit(accounts: list[dict[str, Any]]) -> None:
    """Have the server know these accounts, and no others, before it listens: what stands in the file is true."""
    serving, scram = importlib.import_module("secantus.cli"), importlib.import_module("secantus.auth")
    making: Any = serving.SecantusDBServer

    def made(*given: Any, **named: Any) -> Any:
        server = making(*given, **named)
        for known in server.storage.list_users(ADMIN):
            if known["user"] not in {one["name"] for one in accounts}:
                server.storage.drop_user(ADMIN, known["user"])
        for one in accounts:
            derived = scram.derive_credentials(one["password"], mechanism=SCRAM, username=one["name"]).to_doc()
            record = {"_id": f"{ADMIN}.{one['name']}", "user": one["name"], "db": ADMIN, "credentials": derived}
            server.storage.add_user(
                ADMIN, one["name"], record | {"roles": one["roles"], "mechanisms": [SCRAM]}, replace=True
            )
        return server

    serving.SecantusDBServer = made  # type: ignore[attr-defined]


def _watch(connection: Any, failure: type[Exception]) -> None:
    """Look when nobody asks: the engine may panic by itself."""
    while True:
        time.sleep(LOOK_SECONDS)
        try:
            connection.open_session().close()
        except failure as error:
            _judge(error)
            return  # it is being closed


def end_if_jammed(
    host: str,
    port: int,
    accounts: Sequence[Mapping[str, Any]] = (),
    patience: float = PATIENCE_SECONDS,
    every: float = ASK_SECONDS,
) -> None:
    """Ask for a document, for ever; after the first answer, none within `patience` seconds ends the process."""
    asking: Any = importlib.import_module("pymongo")
    errors: Any = importlib.import_module("pymongo.errors")
    wait = {"serverSelectionTimeoutMS": patience * 1000, "socketTimeoutMS": patience * 1000, "retryReads": False}
    own = [{"username": WATCH, "password": one["password"]} for one in accounts if one["name"] == WATCH]
    signed = own[0] | {"authMechanism": SCRAM} if own else {}
    client = asking.MongoClient(host, port, directConnection=True, maxPoolSize=1, **wait, **signed)
    answered = False
    while True:
        try:
            client["watch"]["answers"].find_one({"_id": 0})
            answered = True
        except (errors.NetworkTimeout, errors.ServerSelectionTimeoutError) as error:
            if answered:
                _end(f"the store has not answered for {patience:g} seconds", error)
        except errors.PyMongoError:
            pass  # an error is an answer
        time.sleep(every)


def _judge(error: BaseException) -> None:
    if any(words in str(error) for words in FATAL):
        _end("the store cannot write", error)


def _end(why: str, error: BaseException) -> None:
    sys.stderr.write(f"{why}, its process ends: {error}\n")
    sys.stderr.flush()
    os._exit(GIVEN_UP)


if __name__ == "__main__":
    sys.exit(main())
