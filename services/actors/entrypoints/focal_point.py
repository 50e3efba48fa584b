"""Calls on focal points; erasing them when their time is over, and again after a restore."""

from datetime import timedelta
from typing import Any

from chassis.calls.erasing import MOST, Erasing
from chassis.calls.log import LogKeeping
from chassis.history.retention import Personal
from chassis.kernel.clock import now
from chassis.service import IdQuery, rpc
from services.actors.contract import commands
from services.actors.contract.records import FocalPointSchema
from services.actors.handlers import focal_point as handlers

ERASING = Erasing("actors.focal_point", "focal_points", handlers.erase_focal_point)


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
        ERASING.note(self.store)
        return erased

    def keep_no_longer(self, personal: Personal) -> None:
        """Erase those who ended so long ago."""
        super().keep_no_longer(personal)
        focal_points = self.store.parts["focal_points"]
        for id in focal_points.ended_before(now() - timedelta(days=personal.ended), MOST):
            ERASING.erase(self.store, id, "over")
        ERASING.note(self.store)
