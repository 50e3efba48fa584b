"""Institutions: ministries, agencies, NGOs, donors… Never deleted: closed, or merged into another."""

from dataclasses import dataclass

from chassis.kernel.record import Record
from chassis.kernel.text import fold

KINDS = (
    "state_body", "local_authority", "cso", "private_sector", "research", "un_agency",
    "international_organisation", "ngo", "donor", "red_cross", "other",
)  # fmt: skip
STATUSES = ("active", "proposed", "closed", "merged")


@dataclass(frozen=True, kw_only=True)
class Contacts:
    """How to reach the house itself, never a person."""

    address: str | None = None
    phone: str | None = None
    email: str | None = None
    website: str | None = None


@dataclass(frozen=True, kw_only=True)
class Institution(Record):
    """A body that takes part, under all the names it is known by."""

    name: str
    acronym: str | None = None
    kind: str = "other"
    parent_id: str | None = None
    aliases: tuple[str, ...] = ()
    labels: dict[str, str] | None = None
    mandate: str | None = None
    themes: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    contacts: Contacts | None = None
    status: str = "active"
    note: str | None = None


def known_as(institution: Institution) -> frozenset[str]:
    """Every name, acronym and alias, folded: what a text may call it."""
    names = (institution.name, institution.acronym or "", *institution.aliases)
    return frozenset(fold(name) for name in names) - {""}
