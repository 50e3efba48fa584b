"""How a recommendation stands: derived from its owner's record and what others said of it, by the same rule everywhere.

In this order, the first that fits (domain.md, "Acts across nodes"):
1. the owner verified or cancelled it: that ends it;
2. a node that it was handed on to merged it into another: `merged`;
3. the latest answer of who is asked: `declined`;
4. the latest report says 100 %, and was not made before the owner took the work up again; or the owner says so: `done`;
5. there is a report, or the owner says that work began: `in_progress`;
6. the latest answer accepts: `accepted`; else `open`.
Whose word counts: the lead's where there is one, else that of all who are asked (of everybody where nobody is named);
in reports also that of the secretariats in charge. A supporting institution's report shows that work began, no more.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from chassis.kernel.turns import latest, place
from services.meetings.domain.recommendation import Recommendation
from services.meetings.domain.referral import Hop, in_charge, merged_into
from services.meetings.domain.response import Act, ProgressReport, Response

RULE = 3
"""Which rule a stored standing was derived by; a greater number has them derived anew at the next start."""
STATUSES = ("open", "accepted", "declined", "in_progress", "done", "verified", "cancelled", "merged")
ENDED = ("verified", "cancelled")
OPEN = ("open", "accepted", "declined", "in_progress")
"""Somebody still has to see to it; who declined as well."""


@dataclass(frozen=True)
class Standing:
    """The effective state."""

    status: str
    percent: int | None
    responses: tuple[Response, ...]
    """The latest of each institution, in the order given."""
    last_report: ProgressReport | None


def addressees(recommendation: Recommendation) -> tuple[str, ...]:
    """The institutions that are asked, the lead first."""
    named = (recommendation.lead_institution_id, *recommendation.supporting_institution_ids)
    return tuple(dict.fromkeys(id for id in named if id))


def standing(
    recommendation: Recommendation,
    responses: Iterable[Response],
    reports: Iterable[ProgressReport],
    hops: Sequence[Hop] = (),
) -> Standing:
    """The rule above, over everything known of it; in any order."""
    asked = addressees(recommendation)
    heard = _of_each_institution(
        one for one in responses if _goes_as_far(one, recommendation) and (not asked or one.institution_id in asked)
    )
    charged = in_charge(recommendation.origin, hops)
    told = [one for one in reports if _goes_as_far(one, recommendation) and _may_report(one, asked, charged)]
    lead = recommendation.lead_institution_id
    decision = latest(one for one in heard if lead is None or one.institution_id == lead)
    decisive = latest(one for one in told if lead is None or one.institution_id in (lead, None))
    shown = decisive or latest(told)
    status = _status(recommendation, decision, decisive, bool(told), merged_into(hops) is not None)
    return Standing(status, shown.percent if shown else None, heard, shown)


def in_group(level: str, group_id: str) -> str:
    """How it is kept that a recommendation is of a group, for who sees that much."""
    return f"{level}:{group_id}"


def _status(
    recommendation: Recommendation,
    decision: Response | None,
    report: ProgressReport | None,
    begun: bool,
    merged: bool,
) -> str:
    own = recommendation.status
    if own in ENDED:
        return own
    if merged:
        return "merged"
    if decision is not None and decision.decision == "declined":
        return "declined"
    complete = report is not None and report.percent == 100 and report.turn > recommendation.reopened_after
    if complete or own == "done":
        return "done"
    if begun or own == "in_progress":
        return "in_progress"
    return "accepted" if decision is not None else "open"


def _of_each_institution(responses: Iterable[Response]) -> tuple[Response, ...]:
    kept: dict[str, Response] = {}
    for one in sorted(responses, key=place):
        kept[one.institution_id] = one
    return tuple(sorted(kept.values(), key=place))


def _goes_as_far(act: Act, recommendation: Recommendation) -> bool:
    """What other nodes cannot know counts for nothing, unless they do not know the recommendation either."""
    return act.visibility != "internal" or recommendation.visibility == "internal"


def _may_report(report: ProgressReport, asked: Sequence[str], charged: frozenset[str]) -> bool:
    if report.institution_id is None:
        return report.origin in charged
    return not asked or report.institution_id in asked
