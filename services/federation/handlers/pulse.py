"""Beating and hearing: what this process remembers of its own pulses and of the others'."""

import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from services.federation.domain import pulse as pulses
from services.federation.domain.pulse import Gauges, Heard, Pulse
from services.federation.domain.speakers import Speakers

CLOCK_SECONDS = 120.0  # between two clocks, before somebody is told


class Memory:
    """One run of the service: its beats with their times, and whom it heard. Lost at its end, and measured anew.

    `hub`: the centre, which is believed about others; None on the centre itself.
    """

    def __init__(
        self, node: str, run: str, hub: str | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.node, self.run, self._hub, self._clock = node, run, hub, clock
        self.sequence = 0
        self.intervals: dict[str, int] = {}
        """Seconds between two pulses of each node, as it says."""
        self._sent: dict[str, dict[int, tuple[float, datetime]]] = {}
        self._heard: dict[str, tuple[str, int, float]] = {}

    def beat(self, to: str, interval: int, gauges: Gauges, at: datetime, born: datetime) -> Pulse:
        """The next pulse; from now on an echo of it can be measured."""
        self.sequence += 1
        now, sent = self._clock(), self._sent.setdefault(to, {})
        sent[self.sequence] = (now, at)
        for old in sorted(sent)[: -pulses.REMEMBERED]:
            del sent[old]
        heard = tuple(
            Heard(node=node, run=run, sequence=sequence, held=round(now - since, 3), interval=self.intervals[node])
            for node, (run, sequence, since) in sorted(self._heard.items())
        )
        return Pulse(
            id=self.run,
            origin=self.node,
            version=self.sequence,
            visibility="gtm",
            created_at=born,
            created_by="system",
            updated_at=at,
            updated_by="system",
            node=self.node,
            interval=interval,
            heard=heard,
            gauges=gauges,
        )

    def begin(self, run: str) -> None:
        """A new run, after another process had beaten; what this one sent before is not measured any more."""
        self.run, self.sequence = run, 0
        self._sent.clear()

    def hear(self, pulse: Pulse, links: Any, at: datetime) -> bool:
        """Note what a pulse tells of the way to its node; `links` keeps it. Whether two machines speak as that node."""
        now = self._clock()
        self._heard[pulse.node] = (pulse.id, pulse.version, now)
        self.intervals[pulse.node] = pulse.interval
        speakers = _speakers(links.of(pulse.node)).hear(pulse.id, pulse.version)
        values: dict[str, Any] = {
            "heard_at": at,
            "interval": pulse.interval,
            "sequence": pulse.version,
            "speakers": asdict(speakers),
            "gauges": _plain(pulse.gauges),
        }
        mine = self._sent.get(pulse.node, {})
        sent = {sequence: moment for sequence, (moment, _) in mine.items()}
        trip = pulses.trip(pulse, self.node, self.run, sent, now, at)
        if trip is not None:
            values |= {"lag": trip.lag, "clock_ahead": trip.clock_ahead}
        confirmed = mine.get(pulses.echoed(pulse, self.node, self.run))
        if confirmed is not None:
            values["confirmed_until"] = confirmed[1]
        links.note(pulse.node, **values)
        if speakers.twice:
            links.warn(pulse.node, "two-machines", at)
        if trip is not None and abs(trip.clock_ahead) > CLOCK_SECONDS:
            links.warn(pulse.node, "clock", at)
        if pulse.node == self._hub:
            self._hear_of(pulse, links, at)
        return speakers.twice

    def _hear_of(self, pulse: Pulse, links: Any, at: datetime) -> None:
        """Whom the centre heard: nobody else's pulses come here."""
        for one in pulse.heard:
            if one.node != self.node:
                slowest = pulse.interval + (one.interval or pulse.interval)
                links.note(one.node, heard_at=at - timedelta(seconds=one.held), interval=slowest)


def _speakers(link: dict[str, Any]) -> Speakers:
    kept = link.get("speakers") or {}
    return Speakers(**{**kept, "runs": tuple((str(run), int(sequence)) for run, sequence in kept.get("runs", ()))})


def _plain(gauges: Gauges) -> dict[str, Any]:
    values = {name: getattr(gauges, name) for name in Gauges.__dataclass_fields__}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}
