"""Who calls: made of the token and the context that came with a call or an event, admitted by the policy."""

import time
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from nameko.extensions import DependencyProvider
from nameko.rpc import Rpc

from chassis.kernel.errors import UnavailableError
from chassis.kernel.ids import new_id
from chassis.kernel.policy import Policy
from chassis.kernel.principal import SYSTEM, Caller, as_reason
from chassis.process.settings import Settings
from chassis.process.tokens import InvalidTokenError, TokenReader, as_refusal

LONGEST_NAME = 100  # of a request


class CallerProvider(DependencyProvider):
    """`self.caller`: built from the context of the call or event; nothing of it is an argument."""

    def setup(self) -> None:
        """Read the node's public keys lazily: the gateway may make them a moment later."""
        settings: Settings = self.container.config["GTM"]
        self.tokens = TokenReader(settings.keys, settings.node)
        self.policy: Policy = self.container.config["POLICY"]

    def get_dependency(self, worker_ctx: Any) -> Callable[[], Caller]:
        """A function, because an error here would end the whole container (nameko's edge 2)."""
        return cache(lambda: self._caller(worker_ctx.data, worker_ctx.entrypoint))

    def _caller(self, data: Mapping[str, Any], entrypoint: Any) -> Caller:
        deadline = data.get("deadline")
        deadline = float(deadline) if isinstance(deadline, int | float) else None
        check_in_time(deadline)
        principal, only_for = SYSTEM, None
        if isinstance(entrypoint, Rpc):
            try:
                principal = self.tokens.read(data.get("principal"))
            except InvalidTokenError as error:
                raise as_refusal(error) from error
            only_for = self.policy.admit(self.container.service_name, entrypoint.method_name, principal)
        return Caller(
            principal=principal,
            correlation_id=_fit(data.get("correlation_id")) or new_id(),
            causation_id=data.get("causation_id"),
            traceparent=data.get("traceparent"),
            language="en" if data.get("language") == "en" else "fr",
            method=entrypoint.method_name,
            idempotency_key=data.get("idempotency_key"),
            deadline=deadline,
            reason=as_reason(data.get("reason")),
            only_for=only_for,
        )


def check_in_time(deadline: float | None) -> None:
    """Nobody waits any more, and was told so: then it must not be done. Raises: UnavailableError deadline-passed."""
    if deadline is not None and time.time() > deadline:
        raise UnavailableError("deadline-passed")


def _fit(given: Any) -> str | None:
    """What a caller calls its request, if it can be written anywhere: one line of plain letters."""
    return (
        given
        if isinstance(given, str) and len(given) <= LONGEST_NAME and given.isascii() and given.isprintable()
        else None
    )
