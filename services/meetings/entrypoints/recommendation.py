"""Calls on recommendations."""

from functools import partial
from typing import Any

from chassis.contract.schema import load
from chassis.service import IdQuery, Service, rpc
from services.actors.contract.merges import by_every_name
from services.meetings.contract import commands
from services.meetings.contract.records import RecommendationSchema
from services.meetings.entrypoints.board import with_timeliness
from services.meetings.entrypoints.pages import recommendation_page
from services.meetings.handlers import recommendation as handlers


class RecommendationEntrypoints(Service):
    """list, get, create, change, and the moves of a recommendation's life."""

    @rpc
    def list_recommendations(self, payload: Any) -> Any:
        """A page of recommendations, each with how late it is; an institution's also those of one merged with it."""
        takes, repository = commands.RecommendationFilterSchema(), self.store.parts["recommendations"]
        if load(takes, payload)["as_of"] is not None:
            return self.page(repository.listed, takes, payload, RecommendationSchema())
        merges = self.store.parts["known_merges"]
        into = {"institution_id": "institutions", "owner": "leads"}
        query = by_every_name(repository.listed, merges, self.sight().levels, **into)
        shown = self.page(query, takes, payload, RecommendationSchema())
        return {**shown, "items": with_timeliness(self.store.parts, shown["items"], self.sight())}

    @rpc
    def get_recommendation(self, payload: Any) -> Any:
        """One recommendation, with what all nodes said of it; as of an earlier instant only its owner's words."""
        asked = load(IdQuery(), payload)
        shown = self.one("recommendations", IdQuery(), payload, RecommendationSchema())
        if asked["as_of"] is not None:
            return shown
        (row,) = with_timeliness(self.store.parts, [shown], self.sight())
        return row | recommendation_page(self.store.parts, shown["id"], self.sight().levels)

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
