"""Groups (*cadres*): CCM, GTM central, regional GTM… and who sits on them."""

from dataclasses import dataclass

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
