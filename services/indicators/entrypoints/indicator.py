"""Calls on indicators."""

from typing import Any

from chassis.service import IdQuery, Service, rpc
from services.indicators.contract import commands
from services.indicators.contract.records import IndicatorSchema
from services.indicators.handlers import indicator as handlers


class IndicatorEntrypoints(Service):
    """list, get, create, change."""

    @rpc
    def list_indicators(self, payload: Any) -> Any:
        """A page of the list."""
        query = self.store.parts["indicators"].listed
        return self.page(query, commands.IndicatorFilterSchema(), payload, IndicatorSchema())

    @rpc
    def get_indicator(self, payload: Any) -> Any:
        """One indicator."""
        return self.one("indicators", IdQuery(), payload, IndicatorSchema())

    @rpc
    def create_indicator(self, payload: Any) -> Any:
        """See handlers.indicator."""
        takes = commands.CreateIndicatorSchema()
        return self.perform(handlers.create_indicator, takes, payload, IndicatorSchema())

    @rpc
    def change_indicator(self, payload: Any) -> Any:
        """See handlers.indicator."""
        takes = commands.ChangeIndicatorSchema()
        return self.perform(handlers.change_indicator, takes, payload, IndicatorSchema())
