"""Who may make which call: one table for the whole platform, kept as data (services/policy.toml). Plain rules.

A rule names roles of domain.md; `everyone` is also who did not sign in, `signed_in` whoever did. `focal_point:own`
acts for the institution of its account alone: what it writes must belong to that one (`Work.save` checks it). A call
that no rule names is refused to everybody.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from chassis.kernel.errors import ForbiddenError
from chassis.kernel.principal import ROLES, Principal

EVERYONE, SIGNED_IN, OWN = "everyone", "signed_in", ":own"
EVERY_SERVICE = "every_service"
OWNERS = "own"


class PolicyError(Exception):
    """The table says something that it cannot."""


@dataclass(frozen=True)
class Rule:
    """Who may make one call: for any institution, or for their own alone."""

    service: str
    call: str
    who: tuple[str, ...]
    """As the table has it, in its order."""

    @property
    def everyone(self) -> bool:
        """Whether nobody has to sign in."""
        return EVERYONE in self.who

    @property
    def fully(self) -> frozenset[str]:
        """The roles that act for any institution."""
        return frozenset(ROLES) if SIGNED_IN in self.who else frozenset(one for one in self.who if one in ROLES)

    @property
    def for_their_own(self) -> frozenset[str]:
        """The roles that act for the institution of their account."""
        return frozenset(one.removesuffix(OWN) for one in self.who if one.endswith(OWN))


@dataclass(frozen=True)
class Policy:
    """All rules, and which field of a record says whose it is."""

    rules: Mapping[tuple[str, str], Rule]
    owners: Mapping[str, str] = field(default_factory=dict)
    """Noun → the field with the id of the institution that a record belongs to."""

    def rule(self, service: str, call: str) -> Rule | None:
        """The rule of a call: the service's own, else the one of every service."""
        return self.rules.get((service, call)) or self.rules.get((EVERY_SERVICE, call))

    def admit(self, service: str, call: str, principal: Principal) -> str | None:
        """Let the principal make the call; gives the one institution that it may act for, None: any.

        Raises: ForbiddenError sign-in-required, role-required, institution-required, no-rule.
        """
        rule = self.rule(service, call)
        if rule is None:
            raise ForbiddenError("no-rule", None, {"call": f"{service}.{call}"})
        if rule.everyone or principal.roles & rule.fully:
            return None
        if principal.is_public:
            raise ForbiddenError("sign-in-required")
        if not principal.roles & rule.for_their_own:
            needed = [one.removesuffix(OWN) for one in rule.who]
            raise ForbiddenError("role-required", None, {"roles": ", ".join(needed)})
        if principal.institution_id is None:
            raise ForbiddenError("institution-required")
        return principal.institution_id

    def owner(self, noun: str, record: Any) -> str | None:
        """The institution that a record belongs to; None: to none."""
        name = self.owners.get(noun)
        owner = getattr(record, name) if name else None
        return str(owner) if owner else None


def read(table: Mapping[str, Any]) -> Policy:
    """The policy of a table: {service: {call: [who]}, own: {noun: field}}. Raises: PolicyError, naming the line."""
    rules: dict[tuple[str, str], Rule] = {}
    for service, calls in table.items():
        if service == OWNERS:
            continue
        for call, who in calls.items():
            _check(service, call, who)
            rules[service, call] = Rule(service, call, tuple(who))
    return Policy(rules, dict(table.get(OWNERS, {})))


def _check(service: str, call: str, who: Any) -> None:
    known = {EVERYONE, SIGNED_IN, *ROLES, *(f"{role}{OWN}" for role in ROLES)}
    if not isinstance(who, list) or not who:
        raise PolicyError(f"{service}.{call}: a list of who may")
    unknown = [one for one in who if one not in known]
    if unknown:
        raise PolicyError(f"{service}.{call}: {', '.join(map(str, unknown))} is not one of {', '.join(sorted(known))}")
