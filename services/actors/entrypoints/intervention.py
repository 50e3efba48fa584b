"""Calls on interventions."""

from typing import Any

from chassis.kernel.principal import Caller
from chassis.service import IdQuery, Service, rpc
from chassis.storage.repository import Page
from services.actors.contract import commands
from services.actors.contract.records import InterventionSchema
from services.actors.domain.intervention import Intervention
from services.actors.domain.merge import all_of
from services.actors.entrypoints.pages import with_freshness
from services.actors.handlers import intervention as handlers


class InterventionEntrypoints(Service):
    """list, get, create, change."""

    @rpc
    def list_interventions(self, payload: Any) -> Any:
        """A page of the list; an institution's are also those that name one that was merged with it."""
        levels = self.sight().levels

        def listed(caller: Caller, *, institution_id: str | None, **asked: Any) -> Page[Intervention]:
            same = all_of(institution_id, self.store.parts["merges"].ways(levels)) if institution_id else ()
            found: Page[Intervention] = self.store.parts["interventions"].listed(caller, institutions=same, **asked)
            return found

        shown = self.page(listed, commands.InterventionFilterSchema(), payload, InterventionSchema())
        return {**shown, "items": with_freshness(self.store.parts, shown["items"], levels)}

    @rpc
    def get_intervention(self, payload: Any) -> Any:
        """One intervention, and when it was last confirmed; as of an earlier instant only its owner's words."""
        shown = self.one("interventions", IdQuery(), payload, InterventionSchema())
        if payload.get("as_of") is not None:
            return shown
        return with_freshness(self.store.parts, [shown], self.sight().levels)[0]

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
