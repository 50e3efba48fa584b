"""Calls on meetings."""

from functools import partial
from typing import Any

from chassis.contract.schema import load
from chassis.service import IdQuery, Service, rpc
from services.meetings.contract import commands
from services.meetings.contract.records import MeetingSchema
from services.meetings.entrypoints.pages import meeting_page
from services.meetings.entrypoints.planning import planned
from services.meetings.handlers import meeting as handlers


class MeetingEntrypoints(Service):
    """list, get, create, change, and the moves of a meeting's life."""

    @rpc
    def list_meetings(self, payload: Any) -> Any:
        """A page of meetings, the latest first."""
        query = self.store.parts["meetings"].listed
        return self.page(query, commands.MeetingFilterSchema(), payload, MeetingSchema())

    @rpc
    def get_meeting(self, payload: Any) -> Any:
        """One meeting, and who is expected; as of an earlier instant only the meeting."""
        asked = load(IdQuery(), payload)
        shown = self.one("meetings", IdQuery(), payload, MeetingSchema())
        if asked["as_of"] is not None:
            return shown
        return shown | meeting_page(self.store.parts, shown["id"], self.sight().levels)

    @rpc
    def create_meeting(self, payload: Any) -> Any:
        """See handlers.meeting."""
        return planned(self, handlers.create_meeting, commands.CreateMeetingSchema(), payload)

    @rpc
    def change_meeting(self, payload: Any) -> Any:
        """See handlers.meeting."""
        return planned(self, handlers.change_meeting, commands.ChangeMeetingSchema(), payload)

    @rpc
    def convene_meeting(self, payload: Any) -> Any:
        """Call the members, for the first time or anew."""
        return planned(self, partial(_move, "convene"), commands.ConveneMeetingSchema(), payload)

    @rpc
    def hold_meeting(self, payload: Any) -> Any:
        """The meeting took place."""
        return self._move("hold", payload)

    @rpc
    def close_meeting(self, payload: Any) -> Any:
        """Nothing more is expected of it."""
        return self._move("close", payload)

    @rpc
    def postpone_meeting(self, payload: Any) -> Any:
        """It will be convened anew."""
        return self._move("postpone", payload)

    @rpc
    def cancel_meeting(self, payload: Any) -> Any:
        """It will not take place."""
        return self._move("cancel", payload)

    def _move(self, act: str, payload: Any) -> Any:
        return self.perform(partial(_move, act), commands.MoveMeetingSchema(), payload, MeetingSchema())


def _move(act: str, work: Any, **said: Any) -> Any:
    return handlers.move_meeting(work, act, **said)
