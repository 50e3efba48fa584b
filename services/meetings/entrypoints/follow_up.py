"""Calls on what is said of recommendations."""

from typing import Any

from chassis.service import IdQuery, Service, Starter, rpc
from chassis.storage.store import Store
from services.actors.contract.merges import by_every_name
from services.meetings.contract import follow_up as contract
from services.meetings.handlers import follow_up as handlers


def derive_again(store: Store) -> None:
    """The standings that were derived by an older rule, or never, from what is stored."""
    standings = store.parts["standings"]
    while ids := standings.outdated():
        standings.derive(ids)


class FollowUpEntrypoints(Service):
    """Answers and progress reports."""

    derived_again = Starter(derive_again)

    @rpc
    def respond(self, payload: Any) -> Any:
        """See handlers.follow_up."""
        return self.perform(handlers.respond, contract.RespondSchema(), payload, contract.ResponseSchema())

    @rpc
    def change_response(self, payload: Any) -> Any:
        """See handlers.follow_up."""
        takes = contract.ChangeResponseSchema()
        return self.perform(handlers.change_response, takes, payload, contract.ResponseSchema())

    @rpc
    def list_responses(self, payload: Any) -> Any:
        """A page of answers."""
        parts, levels = self.store.parts, self.sight().levels
        query = by_every_name(parts["responses"].listed, parts["known_merges"], levels, institution_id="institutions")
        return self.page(query, contract.ActFilterSchema(), payload, contract.ResponseSchema())

    @rpc
    def get_response(self, payload: Any) -> Any:
        """One answer."""
        return self.one("responses", IdQuery(), payload, contract.ResponseSchema())

    @rpc
    def report_progress(self, payload: Any) -> Any:
        """See handlers.follow_up."""
        takes = contract.ReportProgressSchema()
        return self.perform(handlers.report_progress, takes, payload, contract.ProgressReportSchema())

    @rpc
    def list_progress_reports(self, payload: Any) -> Any:
        """A page of reports."""
        parts, levels = self.store.parts, self.sight().levels
        query = by_every_name(
            parts["progress_reports"].listed, parts["known_merges"], levels, institution_id="institutions"
        )
        return self.page(query, contract.ActFilterSchema(), payload, contract.ProgressReportSchema())

    @rpc
    def get_progress_report(self, payload: Any) -> Any:
        """One report."""
        return self.one("progress_reports", IdQuery(), payload, contract.ProgressReportSchema())
