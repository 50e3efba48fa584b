"""Calls on recommendations."""

from functools import partial
from typing import Any

from chassis.contract.schema import load
from chassis.service import IdQuery, Service, rpc
from services.meetings.contract import commands
from services.meetings.contract.records import RecommendationSchema
from services.meetings.entrypoints.pages import recommendation_page
from services.meetings.handlers import recommendation as handlers


class RecommendationEntrypoints(Service):
    """list, get, create, change, and the moves of a recommendation's life."""

    @rpc
    def list_recommendations(self, payload: Any) -> Any:
        """A page of recommendations."""
        query = self.store.parts["recommendations"].listed
        return self.page(query, commands.RecommendationFilterSchema(), payload, RecommendationSchema())

    @rpc
    def get_recommendation(self, payload: Any) -> Any:
        """One recommendation, with what all nodes said of it; as of an earlier instant only its owner's words."""
        asked = load(IdQuery(), payload)
        shown = self.one("recommendations", IdQuery(), payload, RecommendationSchema())
        if asked["as_of"] is not None:
            return shown
        return shown | recommendation_page(self.store.parts, shown["id"], self.sight().levels)

    @rpc
    def create_recommendation(self, payload: Any) -> Any:
        """See handlers.recommendation."""
        takes = commands.CreateRecommendationSchema()
        return self.perform(handlers.create_recommendation, takes, payload, RecommendationSchema())

    @rpc
    def change_recommendation(self, payload: Any) -> Any:
        """See handlers.recommendation."""
        takes = commands.ChangeRecommendationSchema()
        return self.perform(handlers.change_recommendation, takes, payload, RecommendationSchema())

    @rpc
    def start_recommendation(self, payload: Any) -> Any:
        """Work on it began."""
        return self._move_recommendation("start", payload)

    @rpc
    def complete_recommendation(self, payload: Any) -> Any:
        """It is carried out, says who was asked."""
        return self._move_recommendation("complete", payload)

    @rpc
    def verify_recommendation(self, payload: Any) -> Any:
        """The secretariat confirms it."""
        return self._move_recommendation("verify", payload)

    @rpc
    def reopen_recommendation(self, payload: Any) -> Any:
        """It turned out not to be carried out."""
        return self._move_recommendation("reopen", payload)

    @rpc
    def cancel_recommendation(self, payload: Any) -> Any:
        """It no longer stands."""
        return self._move_recommendation("cancel", payload)

    def _move_recommendation(self, act: str, payload: Any) -> Any:
        takes = commands.MoveRecommendationSchema()
        return self.perform(partial(_move, act), takes, payload, RecommendationSchema())


def _move(act: str, work: Any, **said: Any) -> Any:
    return handlers.move_recommendation(work, act, **said)
