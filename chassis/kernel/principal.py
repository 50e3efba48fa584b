"""Who asks, in what language, and from what request."""

from dataclasses import dataclass, replace

from chassis.kernel.errors import ForbiddenError

ROLES = ("admin", "secretariat", "statistician", "focal_point", "member")


@dataclass(frozen=True, kw_only=True)
class Principal:
    """An account as its token presents it: never a name, never an address."""

    account_id: str
    roles: frozenset[str] = frozenset()
    institution_id: str | None = None
    focal_point_id: str | None = None
    session_id: str | None = None
    """The session that the token was given to; none for a token made otherwise."""
    read_only: bool = False
    """Whether it may look, and change nothing, whatever its roles."""
    services: frozenset[str] | None = None
    """The services that it may call; None: all."""

    @property
    def is_public(self) -> bool:
        """Whether nobody signed in."""
        return not self.roles


LONGEST_REASON = 500  # characters


def as_reason(said: object) -> str | None:
    """Why something is asked for, as the log keeps it: one line; None for what is none."""
    return said if isinstance(said, str) and 0 < len(said) <= LONGEST_REASON and said.isprintable() else None


PUBLIC = Principal(account_id="public")
SYSTEM = Principal(account_id="system", roles=frozenset({"admin", "secretariat", "statistician"}))


@dataclass(frozen=True, kw_only=True)
class Caller:
    """The principal of a request or event, with the ids that tie logs, calls and events together."""

    principal: Principal = PUBLIC
    correlation_id: str
    causation_id: str | None = None
    traceparent: str | None = None
    language: str = "fr"
    method: str = ""
    """The method called, or the consumer's."""
    idempotency_key: str | None = None
    deadline: float | None = None
    """Until when somebody waits for the answer, in unix seconds."""
    reason: str | None = None
    """Why it is asked for, if that was said; it stays in this node's log."""
    only_for: str | None = None
    """The one institution that it may write for (chassis/kernel/policy.py); None: any."""

    def require(self, *roles: str) -> None:
        """Pass if the caller holds one of the roles: where a part of a call is for fewer than the call.

        Raises: ForbiddenError role-required, sign-in-required.
        """
        if self.principal.roles & set(roles):
            return
        if self.principal.is_public:
            raise ForbiddenError("sign-in-required")
        raise ForbiddenError("role-required", None, {"roles": ", ".join(roles)})

    def as_system(self) -> "Caller":
        """The same request, acting for the platform itself (reference data, consumers)."""
        return replace(self, principal=SYSTEM, only_for=None)
