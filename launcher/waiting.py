"""Waits with a deadline."""

import time
from collections.abc import Callable

LOOK_SECONDS = 0.2


def until(check: Callable[[], bool], seconds: float, pause: float = LOOK_SECONDS) -> bool:
    """Ask until the answer is yes; whether it came within `seconds`."""
    end = time.monotonic() + seconds
    while not check():
        if time.monotonic() >= end:
            return False
        time.sleep(pause)
    return True
