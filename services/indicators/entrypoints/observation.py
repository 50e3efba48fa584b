"""Calls on observations."""

from typing import Any

from chassis.contract.schema import load
from chassis.service import IdQuery, Service, rpc
from services.actors.contract.merges import by_every_name
from services.indicators.contract import commands
from services.indicators.contract.records import ObservationSchema
from services.indicators.entrypoints.pages import with_effects
from services.indicators.handlers import observation as handlers


class ObservationEntrypoints(Service):
    """list, get, create, change, verify, publish, return."""

    @rpc
    def list_observations(self, payload: Any) -> Any:
        """A page of the list; an institution's are also those of one that was merged with it."""
        parts, takes = self.store.parts, commands.ObservationFilterSchema()
        if load(takes, payload)["as_of"] is not None:
            return self.page(parts["observations"].listed, takes, payload, ObservationSchema())
        levels = self.sight().levels
        query = by_every_name(
            parts["observations"].listed, parts["known_merges"], levels, institution_id="institutions"
        )
        shown = self.page(query, takes, payload, ObservationSchema())
        return {**shown, "items": self._with_effects(shown["items"])}

    @rpc
    def get_observation(self, payload: Any) -> Any:
        """One observation, and its state in effect; as of an earlier instant only its owner's words."""
        shown = self.one("observations", IdQuery(), payload, ObservationSchema())
        return shown if _of_the_past(payload) else self._with_effects([shown])[0]

    def _with_effects(self, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return with_effects(self.store.parts, items, self.sight().levels)

    @rpc
    def create_observation(self, payload: Any) -> Any:
        """See handlers.observation."""
        takes = commands.CreateObservationSchema()
        return self.perform(handlers.create_observation, takes, payload, ObservationSchema())

    @rpc
    def change_observation(self, payload: Any) -> Any:
        """See handlers.observation."""
        takes = commands.ChangeObservationSchema()
        return self.perform(handlers.change_observation, takes, payload, ObservationSchema())

    @rpc
    def verify_observation(self, payload: Any) -> Any:
        """See handlers.observation."""
        takes = commands.MoveObservationSchema()
        return self.perform(handlers.verify_observation, takes, payload, ObservationSchema())

    @rpc
    def publish_observation(self, payload: Any) -> Any:
        """See handlers.observation."""
        takes = commands.MoveObservationSchema()
        return self.perform(handlers.publish_observation, takes, payload, ObservationSchema())

    @rpc
    def return_observation(self, payload: Any) -> Any:
        """See handlers.observation."""
        takes = commands.ReturnObservationSchema()
        return self.perform(handlers.return_observation, takes, payload, ObservationSchema())


def _of_the_past(payload: Any) -> bool:
    return payload.get("as_of") is not None
