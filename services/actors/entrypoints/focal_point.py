"""Calls on focal points."""

from typing import Any

from chassis.service import IdQuery, Service, rpc
from services.actors.contract import commands
from services.actors.contract.records import FocalPointSchema
from services.actors.handlers import focal_point as handlers


class FocalPointEntrypoints(Service):
    """list, get, create, change."""

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
