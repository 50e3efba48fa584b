"""Deliveries: a notification on one channel, its attempts and what came of them."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

CHANNELS = ("in_app", "email")
STATUSES = ("done", "pending", "failed", "suppressed")

# Seconds between attempts: a server that restarts, one that is repaired, a link that is down over a week-end.
WAITS = (60, 300, 1800, 7200, 21_600, 43_200, 86_400)


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """One channel. `at` is the last attempt, `next_at` the next while it is pending."""

    channel: str
    status: str
    attempts: int = 0
    at: datetime | None = None
    detail: str | None = None
    next_at: datetime | None = None


@dataclass(frozen=True)
class Outcome:
    """What came of one attempt: done, suppressed, failed for good, or `again` later. No personal data in `detail`."""

    status: str
    detail: str | None = None


def in_app(at: datetime) -> Delivery:
    """Shown in the application as soon as it is stored."""
    return Delivery(channel="in_app", status="done", attempts=1, at=at)


def by_mail(at: datetime) -> Delivery:
    """To be sent by e-mail, now."""
    return Delivery(channel="email", status="pending", next_at=at)


def after(delivery: Delivery, outcome: Outcome, at: datetime) -> Delivery:
    """The delivery after an attempt; what may be tried again waits longer each time, and fails after the last wait."""
    attempts = delivery.attempts + (outcome.status != "suppressed")
    tried = replace(delivery, attempts=attempts, at=at, detail=outcome.detail, next_at=None)
    if outcome.status != "again":
        return replace(tried, status=outcome.status)
    if attempts > len(WAITS):
        return replace(tried, status="failed")
    return replace(tried, next_at=at + timedelta(seconds=WAITS[attempts - 1]))


class MailError(Exception):
    """A mail that could not be handed over; the text is fit to be shown: no address, no password."""


class ServerAwayError(MailError):
    """The server cannot be reached or spoken to now: no other mail will pass either."""


class MailDelayedError(MailError):
    """The server does not take this mail now."""


class MailRefusedError(MailError):
    """The server will never take this mail."""


class UnusableAddressError(MailError):
    """No mail can be addressed like this."""

    def __init__(self) -> None:
        super().__init__("the address cannot be used for mail")
