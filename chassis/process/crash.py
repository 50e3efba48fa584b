"""Places where a fault test ends the process without warning. Outside such a test they cost one comparison.

GTM_CRASH_AT="relay.published:3" kills the process (SIGKILL) the third time that it comes by `relay.published`.
"""

import os
import signal

_name, _, _count = os.environ.get("GTM_CRASH_AT", "").partition(":")
_left = int(_count or 1)

POINTS = (
    "store.before_commit",
    "store.committed",
    "relay.before_publish",
    "relay.published",
    "relay.marked",
    "consumer.taken",
    "consumer.applied",
    "consumer.before_send_on",
    "consumer.sent_on",
)
OF_TRAIL = ("trail.read", "trail.inserted")
OF_PARKED = ("collector.taken", "collector.pieces", "collector.stored", "parking.sent_back", "parking.noted")


def crash_point(name: str) -> None:
    """Die here, if the environment asks for it."""
    global _left  # counts down over the life of the process
    if name != _name:
        return
    _left -= 1
    if _left <= 0:
        os.kill(os.getpid(), signal.SIGKILL)
