"""Runs the embedded store, and ends it once its engine cannot write, as MongoDB would; its words are the server's.

A disk without room fails the engine, or makes it panic. The server would stay, say `ping`, and refuse all else, for
ever after a panic; ended, it is started again by the supervisor until there is room, and its journal has all that it
acknowledged. Runs in the store's own environment: nothing of ours here.
"""

import importlib
import logging
import os
import sys
import threading
import time
from typing import Any

LOOK_SECONDS = 1.0
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

    def opened(*given: Any, **named: Any) -> Any:
        connection = opening(*given, **named)
        threading.Thread(target=_watch, args=(connection, engine.WiredTigerError), daemon=True).start()
        return connection

    engine.wiredtiger_open = opened
    return int(importlib.import_module("secantus.cli").main() or 0)


def _watch(connection: Any, failure: type[Exception]) -> None:
    """Look when nobody asks: the engine may panic by itself."""
    while True:
        time.sleep(LOOK_SECONDS)
        try:
            connection.open_session().close()
        except failure as error:
            _judge(error)
            return  # it is being closed


def _judge(error: BaseException) -> None:
    if any(words in str(error) for words in FATAL):
        sys.stderr.write(f"the store cannot write, its process ends: {error}\n")
        sys.stderr.flush()
        os._exit(GIVEN_UP)


if __name__ == "__main__":
    sys.exit(main())
