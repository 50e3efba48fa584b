"""Institutions that turned out to be one (*fusion*): which stands for which, by the same rule on every node.

A merge is a record of the centre alone; so is its undoing, another record that names the merge. Nothing is rewritten:
who points at a merged institution goes on doing so, and whoever looks it up is led on. So an undoing undoes all of it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from chassis.kernel.errors import ConflictError
from chassis.kernel.record import Record

CENTRE = "central"


@dataclass(frozen=True, kw_only=True)
class Merge(Record):
    """One institution stands for another from now on; or, where `undoes` names a merge, no longer does."""

    kept_id: str
    merged_id: str
    reason: str | None = None
    undoes: str | None = None


Ways = Mapping[str, str]
"""Merged institution → the one it was merged into."""


def active(merges: Iterable[Merge]) -> dict[str, Merge]:
    """The merges that stand, by the institution that was merged; of several of one, the one with the greatest id."""
    made = [one for one in merges if one.origin == CENTRE]
    undone = {one.undoes for one in made if one.undoes is not None}
    standing = [one for one in made if one.undoes is None and one.id not in undone]
    return {one.merged_id: one for one in sorted(standing, key=lambda one: one.id)}


def ways(merges: Iterable[Merge]) -> dict[str, str]:
    """Where each merged institution leads, one step."""
    return {id: one.kept_id for id, one in active(merges).items()}


def resolve(id: str, known: Ways) -> str:
    """The institution that stands for this one: itself, or the end of its way.

    Two merges that knew nothing of each other may make a ring: then the smallest id in it stands for all.
    """
    way = [id]
    while (following := known.get(way[-1])) is not None:
        if following in way:
            return min(way[way.index(following) :])
        way.append(following)
    return way[-1]


def all_of(id: str, known: Ways) -> tuple[str, ...]:
    """Every id that means the same institution, this one first."""
    stands = resolve(id, known)
    same = sorted(one for one in {stands, *known} if resolve(one, known) == stands)
    return tuple(dict.fromkeys((id, *same)))


def check_merge(kept_id: str, merged_id: str, known: Ways) -> None:
    """Whether these may be merged. Raises: ConflictError merge-with-itself, merged-already, merge-in-ring."""
    if kept_id == merged_id:
        raise ConflictError("merge-with-itself", "kept_id", {"id": kept_id})
    if merged_id in known:
        raise ConflictError("merged-already", "merged_id", {"id": merged_id, "into": known[merged_id]})
    if resolve(kept_id, known) == merged_id:
        raise ConflictError("merge-in-ring", "kept_id", {"id": kept_id, "into": merged_id})
