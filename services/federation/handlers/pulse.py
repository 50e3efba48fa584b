"""Beating and hearing: what this process remembers of its own pulses and of the others'."""

import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from services.federation.domain import pulse as pulses
from services.federation.domain.pulse import Gauges, Heard, Pulse
from services.federation.domain.speakers import Speakers

CLOCK_SECONDS = 120.0  # between two clocks, before somebody is told


class Memory:
    """One run of the service: its beats with their times, and whom it heard. Lost at its end, and measured anew."""

    def __init__(self, node: str, run: str, clock: Callable[[], float] = time.monotonic) -> None:
        self.node, self.run, self._clock = node, run, clock
        self.sequence = 0
        self._sent: dict[int, tuple[float, datetime]] = {}
        self._heard: dict[str, tuple[str, int, float]] = {}

    def beat(self, interval: int, gauges: Gauges, at: datetime, born: datetime) -> Pulse:
        """The next pulse; from now on an echo of it can be measured."""
        self.sequence += 1
        now = self._clock()
        self._sent[self.sequence] = (now, at)
        for old in sorted(self._sent)[: -pulses.REMEMBERED]:
            del self._sent[old]
        heard = tuple(
            Heard(node=node, run=run, sequence=sequence, held=round(now - since, 3))
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
        speakers = _speakers(links.of(pulse.node)).hear(pulse.id, pulse.version)
        values: dict[str, Any] = {
            "heard_at": at,
            "interval": pulse.interval,
            "sequence": pulse.version,
            "speakers": asdict(speakers),
            "gauges": _plain(pulse.gauges),
        }
        sent = {sequence: moment for sequence, (moment, _) in self._sent.items()}
        trip = pulses.trip(pulse, self.node, self.run, sent, now, at)
        if trip is not None:
            values |= {"lag": trip.lag, "clock_ahead": trip.clock_ahead}
        confirmed = self._sent.get(pulses.echoed(pulse, self.node, self.run))
        if confirmed is not None:
            values["confirmed_until"] = confirmed[1]
        links.note(pulse.node, **values)
        if speakers.twice:
            links.warn(pulse.node, "two-machines", at)
        if trip is not None and abs(trip.clock_ahead) > CLOCK_SECONDS:
            links.warn(pulse.node, "clock", at)
        return speakers.twice


def _speakers(link: dict[str, Any]) -> Speakers:
    kept = link.get("speakers") or {}
    return Speakers(**{**kept, "runs": tuple((str(run), int(sequence)) for run, sequence in kept.get("runs", ()))})


def _plain(gauges: Gauges) -> dict[str, Any]:
    values = {name: getattr(gauges, name) for name in Gauges.__dataclass_fields__}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}
