"""A brake on guessing passwords: after some failures, one username from one address must wait.

Kept in the memory of a worker process and forgotten at its restart: with W workers a guesser has up to W times the
attempts before the brake grips everywhere.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

FREE: Final = 5  # failures without any wait: typing errors
FIRST_WAIT: Final = 2.0  # seconds; doubles with each further failure
LONGEST_WAIT: Final = 300.0
FORGOTTEN: Final = 900.0  # seconds without a failure after which nothing is held against anybody
MOST: Final = 10_000  # pairs remembered; the oldest go first


class GuessingBrake:
    """Failures by (username, address)."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failures: OrderedDict[tuple[str, str], tuple[int, float]] = OrderedDict()
        self._guard = threading.Lock()

    def wait(self, who: tuple[str, str]) -> float:
        """Seconds until the next attempt counts; 0 when it may be made now."""
        with self._guard:
            count, last = self._failures.get(who, (0, 0.0))
            since = self._clock() - last
            if count < FREE or since > FORGOTTEN:
                return 0.0
            return max(0.0, min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** min(count - FREE, 20)) - since)

    def failed(self, who: tuple[str, str]) -> None:
        """Note a wrong password."""
        with self._guard:
            count, last = self._failures.pop(who, (0, 0.0))
            recent = count if self._clock() - last <= FORGOTTEN else 0
            self._failures[who] = (recent + 1, self._clock())
            while len(self._failures) > MOST:
                self._failures.popitem(last=False)

    def succeeded(self, who: tuple[str, str]) -> None:
        """Forget the failures."""
        with self._guard:
            self._failures.pop(who, None)
