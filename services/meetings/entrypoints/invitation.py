"""Calls on answers to invitations."""

from typing import Any

from chassis.service import IdQuery, Service, rpc
from services.actors.contract.merges import by_every_name
from services.meetings.contract import invitation as contract
from services.meetings.handlers import invitation as handlers


class InvitationEntrypoints(Service):
    """Institutions say whether they come."""

    @rpc
    def list_rsvps(self, payload: Any) -> Any:
        """A page of answers."""
        parts, levels = self.store.parts, self.sight().levels
        query = by_every_name(parts["rsvps"].listed, parts["known_merges"], levels, institution_id="institutions")
        return self.page(query, contract.RsvpFilterSchema(), payload, contract.RsvpSchema())

    @rpc
    def get_rsvp(self, payload: Any) -> Any:
        """One answer."""
        return self.one("rsvps", IdQuery(), payload, contract.RsvpSchema())

    @rpc
    def answer_invitation(self, payload: Any) -> Any:
        """See handlers.invitation."""
        takes = contract.AnswerInvitationSchema()
        return self.perform(handlers.answer_invitation, takes, payload, contract.RsvpSchema())

    @rpc
    def change_rsvp(self, payload: Any) -> Any:
        """See handlers.invitation."""
        return self.perform(handlers.change_rsvp, contract.ChangeRsvpSchema(), payload, contract.RsvpSchema())
