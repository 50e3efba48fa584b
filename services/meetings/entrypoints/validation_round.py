"""Calls on validation rounds, opinions, and what is proposed to the groups of this node."""

from typing import Any

from chassis.contract.schema import load
from chassis.kernel.clock import now
from chassis.service import IdQuery, Service, rpc
from services.meetings.contract import validation as contract
from services.meetings.entrypoints.pages import proposals, round_page
from services.meetings.handlers import document as handlers
from services.meetings.handlers import opinion as opinions


class RoundEntrypoints(Service):
    """Groups are asked, answer, and are counted."""

    @rpc
    def list_rounds(self, payload: Any) -> Any:
        """A page of rounds, the latest first."""
        query = self.store.parts["rounds"].listed
        return self.page(query, contract.RoundFilterSchema(), payload, contract.RoundSchema())

    @rpc
    def get_round(self, payload: Any) -> Any:
        """One round with its count; as of an earlier instant only the round."""
        asked = load(IdQuery(), payload)
        shown = self.one("rounds", IdQuery(), payload, contract.RoundSchema())
        if asked["as_of"] is not None:
            return shown
        return shown | round_page(self.store.parts, shown["id"], self.sight().levels, now())

    @rpc
    def open_round(self, payload: Any) -> Any:
        """See handlers.document."""
        return self.perform(handlers.open_round, contract.OpenRoundSchema(), payload, contract.RoundSchema())

    @rpc
    def change_round(self, payload: Any) -> Any:
        """See handlers.document."""
        return self.perform(handlers.change_round, contract.ChangeRoundSchema(), payload, contract.RoundSchema())

    @rpc
    def close_round(self, payload: Any) -> Any:
        """See handlers.document."""
        return self.perform(handlers.close_round, contract.CloseRoundSchema(), payload, contract.RoundSchema())

    @rpc
    def list_proposals(self, payload: Any) -> Any:
        """What is proposed to the groups of this node and waits for their opinion. A page may hold fewer than asked."""
        caller, asked = self.asking(), load(contract.ProposalFilterSchema(), payload)
        node, parts = self.store.place.node, self.store.parts
        found = parts["rounds"].asking(node, caller, asked["page_size"], asked["cursor"])
        given = parts["opinions"].of_rounds([one.id for one in found.items])
        answered = {(one.round_id, one.group_id) for one in given if one.origin == node}
        waiting = proposals(found.items, answered, node, now())
        return {"items": contract.ProposalSchema(many=True).dump(waiting), "next_cursor": found.next_cursor}

    @rpc
    def list_opinions(self, payload: Any) -> Any:
        """A page of opinions."""
        query = self.store.parts["opinions"].listed
        return self.page(query, contract.OpinionFilterSchema(), payload, contract.OpinionSchema())

    @rpc
    def get_opinion(self, payload: Any) -> Any:
        """One opinion."""
        return self.one("opinions", IdQuery(), payload, contract.OpinionSchema())

    @rpc
    def give_opinion(self, payload: Any) -> Any:
        """See handlers.opinion."""
        return self.perform(opinions.give_opinion, contract.GiveOpinionSchema(), payload, contract.OpinionSchema())

    @rpc
    def change_opinion(self, payload: Any) -> Any:
        """See handlers.opinion."""
        return self.perform(opinions.change_opinion, contract.ChangeOpinionSchema(), payload, contract.OpinionSchema())
