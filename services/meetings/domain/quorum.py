"""Whether enough members are there (*quorum*): a rule of the group, applied to who is at the table."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

OBSERVER = "observer"


@dataclass(frozen=True, kw_only=True)
class QuorumRule:
    """A share of the member institutions (`numerator`/`denominator`; `more_than`: more than it), or a number."""

    numerator: int | None = None
    denominator: int | None = None
    more_than: bool = False
    number: int | None = None
    observers: bool = False
    """Whether observers count, among the members and among those who are there."""


@dataclass(frozen=True, kw_only=True)
class Count:
    """How it stands: of so many members so many are there, and so many must be; `missing` are the others."""

    members: int
    present: int
    needed: int
    missing: tuple[str, ...]

    @property
    def reached(self) -> bool:
        """Whether enough are there."""
        return self.present >= self.needed


@dataclass(frozen=True, kw_only=True)
class QuorumResult:
    """What was found when the meeting was declared held: by which rule, and when. It never changes afterwards."""

    rule: QuorumRule
    members: int
    present: int
    needed: int
    reached: bool
    at: datetime


def rule_of(group: Mapping[str, Any] | None) -> QuorumRule | None:
    """The rule of a group as this service knows it; None: the group has none."""
    said = (group or {}).get("quorum")
    return (
        QuorumRule(**{name: said[name] for name in QuorumRule.__dataclass_fields__ if name in said}) if said else None
    )


def needed(rule: QuorumRule, members: int) -> int:
    """How many institutions must be there of so many members: never none, and never part of one."""
    if rule.number is not None:
        return rule.number
    share, whole = members * (rule.numerator or 0), rule.denominator or 1
    return max(1, share // whole + 1 if rule.more_than else -(-share // whole))


def count(rule: QuorumRule, roles: Mapping[str, Collection[str]], there: Collection[str]) -> Count:
    """The count of those who sit on the group, by their roles on it, and who is at the table; each counts once."""
    counted = members_of(rule, roles)
    missing = tuple(id for id in counted if id not in there)
    return Count(
        members=len(counted), present=len(counted) - len(missing), needed=needed(rule, len(counted)), missing=missing
    )


def members_of(rule: QuorumRule, roles: Mapping[str, Collection[str]]) -> Sequence[str]:
    """Who counts, in the order given: who has another role beside that of observer counts as a member."""
    return [id for id, own in roles.items() if rule.observers or set(own) - {OBSERVER}]


def result(rule: QuorumRule, found: Count, at: datetime) -> QuorumResult:
    """What is written down of a count."""
    return QuorumResult(
        rule=rule, members=found.members, present=found.present, needed=found.needed, reached=found.reached, at=at
    )


def sentences(found: Count) -> dict[str, str]:
    """The count as a sentence a person reads: "12 membres présents sur 25 ; il en faut 13 : quorum non atteint"."""
    many = "s" if found.present > 1 else ""
    how = ("atteint", "reached") if found.reached else ("non atteint", "not reached")
    french = f"{found.present} membre{many} présent{many} sur {found.members} ; il en faut {found.needed} : "
    english = f"{found.present} of {found.members} members present; {found.needed} needed: "
    return {"fr": f"{french}quorum {how[0]}", "en": f"{english}quorum {how[1]}"}
