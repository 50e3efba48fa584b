"""What those who check say to a figure of any node (*vérification*), and what follows for the figure.

A verification is a record of the node where it was judged, names the version that it judged, and is never changed: who
thinks otherwise judges again. A version is (incarnation, number): a node that was restored may use a number again.
In this order, the first that fits (domain.md, "Acts across nodes"):
1. the owner published or returned the figure: that stands until the figure is revised;
2. the latest verification of the version that is current: `verified` or `returned`;
3. what the owner's own record says: `submitted` or `verified`.
A verification of any other version counts for nothing: it is of a figure that is not there any more, or not there yet.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from chassis.kernel.record import Record
from chassis.kernel.turns import latest

VERDICTS = ("verified", "returned")
SETTLED = ("published", "returned")
"""What the owner says of its own record that no verification changes."""
Version = tuple[int, int]


@dataclass(frozen=True, kw_only=True)
class Verification(Record):
    """A figure was found sound, or sent back with the reason."""

    observation_id: str
    judged_version: int
    judged_incarnation: int
    verdict: str
    turn: int
    reason: str | None = None
    institution_id: str | None = None
    given_at: datetime | None = None

    @property
    def judged(self) -> Version:
        """The version that it speaks of."""
        return self.judged_incarnation, self.judged_version


@dataclass(frozen=True)
class Effective:
    """The state of a figure by what all nodes said; `verification` is the one that decides, if one does."""

    status: str
    reason: str | None
    verification: Verification | None = None


def effective(status: str, reason: str | None, current: Version, verifications: Iterable[Verification]) -> Effective:
    """The rule above, over everything known of the figure; in any order."""
    if status not in SETTLED:
        last = latest(one for one in verifications if one.judged == current)
        if last is not None:
            return Effective(last.verdict, last.reason, last)
    return Effective(status, reason)
