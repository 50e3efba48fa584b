"""Which services are away, so that a call to one of them fails at once and takes no thread from the others.

A service's circuit opens when its queue has no consumer (it stopped), or when a call has waited MUTE_AFTER and nothing
at all was answered since it was sent (it hangs: suspended, or stuck). It closes by itself: at the next call once there
is a consumer again; or by any answer, for which one call at a time is let through. All times are monotonic seconds.
"""

from collections.abc import Callable
from typing import Final

from chassis.process import metrics

LOOK_EVERY: Final = 0.25  # seconds between two looks at a service that is away, by the calls that come
MUTE_AFTER: Final = 3.0  # seconds without any answer; the slowest calls of a service that works leave room for others

STOPPED: Final = "service-away"
MUTE: Final = "service-mute"


class Circuits:
    """What one gateway process knows of its services. Used by the link's thread alone."""

    def __init__(self) -> None:
        self._reasons: dict[str, str] = {}
        self._next_look: dict[str, float] = {}
        self._answered: dict[str, float] = {}

    def refusal(self, service: str, now: float, gives_up: float, consumers: Callable[[str], int | None]) -> str | None:
        """The code by which a call is refused; None when it may be sent.

        gives_up: until when the call waits, and no second one is let through to a service that is mute.
        """
        reason = self._reasons.get(service)
        if reason is None:
            return None
        if now < self._next_look[service]:
            return reason
        self._next_look[service] = now + LOOK_EVERY
        if consumers(service) == 0:
            self._open(service, STOPPED)
            return STOPPED
        if reason == STOPPED:
            self._close(service)
        else:
            self._next_look[service] = gives_up
        return None

    def stopped(self, service: str, now: float) -> None:
        """Its queue has no consumer."""
        self._open(service, STOPPED)
        self._next_look[service] = now + LOOK_EVERY

    def waits(self, service: str, sent: float, now: float) -> None:
        """A call sent then has no answer yet."""
        if service not in self._reasons and now - sent >= MUTE_AFTER and self._answered.get(service, 0.0) < sent:
            self._open(service, MUTE)
            self._next_look[service] = now + LOOK_EVERY

    def answered(self, service: str, now: float) -> None:
        """It answers, whatever it says."""
        self._answered[service] = now
        self._close(service)

    def forget(self) -> None:
        """The broker was lost: nothing is known of anybody."""
        for service in list(self._reasons):
            self._close(service)

    def _open(self, service: str, reason: str) -> None:
        if self._reasons.get(service) != reason:
            metrics.CIRCUIT_OPENED.labels(service, reason).inc()
        self._reasons[service] = reason
        metrics.CIRCUIT_OPEN.labels(service).set(1)

    def _close(self, service: str) -> None:
        if self._reasons.pop(service, None) is not None:
            metrics.CIRCUIT_OPEN.labels(service).set(0)
