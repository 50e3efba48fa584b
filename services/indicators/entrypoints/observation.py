"""Calls on observations."""

from typing import Any

from chassis.service import IdQuery, Service, rpc
from services.indicators.contract import commands
from services.indicators.contract.records import ObservationSchema
from services.indicators.handlers import observation as handlers


class ObservationEntrypoints(Service):
    """list, get, create, change, verify, publish, return."""

    @rpc
    def list_observations(self, payload: Any) -> Any:
        """A page of the list."""
        query = self.store.parts["observations"].listed
        return self.page(query, commands.ObservationFilterSchema(), payload, ObservationSchema())

    @rpc
    def get_observation(self, payload: Any) -> Any:
        """One observation."""
        return self.one("observations", IdQuery(), payload, ObservationSchema())

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
