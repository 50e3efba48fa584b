"""How a recommendation travels under its one id: referrals (*transmissions*), and what became of each.

A node hands on what it made or was handed (`Referral`, to a group); the node of that group answers with a record of
its own (`ReferralAnswer`): accepted, declined, or merged into another recommendation. The journey is read from both.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from chassis.kernel.record import Record
from chassis.kernel.turns import latest, place
from services.meetings.domain.response import Act

VERDICTS = ("accepted", "merged", "declined")


@dataclass(frozen=True, kw_only=True)
class Referral(Act):
    """A recommendation handed on to a group; `to_node` holds that group and is the one to answer."""

    to_group_id: str
    to_node: str
    reason: str | None = None
    given_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class ReferralAnswer(Record):
    """What the other node makes of it. Another verdict is a new version: so a merge is undone."""

    referral_id: str
    recommendation_id: str
    verdict: str
    into_id: str | None = None
    reason: str | None = None
    given_at: datetime | None = None


@dataclass(frozen=True)
class Hop:
    """A step of the journey."""

    referral: Referral
    answer: ReferralAnswer | None


def journey(owner: str, referrals: Iterable[Referral], answers: Iterable[ReferralAnswer]) -> tuple[Hop, ...]:
    """The hops in order. `owner` is the recommendation's node.

    What a node hands on that the recommendation never reached is left aside, and so is whoever answers for another.
    """
    known = sorted(referrals, key=place)
    reached, steps = {owner}, list[Referral]()
    while True:
        # From those that may hand on to those that thereby may: whatever order they became known in.
        more = [one for one in known if one not in steps and one.origin in reached]
        if not more:
            break
        steps += more
        reached |= {one.to_node for one in more}
    given = list(answers)
    return tuple(Hop(one, _answer(one, given)) for one in sorted(steps, key=place))


def in_charge(owner: str, hops: Sequence[Hop]) -> frozenset[str]:
    """The nodes whose secretariat may speak of the whole: the owner's, and those that took it on."""
    return frozenset(
        {owner} | {hop.referral.to_node for hop in hops if hop.answer and hop.answer.verdict == "accepted"}
    )


def merged_into(hops: Sequence[Hop]) -> ReferralAnswer | None:
    """The answer that merges the recommendation into another: that of the latest hop that does."""
    merging = [hop for hop in hops if hop.answer and hop.answer.verdict == "merged" and hop.answer.into_id]
    last = latest(hop.referral for hop in merging)
    return next((hop.answer for hop in merging if hop.referral is last), None)


def resolve(id: str, merged_to: Callable[[str], str | None]) -> tuple[str, tuple[str, ...]]:
    """Where an id leads: the recommendation that stands for it, and those passed on the way.

    Two nodes that knew nothing of each other may merge in a circle: then the smallest id in it stands for all.
    """
    way = [id]
    while (following := merged_to(way[-1])) is not None:
        if following in way:
            circle = way[way.index(following) :]
            stands = min(circle)
            return stands, tuple(one for one in way if one != stands)
        way.append(following)
    return way[-1], tuple(way[:-1])


def _answer(referral: Referral, answers: Iterable[ReferralAnswer]) -> ReferralAnswer | None:
    """The answer of the node that was asked, and of no other."""
    own = [one for one in answers if one.referral_id == referral.id and one.origin == referral.to_node]
    return max(own, key=lambda one: one.id, default=None)
