"""Interventions: who does what, where, when, for whom, with whose money."""

from dataclasses import dataclass

from chassis.kernel.record import Record

STATUSES = ("idea", "planned", "signed", "under_way", "done", "cancelled", "suspended")
PLACE_LEVELS = ("national", "region", "department", "border", "post", "sub_region", "abroad")


@dataclass(frozen=True, kw_only=True)
class Money:
    """An amount as decimal text in an ISO 4217 currency; None where it is not disclosed."""

    amount: str | None = None
    currency: str | None = None


@dataclass(frozen=True, kw_only=True)
class Donor:
    """An institution that pays, and how much if that is known."""

    institution_id: str
    amount: str | None = None
    currency: str | None = None


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where: a code of the reference lists (p-code) or a name in words."""

    level: str = "region"
    code: str | None = None
    name: str | None = None


@dataclass(frozen=True, kw_only=True)
class Reached:
    """People reached, by sex and age group."""

    women: int | None = None
    men: int | None = None
    girls: int | None = None
    boys: int | None = None
    total: int | None = None


@dataclass(frozen=True, kw_only=True)
class Intervention(Record):
    """A project or activity of one lead institution with its partners and donors."""

    title: str
    lead_institution_id: str
    description: str | None = None
    partner_ids: tuple[str, ...] = ()
    donors: tuple[Donor, ...] = ()
    themes: tuple[str, ...] = ()
    activity_types: tuple[str, ...] = ()
    target_groups: tuple[str, ...] = ()
    axes: tuple[str, ...] = ()
    pnm_programmes: tuple[str, ...] = ()
    gcm_objectives: tuple[int, ...] = ()
    stages: tuple[str, ...] = ()
    places: tuple[Place, ...] = ()
    start: str | None = None
    end: str | None = None
    status: str = "planned"
    budget: Money | None = None
    reached: Reached | None = None


def institutions_of(intervention: Intervention) -> tuple[str, ...]:
    """Ids of every institution it names, each once, the lead first."""
    donors = tuple(donor.institution_id for donor in intervention.donors)
    return tuple(dict.fromkeys((intervention.lead_institution_id, *intervention.partner_ids, *donors)))
