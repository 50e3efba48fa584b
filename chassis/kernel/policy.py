"""Who may make which call: one table for the whole platform, kept as data (services/policy.toml). Plain rules.

A rule names roles of domain.md; `everyone` is also who did not sign in, `signed_in` whoever did. `focal_point:own`
acts for the institution of its account alone: what it writes must belong to that one (`Work.save` checks it). A call
that no rule names is refused to everybody. A principal that may only look is admitted to the calls under `looks` alone.

By the same words the table says who sees the records of each visibility; a service may have lines of its own.
"""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from chassis.kernel.errors import ForbiddenError
from chassis.kernel.principal import ROLES, SYSTEM, Principal
from chassis.kernel.sight import EVERYTHING, LEVELS, Sight

EVERYONE, SIGNED_IN, OWN = "everyone", "signed_in", ":own"
EVERY_SERVICE = "every_service"
GATEWAY = "gateway"
"""What is no service: the addresses that the gateway serves itself."""
OWNERS, LOOKS = "own", "looks"
SEEN = "visibility"


class PolicyError(Exception):
    """The table says something that it cannot."""


@dataclass(frozen=True)
class Rule:
    """Who may make one call: for any institution, or for their own alone."""

    service: str
    call: str
    who: tuple[str, ...]
    """As the table has it, in its order."""
    looks: bool = False
    """Whether it changes nothing."""

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
    seen: Mapping[tuple[str, str], Rule] = field(default_factory=dict)
    """(service or `visibility`, visibility) → who sees such records."""

    def rule(self, service: str, call: str) -> Rule | None:
        """The rule of a call: the service's own, else the one of every service."""
        return self.rules.get((service, call)) or self.rules.get((EVERY_SERVICE, call))

    def admit(self, service: str, call: str, principal: Principal) -> str | None:
        """Let the principal make the call; gives the one institution that it may act for, None: any.

        Raises: ForbiddenError sign-in-required, role-required, institution-required, no-rule, beyond-scope,
        read-only-token.
        """
        rule = self.rule(service, call)
        if rule is None:
            raise ForbiddenError("no-rule", None, {"call": f"{service}.{call}"})
        if principal.services is not None and service not in principal.services:
            raise ForbiddenError("beyond-scope", None, {"services": ", ".join(sorted(principal.services))})
        if principal.read_only and not rule.looks:
            raise ForbiddenError("read-only-token")
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

    def sees(self, service: str, visibility: str) -> Rule | None:
        """Who sees the records of that visibility: the service's own line, else that of all."""
        return self.seen.get((service, visibility)) or self.seen.get((SEEN, visibility))

    def sight(self, service: str, principal: Principal) -> Sight:
        """How much of a service's records the principal sees; nothing where no line says so."""
        if principal == SYSTEM:
            return EVERYTHING
        rules = {level: rule for level in LEVELS if (rule := self.sees(service, level))}
        levels = tuple(level for level, rule in rules.items() if rule.everyone or principal.roles & rule.fully)
        own = tuple(
            level
            for level, rule in rules.items()
            if level not in levels and principal.institution_id and principal.roles & rule.for_their_own
        )
        return Sight(levels, own, principal.institution_id if own else None)

    def powers(self, principal: Principal, services: Iterable[str]) -> dict[str, dict[str, list[str]]]:
        """What the principal may call, by service: {"any": […], "own": for its institution alone}, in their order."""
        found: dict[str, dict[str, list[str]]] = {}
        for service in services:
            told = found[service] = {"any": [], "own": []}
            for of, call in self.rules:
                if of != service and (of != EVERY_SERVICE or service == GATEWAY):
                    continue
                with suppress(ForbiddenError):
                    told["any" if self.admit(service, call, principal) is None else "own"].append(call)
        return found

    def owner(self, noun: str, record: Any) -> str | None:
        """The institution that a record belongs to; None: to none."""
        name = self.owners.get(noun)
        owner = getattr(record, name) if name else None
        return str(owner) if owner else None


def read(table: Mapping[str, Any]) -> Policy:
    """The policy of a table: {service: {call: [who]}, visibility: {visibility: [who], service: {visibility: [who]}},
    own: {noun: field}, looks: {calls: [name, or its start and *]}}. Raises: PolicyError, naming the line.
    """
    rules: dict[tuple[str, str], Rule] = {}
    looks = table.get(LOOKS, {}).get("calls", [])
    for service, calls in table.items():
        if service not in (OWNERS, LOOKS, SEEN):
            rules |= _rules(service, calls, looks)
    seen = dict(table.get(SEEN, {}))
    of_services = {name: seen.pop(name) for name in list(seen) if isinstance(seen[name], Mapping)}
    levels = _rules(SEEN, seen)
    for service, lines in of_services.items():
        levels |= _rules(service, lines)
    for of, level in levels:
        if level not in LEVELS:
            raise PolicyError(f"{of}.{level}: {level} is not one of {', '.join(LEVELS)}")
    return Policy(rules, dict(table.get(OWNERS, {})), levels)


def _rules(service: str, lines: Mapping[str, Any], looks: Iterable[str] = ()) -> dict[tuple[str, str], Rule]:
    for name, who in lines.items():
        _check(service, name, who)
    looking = {name for name in lines if any(fnmatchcase(name, one) for one in looks)}
    return {(service, name): Rule(service, name, tuple(who), name in looking) for name, who in lines.items()}


def _check(service: str, call: str, who: Any) -> None:
    known = {EVERYONE, SIGNED_IN, *ROLES, *(f"{role}{OWN}" for role in ROLES)}
    if not isinstance(who, list) or not who:
        raise PolicyError(f"{service}.{call}: a list of who may")
    unknown = [one for one in who if one not in known]
    if unknown:
        raise PolicyError(f"{service}.{call}: {', '.join(map(str, unknown))} is not one of {', '.join(sorted(known))}")
