"""Calls on the list at the door: sign in, put right, take away, erase; and how often an institution comes."""

from datetime import timedelta
from typing import Any

from chassis.calls.erasing import MOST, Erasing
from chassis.calls.log import LogKeeping
from chassis.contract.schema import load
from chassis.history.retention import Personal
from chassis.kernel.clock import NIAMEY, now
from chassis.kernel.errors import NotFoundError
from chassis.service import IdQuery, rpc
from services.meetings.contract import attendance as contract
from services.meetings.entrypoints.attendance_pages import door_page, participation_page
from services.meetings.handlers import attendance as handlers

ERASING = Erasing("meetings.attendee", "attendees", handlers.erase_attendee)


class AttendanceEntrypoints(LogKeeping):
    """Who is at meetings."""

    @rpc
    def list_attendees(self, payload: Any) -> Any:
        """A page of those of a meeting that the caller sees; of all, for who sees all."""
        asked = load(contract.AttendeeFilterSchema(), payload)
        attendees = self.store.parts["attendees"]
        if asked["meeting_id"] is not None and self._sees_meeting(asked["meeting_id"]):
            attendees = attendees.of_seen(asked["meeting_id"])
        return self.page(attendees.listed, contract.AttendeeFilterSchema(), payload, contract.AttendeeSchema())

    @rpc
    def get_attendee(self, payload: Any) -> Any:
        """One line, for whoever is a member here and sees the meeting; as it was, for who sees what is internal."""
        asked, caller = load(IdQuery(), payload), self.asking()
        attendees = self.store.parts["attendees"]
        found = attendees.find(asked["id"])
        if found is not None and asked["as_of"] is None and self._sees_meeting(found.meeting_id):
            record = dict(contract.AttendeeSchema().dump(found))
            self.note_reading(caller, contract.AttendeeSchema, [record])
            return record
        return self.one("attendees", IdQuery(), payload, contract.AttendeeSchema())

    @rpc
    def get_attendance(self, payload: Any) -> Any:
        """The list at the door of a meeting, in protocol order, and the count."""
        asked, caller = load(contract.WhoseSchema(), payload), self.asking()
        meeting = self.store.parts["meetings"].seen_by(caller).get(asked["id"])
        shown = door_page(self.store.parts, meeting, self.sight().levels)
        read = [one for line in shown["institutions"] for one in line["attendees"]]
        self.note_reading(caller, contract.AttendeeSchema, read)
        return shown

    @rpc
    def get_participation(self, payload: Any) -> Any:
        """How often an institution came in the last twelve months, of the meetings it was called to."""
        asked, caller = load(contract.WhoseSchema(), payload), self.asking()
        institution = self.store.parts["known_institutions"].seen_by(caller).find(asked["id"])
        if institution is None:
            raise NotFoundError("institution-not-found", None, {"id": asked["id"]})
        today = now().astimezone(NIAMEY).date().isoformat()
        return participation_page(self.store.parts, institution, today, self.sight().levels)

    @rpc
    def sign_in(self, payload: Any) -> Any:
        """See handlers.attendance."""
        return self.perform(handlers.sign_in, contract.SignInSchema(), payload, contract.AttendeeSchema())

    @rpc
    def change_attendee(self, payload: Any) -> Any:
        """See handlers.attendance."""
        takes = contract.ChangeAttendeeSchema()
        return self.perform(handlers.change_attendee, takes, payload, contract.AttendeeSchema())

    @rpc
    def remove_attendee(self, payload: Any) -> Any:
        """See handlers.attendance."""
        takes = contract.RemoveAttendeeSchema()
        return self.perform(handlers.remove_attendee, takes, payload, contract.AttendeeSchema())

    @rpc
    def erase_attendee(self, payload: Any) -> Any:
        """See handlers.attendance."""
        takes = contract.EraseAttendeeSchema()
        erased = self.perform(handlers.erase_attendee, takes, payload, contract.AttendeeSchema())
        ERASING.note(self.store)
        return erased

    def keep_no_longer(self, personal: Personal) -> None:
        """Erase who was at meetings so long ago."""
        super().keep_no_longer(personal)
        day = (now() - timedelta(days=personal.ended)).date().isoformat()
        for id in self.store.parts["attendees"].kept_since_before(day, MOST):
            ERASING.erase(self.store, id, "over")
        ERASING.note(self.store)

    def _sees_meeting(self, id: str) -> bool:
        """Whether the caller sees the meeting, as a member or more."""
        caller = self.asking()
        seen = self.store.parts["meetings"].seen_by(caller).find(id)
        return seen is not None and "gtm" in self.sight().levels
