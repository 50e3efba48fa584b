"""How late a recommendation is, and who is to know: a rule over its day, the present day and how it stands.

It escalates by itself: overdue for some days it is for the secretariat to ask after, for longer the chair raises it in
session. Who tells them by mail or otherwise only has to read the stage. Days are calendar days in Niamey.
"""

from dataclasses import dataclass
from datetime import date, timedelta

RUNNING = ("open", "accepted", "in_progress")
"""Standings in which somebody is waited for."""
STAGES = ("no_day", "ahead", "due_soon", "overdue", "secretariat", "chair")
LATE = ("overdue", "secretariat", "chair")
SOON, SECRETARIAT, CHAIR = 7, 14, 30
"""Days before its day that it is due soon; days after it that it is escalated."""
NO_DAY = "~"
"""Kept as the day of what runs without one: after every day."""


@dataclass(frozen=True)
class Timeliness:
    """`stage` is None where nobody is waited for; `days` are those it is overdue, negative those that are left."""

    status: str
    stage: str | None
    days: int | None
    age: int
    """Days since it was asked."""


def timeliness(due: str | None, status: str, asked_on: date, today: date) -> Timeliness:
    """The rule."""
    age = max((today - asked_on).days, 0)
    if status not in RUNNING:
        return Timeliness(status, None, None, age)
    if due is None:
        return Timeliness(status, "no_day", None, age)
    days = (today - date.fromisoformat(due)).days
    return Timeliness(status, _stage(days), days, age)


def days_of(stage: str, today: date) -> tuple[str, str]:
    """The days (first, last) on which what is at that stage today was due; of what has none, its mark."""
    if stage == "no_day":
        return NO_DAY, NO_DAY
    first, last = {
        "ahead": (today + timedelta(days=SOON + 1), date.max),
        "due_soon": (today, today + timedelta(days=SOON)),
        "overdue": (today - timedelta(days=SECRETARIAT - 1), today - timedelta(days=1)),
        "secretariat": (today - timedelta(days=CHAIR - 1), today - timedelta(days=SECRETARIAT)),
        "chair": (date.min, today - timedelta(days=CHAIR)),
    }[stage]
    return first.isoformat(), last.isoformat()


def kept_day(due: str | None, status: str) -> str | None:
    """The day by which lists are asked: None where nobody is waited for."""
    return (due or NO_DAY) if status in RUNNING else None


def _stage(days: int) -> str:
    if days >= CHAIR:
        return "chair"
    if days >= SECRETARIAT:
        return "secretariat"
    if days > 0:
        return "overdue"
    return "due_soon" if days >= -SOON else "ahead"
