"""Waiting for what happens a moment later: by deadline, never by a fixed sleep."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
PATIENCE = 60.0  # a test waits for what happens, not for how fast: only one that fails waits so long


def eventually(check: Callable[[], T], within: float = PATIENCE, every: float = 0.05) -> T:
    """What `check` gives, as soon as it is truthy and asserts nothing false; `within` and `every` in seconds.

    Less than PATIENCE is not taken: on a machine that does other things as well, all is slow.
    Raises: AssertionError, the last one of `check` if it made one.
    """
    within = max(within, PATIENCE)
    deadline = time.monotonic() + within
    while True:
        failure: AssertionError | None = None
        try:
            found = check()
            if found:
                return found
        except AssertionError as error:
            failure = error
        if time.monotonic() >= deadline:
            raise failure or AssertionError(f"not so within {within:g} s: {check}")
        time.sleep(every)
