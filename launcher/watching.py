"""The foreground of `gtm up`: tells what happens to the processes until the node is stopped, here or elsewhere."""

import contextlib
import signal
import time
from collections.abc import Callable, Iterator
from types import FrameType

from launcher import journal, processes, progress, stopping
from launcher.homes import Home

LOOK_SECONDS = 0.5
STOPPING_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class ToldToStop(BaseException):
    """Ctrl-C, SIGTERM, or the terminal was closed. Not an error: it passes by whatever handles errors."""


@contextlib.contextmanager
def stoppable() -> Iterator[None]:
    """While this lasts, the signals that end a program raise ToldToStop, the first time only."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        for number in STOPPING_SIGNALS:
            signal.signal(number, signal.SIG_IGN)  # impatience must not interrupt the stopping itself
        raise ToldToStop

    with _handling(stop):
        yield


@contextlib.contextmanager
def unstoppable() -> Iterator[None]:
    """While this lasts, nothing ends this program before it has ended the others."""
    with _handling(signal.SIG_IGN):
        yield


@contextlib.contextmanager
def _handling(handler: Callable[[int, FrameType | None], None] | signal.Handlers) -> Iterator[None]:
    before = {number: signal.signal(number, handler) for number in STOPPING_SIGNALS}
    try:
        yield
    finally:
        for number, earlier in before.items():
            signal.signal(number, earlier)


def watch(home: Home) -> int:
    """Tell of deaths and restarts until the node is gone; 0 if it was stopped, 1 if its supervisor was killed."""
    news = journal.Journal(home)
    try:
        while processes.supervisor(home) is not None:
            _tell(news.news())
            time.sleep(LOOK_SECONDS)
    except ToldToStop:
        progress.tell("down-stopping")
        stopping.stop(home)
        progress.tell("down-done")
        return 0
    # Stopped from elsewhere: what is left then is still being stopped by that command.
    if processes.wait_gone(home, 2 * LOOK_SECONDS):
        progress.tell("down-done")
        return 0
    progress.warn("supervisor-killed")
    stopping.end_leftovers(home)
    return 1


def _tell(news: list[journal.Happening]) -> None:
    for one in news:
        if one.kind == "exited":
            progress.warn("process-died", name=one.name, what=one.what)
        else:
            progress.tell("process-started", name=one.name, pid=one.what)
