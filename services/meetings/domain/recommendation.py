"""Recommendations and action points: open → in progress → done → verified, or cancelled."""

from dataclasses import dataclass

from chassis.kernel.errors import ConflictError
from chassis.kernel.record import Record

KINDS = ("action", "recommendation")
PRIORITIES = ("low", "normal", "high")
STATUSES = ("open", "in_progress", "done", "verified", "cancelled")
MOVES = {
    "start": (("open",), "in_progress"),
    "complete": (("open", "in_progress"), "done"),
    "verify": (("done",), "verified"),
    "reopen": (("done",), "in_progress"),
    "cancel": (("open", "in_progress"), "cancelled"),
}
"""Act → (statuses it may start from, status it leads to)."""


@dataclass(frozen=True, kw_only=True)
class Recommendation(Record):
    """What a meeting asks of somebody. `who` and `due_text` are as written; `due` is a day."""

    text: str
    meeting_id: str
    kind: str = "recommendation"
    minutes_id: str | None = None
    section: str | None = None
    who: str | None = None
    lead_institution_id: str | None = None
    supporting_institution_ids: tuple[str, ...] = ()
    due: str | None = None
    due_text: str | None = None
    axis: str | None = None
    priority: str = "normal"
    status: str = "open"
    reopened_after: int = 0
    """The turn of the last act known when work was taken up again: reports up to there no longer say "done"."""


def next_status(recommendation: Recommendation, act: str, effective: str | None = None) -> str:
    """The status that the act leads to. Raises: ConflictError recommendation-status.

    What who was asked reports as done (`effective`, domain/standing.py) can be verified, or taken up again, as it is.
    """
    starts, leads_to = MOVES[act]
    reported_done = effective == "done" and "done" in starts
    if recommendation.status not in starts and not reported_done:
        params = {"status": recommendation.status, "allowed": ", ".join(starts)}
        raise ConflictError("recommendation-status", "status", params)
    return leads_to
