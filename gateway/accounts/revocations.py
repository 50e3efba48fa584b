"""Which sessions were ended while tokens given to them are still out: looked up once a second by each worker.

The list is as short as the revocations of the last hour, however many sessions and requests there are. While the store
is away the last look counts: services, which look at no list, take such a token too until it is over.
"""

import threading
import time
from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from chassis.kernel.clock import now
from chassis.kernel.errors import UnavailableError
from chassis.process.logs import get_logger
from chassis.process.tokens import LEEWAY_SECONDS, LONGEST_SECONDS
from gateway.accounts.storage.sessions import Sessions

log = get_logger()

LOOK_EVERY: Final = 1.0  # seconds
LOOK_BACK: Final = timedelta(seconds=LONGEST_SECONDS + 2 * LEEWAY_SECONDS)


class Revocations:
    """The ended sessions, as this process knows them."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._ended: frozenset[str] = frozenset()
        self._looked: float | None = None
        self._own: dict[str, float] = {}
        self._guard = threading.Lock()

    def note(self, ids: Iterable[str]) -> None:
        """Know at once of those that this process ended itself."""
        with self._guard:
            self._own.update(dict.fromkeys(ids, time.monotonic()))

    def holds(self, session_id: str) -> bool:
        """Whether the session was ended."""
        with self._guard:
            due = self._looked is None or time.monotonic() - self._looked >= LOOK_EVERY
            if due:
                self._looked = time.monotonic()  # the others of this moment go by the last look
        if due:
            self._look()
        with self._guard:
            return session_id in self._ended or session_id in self._own

    def _look(self) -> None:
        began = time.monotonic()
        try:
            ended = frozenset(self._sessions.revoked_since(now() - LOOK_BACK))
        except UnavailableError:
            log.warning("revoked sessions could not be looked up: the last look counts")
            return
        with self._guard:
            self._ended = ended
            self._own = {id: noted for id, noted in self._own.items() if noted >= began - LOOK_EVERY}
