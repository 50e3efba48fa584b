"""Calls on indicators."""

from typing import Any

from chassis.service import IdQuery, Service, rpc
from services.actors.contract.merges import by_every_name
from services.indicators.contract import commands
from services.indicators.contract.records import IndicatorSchema
from services.indicators.handlers import indicator as handlers


class IndicatorEntrypoints(Service):
    """list, get, create, change."""

    @rpc
    def list_indicators(self, payload: Any) -> Any:
        """A page of the list; an institution's are also those of one that was merged with it."""
        parts, into = self.store.parts, {"responsible_institution_id": "responsible"}
        query = by_every_name(parts["indicators"].listed, parts["known_merges"], self.sight().levels, **into)
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
