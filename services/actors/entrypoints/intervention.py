"""Calls on interventions."""

from typing import Any

from chassis.service import IdQuery, Service, rpc
from services.actors.contract import commands
from services.actors.contract.records import InterventionSchema
from services.actors.handlers import intervention as handlers


class InterventionEntrypoints(Service):
    """list, get, create, change."""

    @rpc
    def list_interventions(self, payload: Any) -> Any:
        """A page of the list."""
        query = self.store.parts["interventions"].listed
        return self.page(query, commands.InterventionFilterSchema(), payload, InterventionSchema())

    @rpc
    def get_intervention(self, payload: Any) -> Any:
        """One intervention."""
        return self.one("interventions", IdQuery(), payload, InterventionSchema())

    @rpc
    def create_intervention(self, payload: Any) -> Any:
        """See handlers.intervention."""
        takes = commands.CreateInterventionSchema()
        return self.perform(handlers.create_intervention, takes, payload, InterventionSchema())

    @rpc
    def change_intervention(self, payload: Any) -> Any:
        """See handlers.intervention."""
        takes = commands.ChangeInterventionSchema()
        return self.perform(handlers.change_intervention, takes, payload, InterventionSchema())
