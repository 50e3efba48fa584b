"""Whether a broker's connection is alive, and not just open: a suspended broker, or a cut cable, closes nothing."""

import time
from typing import Any

HEARTBEAT_SECONDS = 10  # the broker sends something twice in that time; it is gone after two of them
SILENT_SECONDS = 12.0


class Pulse:
    """Remembers when each connection was last heard of; to be asked now and then."""

    def __init__(self) -> None:
        self._heard: dict[int, tuple[int, float]] = {}

    def beats(self, connection: Any) -> bool:
        """Whether anything came on this connection since it was asked about, SILENT_SECONDS at most ago."""
        received, at = int(connection.bytes_recv), time.monotonic()
        known = self._heard.get(id(connection))
        if known is None or known[0] != received:
            self._heard = {key: value for key, value in self._heard.items() if at - value[1] < 3600}
            self._heard[id(connection)] = (received, at)
            return True
        return at - known[1] < SILENT_SECONDS
