"""Calls on referrals and their answers."""

from typing import Any

from chassis.service import IdQuery, Service, rpc
from services.meetings.contract import follow_up as contract
from services.meetings.handlers import referral as handlers


class ReferralEntrypoints(Service):
    """A recommendation is handed on; the node of that group answers."""

    @rpc
    def refer_recommendation(self, payload: Any) -> Any:
        """See handlers.referral."""
        return self.perform(handlers.refer, contract.ReferSchema(), payload, contract.ReferralSchema())

    @rpc
    def list_referrals(self, payload: Any) -> Any:
        """A page of referrals."""
        query = self.store.parts["referrals"].listed
        return self.page(query, contract.ReferralFilterSchema(), payload, contract.ReferralSchema())

    @rpc
    def get_referral(self, payload: Any) -> Any:
        """One referral."""
        return self.one("referrals", IdQuery(), payload, contract.ReferralSchema())

    @rpc
    def answer_referral(self, payload: Any) -> Any:
        """See handlers.referral."""
        takes = contract.AnswerReferralSchema()
        return self.perform(handlers.answer_referral, takes, payload, contract.ReferralAnswerSchema())

    @rpc
    def change_referral_answer(self, payload: Any) -> Any:
        """See handlers.referral."""
        takes = contract.ChangeAnswerSchema()
        return self.perform(handlers.change_answer, takes, payload, contract.ReferralAnswerSchema())

    @rpc
    def list_referral_answers(self, payload: Any) -> Any:
        """A page of answers."""
        query = self.store.parts["referral_answers"].listed
        return self.page(query, contract.AnswerFilterSchema(), payload, contract.ReferralAnswerSchema())

    @rpc
    def get_referral_answer(self, payload: Any) -> Any:
        """One answer."""
        return self.one("referral_answers", IdQuery(), payload, contract.ReferralAnswerSchema())
