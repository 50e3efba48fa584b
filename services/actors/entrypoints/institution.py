"""Calls on institutions."""

from typing import Any

from chassis.service import IdQuery, Service, rpc
from services.actors.contract import commands
from services.actors.contract.records import InstitutionSchema
from services.actors.entrypoints.pages import with_merges
from services.actors.handlers import institution as handlers


class InstitutionEntrypoints(Service):
    """list, get, create, change."""

    @rpc
    def list_institutions(self, payload: Any) -> Any:
        """A page of the directory."""
        query = self.store.parts["institutions"].listed
        shown = self.page(query, commands.InstitutionFilterSchema(), payload, InstitutionSchema())
        return {**shown, "items": with_merges(self.store.parts, shown["items"], self.sight().levels)}

    @rpc
    def get_institution(self, payload: Any) -> Any:
        """One institution, and which one stands for it; as of an earlier instant only its owner's words."""
        shown = self.one("institutions", IdQuery(), payload, InstitutionSchema())
        if payload.get("as_of") is not None:
            return shown
        return with_merges(self.store.parts, [shown], self.sight().levels)[0]

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
