"""What those asked say to a recommendation: the answer (*réponse*) and the reports on how far it is.

Both are records of the node where they were given, whosever the recommendation is. `turn` says what their author knew:
one more than the greatest turn on that recommendation that the node had heard of. So whoever answers knowing another
act comes after it, whatever the clocks say; of two that knew nothing of each other the greater id is the later.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from chassis.kernel.record import Record

DECISIONS = ("accepted", "declined")
LARGEST_TURN = 2**53


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


A = TypeVar("A", bound=Act)


def place(act: Act) -> tuple[int, str]:
    """What decides which of two acts is the later, on every node alike."""
    return act.turn, act.id


def latest(acts: Iterable[A]) -> A | None:
    """The last of them, in whatever order they are given; None of none."""
    return max(acts, key=place, default=None)


def next_turn(known: Iterable[int]) -> int:
    """The turn of an act whose author knows these."""
    return min(max(known, default=0) + 1, LARGEST_TURN)
