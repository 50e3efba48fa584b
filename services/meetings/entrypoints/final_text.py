"""Calls on the way of a document to its final text, and the table that proves each remark was seen to."""

from typing import Any

from chassis.contract.schema import load
from chassis.service import IdQuery, Service, rpc
from services.meetings.adapters.handled_table import handled_html, handled_text
from services.meetings.contract import handling as table
from services.meetings.contract import validation as contract
from services.meetings.entrypoints.pages import handled_page
from services.meetings.handlers import final_text as handlers


class FinalTextEntrypoints(Service):
    """circulate, integrate, finalise, and the table."""

    @rpc
    def circulate_document(self, payload: Any) -> Any:
        """See handlers.final_text."""
        takes = contract.CirculateDocumentSchema()
        return self.perform(handlers.circulate_document, takes, payload, contract.DocumentSchema())

    @rpc
    def integrate_document(self, payload: Any) -> Any:
        """See handlers.final_text."""
        takes = contract.ReviseDocumentSchema()
        return self.perform(handlers.integrate_document, takes, payload, contract.DocumentSchema())

    @rpc
    def finalise_document(self, payload: Any) -> Any:
        """See handlers.final_text."""
        takes = contract.MoveDocumentSchema()
        return self.perform(handlers.finalise_document, takes, payload, contract.DocumentSchema())

    @rpc
    def get_handled(self, payload: Any) -> Any:
        """What became of each remark on a document: the table, or {text} in another form, with version and origin."""
        asked = load(table.AskHandledSchema(), payload)
        document = self.one("documents", IdQuery(), {"id": asked["id"]}, contract.DocumentSchema())
        shown = handled_page(self.store.parts, document["id"], self.sight().levels)
        if asked["format"] == "json":
            return {**shown, "version": document["version"], "origin": document["origin"]}
        render = handled_html if asked["format"] == "html" else handled_text
        text = render(shown, asked["language"])
        return {"text": text, "version": document["version"], "origin": document["origin"]}
