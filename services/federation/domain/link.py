"""How a link is, in one word, and when its shovel has to be woken.

`running` is not health: a shovel whose channel the other side closed shows it for ever, and moves nothing.
"""

from dataclasses import dataclass, replace
from datetime import datetime

STATES = (
    "up_to_date", "catching_up", "silent", "blocked", "refused", "never_heard",
    "invited", "suspended", "fenced", "removed", "not_linked",
)  # fmt: skip
MISSED = 3  # pulses in a row, before a node counts as silent, and before a shovel counts as stuck
MARGIN = 15.0  # seconds added: the pulses of a slow link come late
BEHIND = 200  # messages that wait, and are more than the last moment's
SLOW = 60.0  # seconds


@dataclass(frozen=True, kw_only=True)
class Signs:
    """What is known of a link now. `shovels` is the worst of its shovels, None at the centre, which has none.

    `terminated`: the other side refuses it; one that merely does not get through is `starting`.
    """

    state: str
    interval: float
    silent: float | None = None
    lag: float | None = None
    waiting: int = 0
    shovels: str | None = None
    stuck: bool = False


def seconds_between(then: datetime, now: datetime) -> float:
    """Since a moment that this node noted; one to come was noted while its clock was ahead, and is as far from true."""
    return abs((now - then).total_seconds())


def patience(interval: float) -> float:
    """Seconds without a pulse after which a node is silent."""
    return MISSED * interval + MARGIN


def describe(signs: Signs) -> str:
    """The state of a link, worst first."""
    if signs.state != "joined":
        return signs.state
    if signs.shovels == "missing":
        return "not_linked"
    if signs.shovels == "terminated":
        return "refused"
    silent = signs.silent is not None and signs.silent > patience(signs.interval)
    # A transport that cannot get through at all is no blocked one; one that is refused again and again is.
    if signs.stuck and (signs.shovels == "running" or not silent):
        return "blocked"
    if signs.silent is None:
        return "never_heard"
    if silent:
        return "silent"
    if signs.waiting > BEHIND or (signs.lag or 0.0) > SLOW:
        return "catching_up"
    return "up_to_date"


def why_outside(shovels: str | None, *, refused: bool) -> str | None:
    """The worst of the shovels, given whether the centre refuses this node.

    A shovel that does not get through ends and starts again and again, whatever the reason.
    """
    if shovels not in ("terminated", "starting"):
        return shovels
    return "terminated" if refused else "starting"


@dataclass(frozen=True)
class Watch:
    """One queue that a shovel empties, from look to look."""

    waiting: int = 0
    moved: int = 0
    looks: int = 0

    def look(self, waiting: int, moved: int) -> "Watch":
        """One look a pulse: how many wait, how many were ever taken and settled; an empty queue counts as moving."""
        if waiting == 0 or moved != self.moved:
            return Watch(waiting, moved)
        return replace(self, waiting=waiting, looks=self.looks + 1)

    @property
    def stuck(self) -> bool:
        """Whether something waited through MISSED pulses and nothing left."""
        return self.looks >= MISSED
