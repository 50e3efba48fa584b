"""Tokens that a person makes for a machine: some of their own roles, for some services, read-only if they like."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from chassis.kernel.errors import InvalidError
from chassis.process.settings import SERVICES
from gateway.accounts.domain.account import Account
from gateway.accounts.domain.secrets import is_secret, new_secret

PREFIX: Final = "gtma_"
CALENDAR_PREFIX: Final = "gtmc_"
"""Of the secret in the link of a calendar: it opens calendars alone, and nothing where it is sent as a header."""
CALENDAR: Final = "calendar"
PURPOSES: Final = (CALENDAR,)
CALENDAR_SERVICES: Final = ("meetings",)
LONGEST: Final = timedelta(days=366)
MOST: Final = 50  # tokens of an account that count at once


@dataclass(frozen=True, kw_only=True)
class MachineToken:
    """A token as it is kept: by the digest of its secret."""

    id: str
    account_id: str
    name: str
    digest: str
    roles: tuple[str, ...]
    read_only: bool
    created_at: datetime
    expires_at: datetime
    services: tuple[str, ...] | None = None
    """Those that it opens; None: all."""
    purpose: str | None = None
    """What it is for, where that is not a program of one's own."""
    used_on: str | None = None
    revoked_at: datetime | None = None

    def counts(self, now: datetime) -> bool:
        """Whether it opens anything still."""
        return self.revoked_at is None and now < self.expires_at


def new_token(purpose: str | None = None) -> str:
    """The text that is shown once."""
    return f"{CALENDAR_PREFIX if purpose == CALENDAR else PREFIX}{new_secret()}"


def is_token(text: str) -> bool:
    """Whether it has the form of one."""
    return any(text.startswith(one) and is_secret(text.removeprefix(one)) for one in (PREFIX, CALENDAR_PREFIX))


def roles_now(token: MachineToken, account: Account) -> frozenset[str]:
    """What the token may still do: never more than its owner may today."""
    return frozenset(token.roles) & frozenset(account.roles)


def check_scope(account: Account, roles: Iterable[str]) -> None:
    """A token opens no more than its owner can. Raises: InvalidError role-not-held, no-role."""
    beyond = sorted(set(roles) - set(account.roles))
    if beyond:
        raise InvalidError("role-not-held", "roles", {"roles": ", ".join(beyond)})
    if not list(roles):
        raise InvalidError("no-role", "roles")


def check_services(services: Iterable[str] | None) -> None:
    """Services that there are, and at least one. Raises: InvalidError unknown-service."""
    if services is None:
        return
    unknown = sorted(set(services) - set(SERVICES))
    if unknown or not list(services):
        raise InvalidError(
            "unknown-service", "services", {"given": ", ".join(unknown)[:100], "known": ", ".join(SERVICES)}
        )


def check_expiry(expires_at: datetime, now: datetime) -> None:
    """A year at most, and not yesterday. Raises: InvalidError unfit-expiry."""
    if not now < expires_at <= now + LONGEST:
        raise InvalidError("unfit-expiry", "expires_at", {"days": LONGEST.days})
