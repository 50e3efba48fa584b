"""That a person's data was erased: what stays of it, for ever. Plain rules."""

from dataclasses import dataclass
from datetime import datetime

REASONS = ("asked", "over", "mistake", "ordered")
"""Why: the person asked; the time for which it may be kept is over; it should never have been entered; by order of an
authority. Words of a closed list: a free text might say of the person what was to be erased."""

PARTICIPLE = "redacted"


@dataclass(frozen=True, kw_only=True)
class Erased:
    """Part of a record whose personal fields were emptied: when, by whom, why, and which these were."""

    at: datetime
    by: str
    reason: str
    emptied: tuple[str, ...]


def tells_erasure(type: str) -> bool:
    """Whether events of the type of that name tell that a record's personal data was erased."""
    return type.split(".")[3:4] == [PARTICIPLE]
