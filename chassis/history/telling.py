"""The log, as it is told: an event is for who might see it then and sees its record today.

So what was public once and is internal now is not told to the public any more, at its own node too; its withdrawal is,
which names the record and nothing else. Elsewhere the log lacks such a record anyway (chassis/storage/foreign.py).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from chassis.contract.withdrawal import tells_withdrawal
from chassis.kernel.sight import Sight
from chassis.storage.mongo import pieces
from chassis.storage.store import Store

Told = tuple[int, dict[str, Any]]
LOOKS = 20  # pages without anything to tell, then whoever follows is sent on with an empty one


class TellingLog:
    """One service's log for somebody who sees so much."""

    def __init__(self, store: Store, sight: Sight) -> None:
        self._store, self._sight = store, sight

    def page(self, conditions: Mapping[str, Any], after: int, size: int) -> tuple[list[Told], int | None]:
        """(place, envelope) of what fits, and after which place to go on; None at the end."""
        wanted = dict(conditions)
        if not self._sight.everything:
            wanted["visibility"] = {"$in": list(self._sight.levels)}
        told: list[Told] = []
        for _ in range(LOOKS):
            found, more = self._store.outbox.follow(wanted, after, size)
            told += self._shown(found)
            after = found[-1][0] if found else after + 1
            if len(told) >= size:
                rest = more or len(told) > size
                return told[:size], told[size - 1][0] if rest else None
            if not more:
                return told, None
        return told, after

    def _shown(self, found: Sequence[Told]) -> list[Told]:
        """Without the events of records that are not seen today, but for the withdrawals."""
        if self._sight.everything:
            return list(found)
        subjects: dict[str, set[str]] = {}
        for _, envelope in found:
            subjects.setdefault(envelope["type"].split(".")[2], set()).add(envelope["subject"])
        seen = {noun: self._seen(noun, sorted(ids)) for noun, ids in subjects.items()}
        return [
            (place, envelope)
            for place, envelope in found
            if tells_withdrawal(envelope["type"]) or envelope["subject"] in seen[envelope["type"].split(".")[2]]
        ]

    def _seen(self, noun: str, ids: Sequence[str]) -> set[str]:
        repository = next((one for one in self._store.by_kind.values() if one.noun == noun), None)
        if repository is None:
            return set(ids)  # no record of this service's: what the event says of itself holds
        levels = {"$in": list(self._sight.levels)}
        return {
            document["_id"]
            for piece in pieces(ids)
            for document in repository.collection.find({"_id": {"$in": piece}, "visibility": levels}, {"_id": 1})
        }
