"""What those asked say to a recommendation: the answer (*réponse*) and the reports on how far it is.

Both are records of the node where they were given, whosever the recommendation is; `turn` says which is the later
(chassis/kernel/turns.py).
"""

from dataclasses import dataclass
from datetime import datetime

from chassis.kernel.record import Record

DECISIONS = ("accepted", "declined")


@dataclass(frozen=True, kw_only=True)
class Act(Record):
    """Something said of a recommendation, with its place among all that was said."""

    recommendation_id: str
    turn: int = 1


@dataclass(frozen=True, kw_only=True)
class Response(Act):
    """An institution accepts or declines what it is asked. A changed mind is a new version of the same record."""

    institution_id: str
    decision: str
    reason: str | None = None
    given_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class ProgressReport(Act):
    """How far it is, says an institution, or the secretariat where none is named. Never changed: a later one comes."""

    percent: int
    institution_id: str | None = None
    note: str | None = None
    evidence: str | None = None
    evidence_link: str | None = None
