"""Groups (*cadres*): CCM, GTM central, regional GTM… and who sits on them."""

from dataclasses import dataclass

from chassis.kernel.errors import FieldError
from chassis.kernel.record import Record

KINDS = ("ccm", "gtm", "crcm", "copil", "commission", "thematic")
LEVELS = ("central", "regional")
STATUSES = ("planned", "being_set_up", "active", "dormant")
CADENCE_UNITS = ("week", "month")
MEMBER_ROLES = ("chair", "vice_chair", "secretariat", "rapporteur", "member", "observer")


@dataclass(frozen=True, kw_only=True)
class Member:
    """An institution on a group, in a role, for a time (days, both ends included; None: open)."""

    institution_id: str
    role: str = "member"
    since: str | None = None
    until: str | None = None


@dataclass(frozen=True, kw_only=True)
class Cadence:
    """How often a group means to meet: every so many weeks or months."""

    every: int
    unit: str = "month"


@dataclass(frozen=True, kw_only=True)
class QuorumRule:
    """How many member institutions must be there: a share of them (`more_than`: more than it), or a number."""

    numerator: int | None = None
    denominator: int | None = None
    more_than: bool = False
    number: int | None = None
    observers: bool = False
    """Whether observers count too."""


@dataclass(frozen=True, kw_only=True)
class Group(Record):
    """A body that meets."""

    name: str
    acronym: str | None = None
    kind: str = "gtm"
    level: str = "central"
    region: str | None = None
    labels: dict[str, str] | None = None
    aliases: tuple[str, ...] = ()
    secretariat_id: str | None = None
    members: tuple[Member, ...] = ()
    status: str = "active"
    note: str | None = None
    node: str | None = None
    """The node on which it works, where that is not the one that wrote it down: the centre lists regional groups."""
    cadence: Cadence | None = None
    quorum: QuorumRule | None = None


def wrong_quorum(rule: QuorumRule | None) -> list[FieldError]:
    """What does not go together in a rule: it says a share, at most the whole, or a number, and not both."""
    if rule is None:
        return []
    share = [("numerator", rule.numerator), ("denominator", rule.denominator)]
    if rule.number is not None:
        given = [name for name, value in share if value is not None] + ["more_than"] * rule.more_than
        return [{"field": f"quorum.{name}", "code": "share-or-number", "params": {}} for name in given]
    missing: list[FieldError] = [
        {"field": f"quorum.{name}", "code": "required", "params": {}} for name, value in share if value is None
    ]
    if not missing and (rule.numerator or 0) + rule.more_than > (rule.denominator or 0):
        return [{"field": "quorum.numerator", "code": "more-than-all", "params": {}}]
    return missing
