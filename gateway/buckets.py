"""How much each may ask: a bucket for each name, in memory that all workers of the gateway share.

A bucket is one number: the moment at which it is full again (the generic cell rate algorithm). The table has a fixed
size, whatever names come. Where a place must be given up, that of the bucket which is soonest full goes: at worst
somebody's count is forgotten, never is one held against another. Each few places have a lock, which the system
releases when a worker dies.

Imported before gunicorn forks (gateway/gunicorn_conf.py): the memory is inherited, the locks are each process's own.
"""

import fcntl
import math
import mmap
import os
import secrets
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final

PLACES: Final = 65_536  # of 16 bytes: one megabyte
TOGETHER: Final = 4  # places that a name may have
_PLACE: Final = struct.Struct("<Qd")


@dataclass(frozen=True)
class Taken:
    """What asking once more gave."""

    granted: bool
    left: int
    """How many more at once."""
    full_in: float
    """Seconds until the bucket is as at the beginning."""
    again_in: float
    """Seconds until one more is granted; 0: at once."""


class Buckets:
    """The table."""

    def __init__(self, places: int = PLACES) -> None:
        self._sets = places // TOGETHER
        self._file = os.memfd_create("gtm-buckets")
        os.ftruncate(self._file, places * _PLACE.size)
        self._memory = mmap.mmap(self._file, places * _PLACE.size)
        self._secret = secrets.token_bytes(16)  # else somebody could choose names that share a place
        self._guard = threading.Lock()

    def take(self, name: str, rate: float, most: int, now: float | None = None) -> Taken:
        """Ask once under this name: `rate` a second in the long run, `most` at once. A refusal costs nothing."""
        at = time.monotonic() if now is None else now
        mark = int.from_bytes(blake2b(name.encode(), digest_size=8, key=self._secret).digest(), "little") or 1
        start = mark % self._sets * TOGETHER * _PLACE.size
        with self._locked(start):
            place, full_at = self._find(mark, start)
            full_at = max(full_at, at)
            after = full_at + 1 / rate
            granted = after - at <= most / rate
            if granted:
                _PLACE.pack_into(self._memory, place, mark, after)
        full_in = (after if granted else full_at) - at
        left = max(0, math.floor(most - full_in * rate + 1e-6))
        return Taken(granted, left, full_in, 0.0 if left else full_in - (most - 1) / rate)

    @contextmanager
    def _locked(self, start: int) -> Iterator[None]:
        """Alone with the places from there on: among the threads of this process, then among the processes."""
        with self._guard:
            fcntl.lockf(self._file, fcntl.LOCK_EX, TOGETHER * _PLACE.size, start)
            try:
                yield
            finally:
                fcntl.lockf(self._file, fcntl.LOCK_UN, TOGETHER * _PLACE.size, start)

    def _find(self, mark: int, start: int) -> tuple[int, float]:
        """Where a name's bucket is or may be, and when it is full."""
        found = []
        for place in range(start, start + TOGETHER * _PLACE.size, _PLACE.size):
            kept, full_at = _PLACE.unpack_from(self._memory, place)
            if kept == mark:
                return place, full_at
            found.append((full_at, place))
        return min(found)[1], 0.0


SHARED: Final = Buckets()
