"""Pulses: a small event that each node sends now and then; what it tells of links without trusting any clock.

A pulse says which pulse of every other node was heard last and how long ago. A node that finds its own pulse named
there knows the way there and back: now, less when it sent that one, less how long the other held it. All three are
measured by one clock each, so that a clock that is years off changes nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from chassis.kernel.record import Record

REMEMBERED = 64  # own pulses whose sending is remembered; older echoes measure nothing


@dataclass(frozen=True, kw_only=True)
class Heard:
    """The last pulse heard of another node; `held` is how long ago, in seconds, when this was said.

    `interval`: seconds between two of its pulses.
    """

    node: str
    run: str
    sequence: int
    held: float
    interval: int | None = None


@dataclass(frozen=True, kw_only=True)
class Gauges:
    """What a region that cannot be scraped says of itself; None where it could not be measured."""

    ready: tuple[str, ...] = ()
    away: tuple[str, ...] = ()
    outbox_waiting: int | None = None
    parked: int | None = None
    refused: int | None = None
    link_waiting: int | None = None
    disk_free: int | None = None


@dataclass(frozen=True, kw_only=True)
class Pulse(Record):
    """One beat. The record is the run of a node's service (`id`), each beat a version of it: so `version` counts them.

    `interval`: seconds between two.
    """

    node: str
    interval: int
    heard: tuple[Heard, ...] = ()
    gauges: Gauges = field(default_factory=Gauges)


@dataclass(frozen=True)
class Trip:
    """There and back in seconds, and how far the other's clock is ahead of ours (negative: behind)."""

    seconds: float
    clock_ahead: float

    @property
    def lag(self) -> float:
        """One way, taken as half."""
        return self.seconds / 2


def trip(pulse: Pulse, own: str, run: str, sent: Mapping[int, float], at: float, now: datetime) -> Trip | None:
    """What a pulse heard at `at` (monotonic) tells of the way, given when our pulses were sent; None if nothing."""
    echo = next((one for one in pulse.heard if one.node == own and one.run == run), None)
    if echo is None or echo.sequence not in sent:
        return None
    seconds = max(0.0, at - sent[echo.sequence] - echo.held)
    ahead = (pulse.updated_at - now).total_seconds() + seconds / 2
    return Trip(seconds, ahead)


def echoed(pulse: Pulse, own: str, run: str) -> int:
    """The highest of our pulses of this run that the sender has heard; 0 for none."""
    return max((one.sequence for one in pulse.heard if one.node == own and one.run == run), default=0)
