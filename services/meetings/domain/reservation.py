"""Remarks that stand against minutes: open before the adoption, reservations after it.

Domain.md: a remark that was written before the deadline and arrives afterwards becomes a reservation.
"""

from collections.abc import Iterable, Sequence

from services.meetings.domain.minutes import SEALED, Minutes
from services.meetings.domain.remark import Outcome, Remark, RemarkAnswer, Target, is_late, outcome


def standing_against(minutes: Minutes, remarks: Iterable[Remark], answers: Sequence[RemarkAnswer]) -> list[Remark]:
    """Those without a verdict of who holds the text, but those that came after the deadline."""
    return [
        one for one in remarks if outcome(one, minutes, answers).state == "open" and is_late(one, minutes) is not True
    ]


def is_reservation(target: Target | None, found: Outcome) -> bool:
    """Whether a remark in time was without a verdict when the minutes were adopted. The same on every node."""
    if not isinstance(target, Minutes) or found.late is not False:
        return False
    adopted = target.reserved_at or (target.adopted_at if target.state in SEALED else None)
    return adopted is not None and (found.answer is None or found.answer.given_at > adopted)
