"""Calls on documents put up for validation."""

from typing import Any

from chassis.service import IdQuery, Service, rpc
from services.meetings.contract import validation as contract
from services.meetings.handlers import document as handlers


class DocumentEntrypoints(Service):
    """list, get, and the moves of a document's life; its rounds are in entrypoints/validation_round.py."""

    @rpc
    def list_documents(self, payload: Any) -> Any:
        """A page of documents."""
        query = self.store.parts["documents"].listed
        return self.page(query, contract.DocumentFilterSchema(), payload, contract.DocumentSchema())

    @rpc
    def get_document(self, payload: Any) -> Any:
        """One document."""
        return self.one("documents", IdQuery(), payload, contract.DocumentSchema())

    @rpc
    def submit_document(self, payload: Any) -> Any:
        """See handlers.document."""
        takes = contract.SubmitDocumentSchema()
        return self.perform(handlers.submit_document, takes, payload, contract.DocumentSchema())

    @rpc
    def change_document(self, payload: Any) -> Any:
        """See handlers.document."""
        takes = contract.ChangeDocumentSchema()
        return self.perform(handlers.change_document, takes, payload, contract.DocumentSchema())

    @rpc
    def revise_document(self, payload: Any) -> Any:
        """See handlers.document."""
        takes = contract.ReviseDocumentSchema()
        return self.perform(handlers.revise_document, takes, payload, contract.DocumentSchema())

    @rpc
    def supersede_document(self, payload: Any) -> Any:
        """See handlers.document."""
        takes = contract.MoveDocumentSchema()
        return self.perform(handlers.supersede_document, takes, payload, contract.DocumentSchema())
