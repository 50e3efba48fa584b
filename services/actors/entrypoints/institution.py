"""Calls on institutions."""

from typing import Any

from chassis.service import IdQuery, Service, rpc
from services.actors.contract import commands
from services.actors.contract.records import InstitutionSchema
from services.actors.handlers import institution as handlers


class InstitutionEntrypoints(Service):
    """list, get, create, change."""

    @rpc
    def list_institutions(self, payload: Any) -> Any:
        """A page of the directory."""
        query = self.store.parts["institutions"].listed
        return self.page(query, commands.InstitutionFilterSchema(), payload, InstitutionSchema())

    @rpc
    def get_institution(self, payload: Any) -> Any:
        """One institution."""
        return self.one("institutions", IdQuery(), payload, InstitutionSchema())

    @rpc
    def create_institution(self, payload: Any) -> Any:
        """See handlers.institution."""
        takes = commands.CreateInstitutionSchema()
        return self.perform(handlers.create_institution, takes, payload, InstitutionSchema())

    @rpc
    def change_institution(self, payload: Any) -> Any:
        """See handlers.institution."""
        takes = commands.ChangeInstitutionSchema()
        return self.perform(handlers.change_institution, takes, payload, InstitutionSchema())
