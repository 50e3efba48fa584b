"""Calls on confirmations and merges."""

from typing import Any

from chassis.service import IdQuery, Service, rpc
from services.actors.contract import acts as contract
from services.actors.handlers import confirmation, merge


class ActEntrypoints(Service):
    """What is said of interventions and institutions of any node."""

    @rpc
    def confirm_intervention(self, payload: Any) -> Any:
        """See handlers.confirmation."""
        takes = contract.ConfirmInterventionSchema()
        return self.perform(confirmation.confirm_intervention, takes, payload, contract.ConfirmationSchema())

    @rpc
    def list_confirmations(self, payload: Any) -> Any:
        """A page of confirmations."""
        query = self.store.parts["confirmations"].listed
        return self.page(query, contract.ConfirmationFilterSchema(), payload, contract.ConfirmationSchema())

    @rpc
    def get_confirmation(self, payload: Any) -> Any:
        """One confirmation."""
        return self.one("confirmations", IdQuery(), payload, contract.ConfirmationSchema())

    @rpc
    def merge_institutions(self, payload: Any) -> Any:
        """See handlers.merge."""
        takes = contract.MergeInstitutionsSchema()
        return self.perform(merge.merge_institutions, takes, payload, contract.MergeSchema())

    @rpc
    def undo_merge(self, payload: Any) -> Any:
        """See handlers.merge."""
        return self.perform(merge.undo_merge, contract.UndoMergeSchema(), payload, contract.MergeSchema())

    @rpc
    def list_merges(self, payload: Any) -> Any:
        """A page of merges and their undoings."""
        query = self.store.parts["merges"].listed
        return self.page(query, contract.MergeFilterSchema(), payload, contract.MergeSchema())

    @rpc
    def get_merge(self, payload: Any) -> Any:
        """One merge, or the undoing of one."""
        return self.one("merges", IdQuery(), payload, contract.MergeSchema())
