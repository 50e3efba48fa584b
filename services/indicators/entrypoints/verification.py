"""Calls on verifications."""

from typing import Any

from chassis.service import IdQuery, Service, rpc
from services.indicators.contract import verification as contract
from services.indicators.handlers import verification as handlers


class VerificationEntrypoints(Service):
    """A figure of any node is judged."""

    @rpc
    def judge_observation(self, payload: Any) -> Any:
        """See handlers.verification."""
        takes = contract.JudgeObservationSchema()
        return self.perform(handlers.judge_observation, takes, payload, contract.VerificationSchema())

    @rpc
    def list_verifications(self, payload: Any) -> Any:
        """A page of verifications."""
        query = self.store.parts["verifications"].listed
        return self.page(query, contract.VerificationFilterSchema(), payload, contract.VerificationSchema())

    @rpc
    def get_verification(self, payload: Any) -> Any:
        """One verification."""
        return self.one("verifications", IdQuery(), payload, contract.VerificationSchema())
