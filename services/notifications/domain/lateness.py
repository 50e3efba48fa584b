"""Whether an act is still to be told where news of it comes late: over a link that was cut, or again in a parcel.

1. An act that has an end of its own matters until then, however late it comes: a meeting until its day is over, minutes
   put up for comments until the deadline.
2. Any other matters for some days. In a parcel for fewer: what a node that joins, or was rebuilt or restored, is sent
   again has mostly been told, and only what was just lost on the way has not.
What this node's people did here and now is never late.
"""

from datetime import date, datetime, time, timedelta

from chassis.kernel.clock import NIAMEY
from services.notifications.domain.announcement import Facts

TELL_DAYS = 30
PARCEL_DAYS = 2
"""A lost event is found out by the daily comparison: a day, and one more for a link that is cut meanwhile."""


def still_matters(act: str, facts: Facts, happened_at: datetime, at: datetime, days: int) -> bool:
    """Whether to tell at this instant of an act that news of comes late; `days`: for acts without an end."""
    end = _end(act, facts)
    return at <= end if end is not None else at - happened_at <= timedelta(days=days)


def patience(tell_days: int, *, in_parcel: bool) -> int:
    """For how many days an act without an end matters, by the way on which news of it came."""
    return min(tell_days, PARCEL_DAYS) if in_parcel else tell_days


def _end(act: str, facts: Facts) -> datetime | None:
    if act.startswith("meeting_"):
        day = facts.get("date")
        return datetime.combine(date.fromisoformat(day), time.max, NIAMEY) if day else None
    deadline = facts.get("deadline") if act == "minutes_circulated" else None
    return datetime.fromisoformat(deadline) if deadline else None
