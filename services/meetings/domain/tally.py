"""The count of a validation round: a rule over the round and the opinions known, the same on every node.

An opinion counts if the round asks its group and it was given on the node that holds the group. It is late when it was
given after the deadline, or after the round was closed, by its own node's clock; one from before the round was opened
shows that this clock is wrong: it counts, its lateness unknown.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from services.meetings.domain.validation_round import AskedGroup, Opinion, Round


@dataclass(frozen=True)
class Counted:
    """The opinion of a group that is asked; `late` is None where nobody can tell."""

    group: AskedGroup
    opinion: Opinion
    late: bool | None


@dataclass(frozen=True)
class Silent:
    """A group that has not answered, and for how many whole days."""

    group: AskedGroup
    days: int


@dataclass(frozen=True)
class Tally:
    """How a round stands at an instant."""

    asked: int
    counted: tuple[Counted, ...]
    silent: tuple[Silent, ...]
    closed: bool

    @property
    def answered(self) -> int:
        """How many groups have answered."""
        return len(self.counted)

    def of(self, verdict: str) -> int:
        """How many gave this verdict."""
        return sum(one.opinion.verdict == verdict for one in self.counted)

    @property
    def late(self) -> int:
        """How many answered late."""
        return sum(one.late is True for one in self.counted)


def tally(validation_round: Round, opinions: Iterable[Opinion], now: datetime) -> Tally:
    """The count; silence is counted from the opening to `now`, or to the end of the round."""
    by_group: dict[str, Opinion] = {}
    nodes = {group.id: group.node for group in validation_round.groups}
    for one in sorted(opinions, key=lambda one: (one.version, one.id)):
        if one.round_id == validation_round.id and nodes.get(one.group_id) == one.origin:
            by_group[one.group_id] = one
    until = min(now, validation_round.closed_at or now)
    days = max((until - validation_round.opened_at).days, 0)
    groups = validation_round.groups
    counted = tuple(
        Counted(group, by_group[group.id], is_late(validation_round, by_group[group.id]))
        for group in groups
        if group.id in by_group
    )
    silent = tuple(Silent(group, days) for group in groups if group.id not in by_group)
    return Tally(len(groups), counted, silent, validation_round.state == "closed")


def is_late(validation_round: Round, opinion: Opinion) -> bool | None:
    """Whether it came after its time; None when its clock was wrong."""
    if opinion.given_at < validation_round.opened_at:
        return None
    ends = [validation_round.deadline, *([validation_round.closed_at] if validation_round.closed_at else [])]
    return opinion.given_at > min(ends)


def sentences(count: Tally) -> dict[str, str]:
    """The count as a sentence a person reads: "3 avis sur 4, GTM Tahoua silencieux depuis 12 jours"."""
    return {"fr": _french(count), "en": _english(count)}


def _french(count: Tally) -> str:
    said = [f"{count.answered} avis sur {count.asked}"]
    if count.late:
        said.append(f"dont {count.late} hors délai")
    if count.silent:
        names, several = _listed([one.group.name for one in count.silent], "et"), len(count.silent) > 1
        days = count.silent[0].days
        plural = "s" if days > 1 else ""
        if count.closed:
            said.append(f"{names} {'n’ont' if several else 'n’a'} pas répondu")
        elif days:
            said.append(f"{names} silencieux depuis {days} jour{plural}")
        else:
            said.append(f"{names} {'n’ont' if several else 'n’a'} pas encore répondu")
    return ", ".join(said)


def _english(count: Tally) -> str:
    said = [f"{count.answered} of {count.asked} opinions"]
    if count.late:
        said.append(f"{count.late} of them late")
    if count.silent:
        names, several = _listed([one.group.name for one in count.silent], "and"), len(count.silent) > 1
        days = count.silent[0].days
        if count.closed:
            said.append(f"{names} did not answer")
        elif days:
            said.append(f"{names} silent for {days} day{'s' if days > 1 else ''}")
        else:
            said.append(f"{names} {'have' if several else 'has'} not answered yet")
    return ", ".join(said)


def _listed(names: list[str], conjunction: str) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {conjunction} {names[-1]}"
