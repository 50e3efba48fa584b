"""What a secret without content opens: a browser's cookie, a machine's token. Looked up, and signed for the services.

The answer is kept for a second, so that a busy client costs one look a second and a revocation is seen within one.
"""

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final, Literal

from chassis.kernel.clock import now
from chassis.kernel.principal import Principal
from chassis.process.tokens import sign
from gateway.accounts.domain.machines import is_token, roles_now
from gateway.accounts.domain.secrets import derived, digest, is_secret
from gateway.accounts.domain.sessions import is_over
from gateway.accounts.parts import Parts

KEPT: Final = 1.0  # seconds
MOST: Final = 2000  # answers kept; the oldest go first
SIGNED_SECONDS: Final = 300  # for the services, within which the longest call ends
SEEN_EVERY: Final = timedelta(minutes=1)

By = Literal["token", "browser", "machine"]


@dataclass(frozen=True, kw_only=True)
class Opening:
    """Who asks, by what, and the token by which services are told."""

    by: By
    principal: Principal
    token: str
    csrf: str | None = None


class Openings:
    """Looks up secrets for one process."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._kept: OrderedDict[str, tuple[float, Opening]] = OrderedDict()
        self._guard = threading.Lock()

    def of_cookie(self, secret: str) -> Opening | None:
        """What a browser's cookie opens; None when its session is over. Raises: UnavailableError store-away."""
        return self._recent(secret) or self._keep(secret, self._browser(secret))

    def of_machine(self, text: str) -> Opening | None:
        """What a machine's token opens; None when it does no more. Raises: UnavailableError store-away."""
        return self._recent(text) or self._keep(text, self._machine(text))

    def forget(self) -> None:
        """Look everything up again: something was revoked here."""
        with self._guard:
            self._kept.clear()

    def _browser(self, secret: str) -> Opening | None:
        session, at = self._parts.sessions.of_family(secret) if is_secret(secret) else None, now()
        if session is None or session.kind != "browser" or is_over(session, at):
            return None
        account = self._parts.accounts.get(session.account_id)
        if account is None or account.status != "active":
            return None
        if at - session.seen_at >= SEEN_EVERY:
            self._parts.sessions.touch(session, at)
        principal = replace(account.principal, session_id=session.id)
        return Opening(by="browser", principal=principal, token=self.signed(principal), csrf=csrf_of(secret))

    def _machine(self, text: str) -> Opening | None:
        token, at = self._parts.machines.find(text) if is_token(text) else None, now()
        if token is None or not token.counts(at):
            return None
        account = self._parts.accounts.get(token.account_id)
        if account is None or account.status != "active":
            return None
        roles = roles_now(token, account)
        if not roles:
            return None
        if token.used_on != at.date().isoformat():
            self._parts.machines.used(token, at.date().isoformat())
        services = None if token.services is None else frozenset(token.services)
        principal = replace(account.principal, roles=roles, read_only=token.read_only, services=services)
        return Opening(by="machine", principal=principal, token=self.signed(principal))

    def signed(self, principal: Principal) -> str:
        """What tells the services who asks, in this one request."""
        return sign(self._parts.key.current(), self._parts.settings.node.node, principal, SIGNED_SECONDS)

    def _recent(self, secret: str) -> Opening | None:
        with self._guard:
            kept = self._kept.get(digest(secret))
        return kept[1] if kept and time.monotonic() - kept[0] < KEPT else None

    def _keep(self, secret: str, found: Opening | None) -> Opening | None:
        if found is not None:
            with self._guard:
                self._kept[digest(secret)] = (time.monotonic(), found)
                while len(self._kept) > MOST:
                    self._kept.popitem(last=False)
        return found


def csrf_of(secret: str) -> str:
    """What a page of ours sends along to show that it is one: it follows from the cookie, which others cannot read."""
    return derived(secret, "csrf")
