"""Erasing persons as the node itself does: when their time is over, and again after a restore, by the list outside."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from chassis.kernel.ids import new_id
from chassis.kernel.principal import SYSTEM, Caller
from chassis.process.erasures import ErasureList
from chassis.storage.store import Store

MOST = 200  # that are erased in one look, each in a commit of its own


@dataclass(frozen=True)
class Erasing:
    """Of the persons of one noun: "actors.focal_point", where its records are, and the use case that erases one."""

    noun: str
    collection: str
    handler: Callable[..., Any]

    def again(self, store: Store) -> None:
        """After a restore: who was erased since the backup was made is erased again, by the list that outlasts it."""
        for one in ErasureList(store.home, self.noun).read():
            found = store.parts[self.collection].find(one["record"])
            if found is not None and found.erased is None and found.origin == store.place.node:
                self.erase(store, one["record"], one["reason"])
        self.note(store)

    def erase(self, store: Store, id: str, reason: str) -> None:
        """Erase as the node itself does. Raises: StaleError when somebody changed the record meanwhile."""
        method = f"erase_{self.noun.partition('.')[2]}"
        with store.work(Caller(principal=SYSTEM, correlation_id=new_id(), method=method)) as work:
            self.handler(work, id=id, version=None, reason=reason)

    def note(self, store: Store) -> None:
        """Write down, outside the database, what was erased in it. Killed before: the next start does."""
        every = store.redactions.every(self.noun)
        found = (store.parts[self.collection].find(one["record"]) for one in every)
        erased = [(one.id, one.erased) for one in found if one is not None and one.erased]
        ErasureList(store.home, self.noun).add(erased)
