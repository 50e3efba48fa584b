"""The board of recommendations: how many stand how, how late and how old, by group, institution and axis."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from services.meetings.domain.standing import STATUSES
from services.meetings.domain.timeliness import LATE, STAGES, Timeliness

AGES = ((30, "up_to_30"), (90, "up_to_90"), (180, "up_to_180"))
OLDER = "older"
ENDED = ("verified", "cancelled", "merged")


@dataclass(frozen=True)
class Counted:
    """A recommendation as it is counted; it may be of several groups (none) and institutions."""

    timeliness: Timeliness
    groups: tuple[str, ...] = ()
    institutions: tuple[str, ...] = ()
    axis: str | None = None


@dataclass(frozen=True)
class Line:
    """A line of the board; `key` is None in that of all."""

    key: str | None
    total: int
    statuses: dict[str, int]
    stages: dict[str, int]
    ages: dict[str, int]

    @property
    def overdue(self) -> int:
        """How many are late, at whatever stage."""
        return sum(self.stages[stage] for stage in LATE)


def line(key: str | None, counted: Sequence[Counted]) -> Line:
    """What stands in a line."""
    statuses, stages = dict.fromkeys(STATUSES, 0), dict.fromkeys(STAGES, 0)
    ages = dict.fromkeys((*(name for _, name in AGES), OLDER), 0)
    for one in counted:
        statuses[one.timeliness.status] += 1
        if one.timeliness.stage is not None:
            stages[one.timeliness.stage] += 1
        if one.timeliness.status not in ENDED:
            ages[_age(one.timeliness.age)] += 1
    return Line(key, len(counted), statuses, stages, ages)


def lines(counted: Iterable[Counted], keys: Callable[[Counted], Iterable[str]]) -> tuple[Line, ...]:
    """A line for each key, those with most overdue first, then with most at all."""
    found: dict[str, list[Counted]] = {}
    for one in counted:
        for key in dict.fromkeys(keys(one)):
            found.setdefault(key, []).append(one)
    made = [line(key, some) for key, some in found.items()]
    return tuple(sorted(made, key=lambda one: (-one.overdue, -one.total, one.key or "")))


def _age(days: int) -> str:
    return next((name for most, name in AGES if days <= most), OLDER)
