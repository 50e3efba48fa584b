"""What the service does of its own accord: finish what was begun, beat, and look after the links.

1. At the start, when the members changed, and every ten minutes: the broker is made to fit (a crash may have come
   between a record and the broker; a broker may have come back empty).
2. A pulse: of a region to its centre, at the region's interval; of the centre to each region as often.
3. After each pulse: a shovel that says `running` and moves nothing through three of them is begun anew.
"""

import time
from contextlib import suppress
from typing import Any

from nameko.timer import timer
from pymongo.errors import PyMongoError

from chassis.contract.envelope import build
from chassis.kernel.clock import now
from chassis.kernel.errors import PlatformError, UnavailableError
from chassis.process import metrics
from chassis.process.logs import get_logger
from chassis.process.settings import life_noted
from services.federation.adapters.door import refusal
from services.federation.adapters.gauges import measure
from services.federation.contract.events import PULSE_SENT
from services.federation.domain.link import MISSED, patience, seconds_between
from services.federation.domain.plan import EVENTS, own_exchange
from services.federation.entrypoints.parts import Federating, Parts, signature, system
from services.federation.entrypoints.status import set_gauges
from services.federation.handlers.joining import finish

FIT_SECONDS = 600.0
MEASURE_SECONDS = 10.0
KNOCK_SECONDS = 10.0  # between two tries to find out why nothing gets through
LATE = 3  # intervals after which a pulse that still waits is dropped
log = get_logger()


class Rounds(Federating):
    """One round at a time: the next begins when the last one ended."""

    _fitted = -FIT_SECONDS
    _beaten: dict[str, float] = {}  # noqa: RUF012 (of the process, as the timer is)
    _measured = -86_400.0
    _knocked = -86_400.0
    _woken: dict[str, float] = {}  # noqa: RUF012 (of the process, as the timer is)

    @timer(interval=1, eager=True)
    def each_second_look(self) -> None:
        """Whatever fails is tried again in the next round."""
        try:
            self._round(time.monotonic())
        except (PlatformError, PyMongoError, OSError) as error:
            log.warning("federation.waiting", error=str(error) or type(error).__name__)

    def _round(self, at: float) -> None:
        own, parts = type(self), self.parts
        link = parts.files.link()
        members = [] if parts.settings.hub else parts.nodes.every(origin=parts.settings.node, role="region")
        if at - own._fitted > FIT_SECONDS or (members and parts.provisioned != signature(members)):
            if parts.management.known:
                _fit(parts, link)
            own._fitted = at
        others = [one.node for one in members if one.state in ("joined", "suspended")]
        linked = [link["hub"]["id"]] if link.get("done") else others
        due = [one for one in linked if at - own._beaten.get(one, -86_400.0) >= self._interval(one)]
        if due:
            own._beaten |= dict.fromkeys(due, at)
            self._beat(due, link, at)
            if link:
                self._watch(link, at)
        if linked and at - own._measured > MEASURE_SECONDS:
            own._measured = at
            set_gauges(parts, members, link)

    def _interval(self, other: str) -> int:
        """Seconds between two pulses to a node: a region knows what its line costs."""
        own = self.parts.settings.heartbeat
        return own if self.parts.settings.hub else self.parts.memory.intervals.get(other, own)

    def _beat(self, due: list[str], link: dict[str, Any], at: float) -> None:
        parts = self.parts
        self.store.live_on(life_noted(parts.settings.home))  # another process of ours may have joined
        waiting = None
        if link:
            # A node is alive though its broker's management is not.
            with suppress(UnavailableError):
                waiting = parts.region_broker.outbound(link["hub"]["id"])[0]
        gauges = measure(parts.settings.ops, parts.settings.home, waiting)
        for other in due:
            if not parts.beater.may(at):
                return
            interval = self._interval(other)
            pulse = parts.memory.beat(other, interval, gauges, now(), parts.born)
            envelope = build(PULSE_SENT, pulse, None, system(), pulse.updated_at, self.store.place)
            # What changed is of no use to anybody here, and links may be metered.
            envelope["data"]["changed"] = []
            parts.publish(envelope, other, EVENTS if link else own_exchange(other), LATE * interval)
            metrics.PULSES_SENT.inc()

    def _watch(self, link: dict[str, Any], at: float) -> None:
        parts, hub = self.parts, link["hub"]["id"]
        states = parts.region_broker.states(hub)
        parts.watch = parts.watch.look(*parts.region_broker.outbound(hub))
        if "missing" in states.values():
            with parts.changing:
                if parts.files.link():
                    parts.region_broker.connect(link)
        self._knock(link, set(states.values()) != {"running"}, at)
        out, back = f"to-{hub}", f"from-{hub}"
        rest = MISSED * parts.settings.heartbeat
        if states[out] == "running" and parts.watch.stuck and at - self._woken.get(out, 0.0) > rest:
            self._woken[out] = at
            self._restart(out, link)
        heard = parts.links.of(hub)
        silent = seconds_between(heard["heard_at"], now()) if heard else 0.0
        waited = patience(heard.get("interval", parts.settings.heartbeat))
        if states[back] == "running" and silent > waited and at - self._woken.get(back, 0.0) > waited:
            self._woken[back] = at
            self._restart(back, link)

    def _knock(self, link: dict[str, Any], outside: bool, at: float) -> None:
        """Tell a centre that refuses from a line that is cut; once let in again, greet it anew to hold the same."""
        own, parts, hub = type(self), self.parts, link["hub"]["id"]
        if not outside:
            if parts.refused:
                log.info("federation.greets_anew", hub=hub)
                with parts.changing:
                    if parts.files.link():
                        parts.files.remember(link)  # a link written anew is a new link to all services
            parts.refused = False
        elif at - own._knocked > KNOCK_SECONDS:
            own._knocked = at
            why = refusal(link, parts.settings.node, parts.settings.keys)
            if why and not parts.refused:
                log.error("federation.refused", hub=hub, what=why)
            parts.refused = why is not None
        metrics.LINK_REFUSED.labels(hub).set(1 if parts.refused else 0)

    def _restart(self, name: str, link: dict[str, Any]) -> None:
        log.warning("federation.shovel_restarted", shovel=name)
        metrics.SHOVEL_RESTARTS.labels(name).inc()
        with self.parts.changing:
            if self.parts.files.link():
                self.parts.region_broker.restart(name, link)


def _fit(parts: Parts, link: dict[str, Any]) -> None:
    """Make the broker as the members, or the membership, want it."""
    if parts.settings.hub is None:
        parts.provision()
        parts.invitations.forget_old(now())
        return
    with parts.changing:
        if link and parts.files.link():
            finish(link, parts.files, parts.region_broker)
