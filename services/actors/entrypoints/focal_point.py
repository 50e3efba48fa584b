"""Calls on focal points; erasing them when their time is over, and again after a restore."""

from datetime import timedelta
from typing import Any

from chassis.calls.log import LogKeeping
from chassis.history.retention import Personal
from chassis.kernel.clock import now
from chassis.kernel.ids import new_id
from chassis.kernel.principal import SYSTEM, Caller
from chassis.process.erasures import ErasureList
from chassis.service import IdQuery, rpc
from chassis.storage.store import Store
from services.actors.contract import commands
from services.actors.contract.records import FocalPointSchema
from services.actors.handlers import focal_point as handlers

NOUN = "actors.focal_point"
MOST = 200  # that are erased in one look, each in a commit of its own


class FocalPointEntrypoints(LogKeeping):
    """list, get, create, change; consent and its withdrawal; erase."""

    @rpc
    def list_focal_points(self, payload: Any) -> Any:
        """A page of the list."""
        query = self.store.parts["focal_points"].listed
        return self.page(query, commands.FocalPointFilterSchema(), payload, FocalPointSchema())

    @rpc
    def get_focal_point(self, payload: Any) -> Any:
        """One focal point."""
        return self.one("focal_points", IdQuery(), payload, FocalPointSchema())

    @rpc
    def create_focal_point(self, payload: Any) -> Any:
        """See handlers.focal_point."""
        takes = commands.CreateFocalPointSchema()
        return self.perform(handlers.create_focal_point, takes, payload, FocalPointSchema())

    @rpc
    def change_focal_point(self, payload: Any) -> Any:
        """See handlers.focal_point."""
        takes = commands.ChangeFocalPointSchema()
        return self.perform(handlers.change_focal_point, takes, payload, FocalPointSchema())

    @rpc
    def consent_focal_point(self, payload: Any) -> Any:
        """See handlers.focal_point."""
        takes = commands.ConsentFocalPointSchema()
        return self.perform(handlers.consent_focal_point, takes, payload, FocalPointSchema())

    @rpc
    def withdraw_consent_focal_point(self, payload: Any) -> Any:
        """See handlers.focal_point."""
        takes = commands.WithdrawConsentSchema()
        return self.perform(handlers.withdraw_consent_focal_point, takes, payload, FocalPointSchema())

    @rpc
    def erase_focal_point(self, payload: Any) -> Any:
        """See handlers.focal_point."""
        takes = commands.EraseFocalPointSchema()
        erased = self.perform(handlers.erase_focal_point, takes, payload, FocalPointSchema())
        list_erasures(self.store)
        return erased

    def keep_no_longer(self, personal: Personal) -> None:
        """Erase those who ended so long ago."""
        super().keep_no_longer(personal)
        focal_points = self.store.parts["focal_points"]
        for id in focal_points.ended_before(now() - timedelta(days=personal.ended), MOST):
            erase(self.store, id, "over")
        list_erasures(self.store)


def erase_again(store: Store) -> None:
    """After a restore: who was erased since the backup was made is erased again, by the list that outlasts it."""
    for one in ErasureList(store.home, NOUN).read():
        found = store.parts["focal_points"].find(one["record"])
        if found is not None and found.erased is None and found.origin == store.place.node:
            erase(store, one["record"], one["reason"])
    list_erasures(store)


def erase(store: Store, id: str, reason: str) -> None:
    """Erase as the node itself does. Raises: StaleError when somebody changed the record meanwhile."""
    with store.work(Caller(principal=SYSTEM, correlation_id=new_id(), method="erase_focal_point")) as work:
        handlers.erase_focal_point(work, id=id, version=None, reason=reason)


def list_erasures(store: Store) -> None:
    """Write down, outside the database, what was erased in it. Killed before: the next start does."""
    found = (store.parts["focal_points"].find(one["record"]) for one in store.redactions.every(NOUN))
    ErasureList(store.home, NOUN).add([(one.id, one.erased) for one in found if one is not None and one.erased])
