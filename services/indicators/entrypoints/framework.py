"""Calls on frameworks."""

from typing import Any

from chassis.service import IdQuery, Service, rpc
from services.indicators.contract import commands
from services.indicators.contract.records import FrameworkSchema
from services.indicators.handlers import framework as handlers


class FrameworkEntrypoints(Service):
    """list, get, create, change."""

    @rpc
    def list_frameworks(self, payload: Any) -> Any:
        """A page of the list."""
        query = self.store.parts["frameworks"].listed
        return self.page(query, commands.FrameworkFilterSchema(), payload, FrameworkSchema())

    @rpc
    def get_framework(self, payload: Any) -> Any:
        """One framework."""
        return self.one("frameworks", IdQuery(), payload, FrameworkSchema())

    @rpc
    def create_framework(self, payload: Any) -> Any:
        """See handlers.framework."""
        takes = commands.CreateFrameworkSchema()
        return self.perform(handlers.create_framework, takes, payload, FrameworkSchema())

    @rpc
    def change_framework(self, payload: Any) -> Any:
        """See handlers.framework."""
        takes = commands.ChangeFrameworkSchema()
        return self.perform(handlers.change_framework, takes, payload, FrameworkSchema())
