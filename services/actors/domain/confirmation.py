"""Confirmations: a partner of an intervention says that what is written of it still holds; how fresh it is follows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from chassis.kernel.record import Record
from chassis.kernel.turns import latest
from services.actors.domain.intervention import Intervention
from services.actors.domain.merge import Ways, resolve


@dataclass(frozen=True, kw_only=True)
class Confirmation(Record):
    """It is still true, says a partner; or the secretariat, where no institution is named. Never changed."""

    intervention_id: str
    turn: int
    confirmed_at: datetime
    institution_id: str | None = None
    note: str | None = None


def partners(intervention: Intervention, known: Ways) -> frozenset[str]:
    """Who may confirm it: the lead and the partners, as they stand after merges."""
    return frozenset(resolve(id, known) for id in (intervention.lead_institution_id, *intervention.partner_ids))


def freshness(intervention: Intervention, confirmations: Iterable[Confirmation], known: Ways) -> Confirmation | None:
    """The latest confirmation, by turn and then id: the same on every node, in whatever order they came.

    Not by the clock: a node that is years ahead would have it confirmed for ever. Who is no partner counts for nothing.
    """
    named = partners(intervention, known)
    return latest(
        one
        for one in confirmations
        if (one.visibility != "internal" or intervention.visibility == "internal")
        and (one.institution_id is None or resolve(one.institution_id, known) in named)
    )
