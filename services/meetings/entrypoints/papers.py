"""Calls that give a paper, and what papers hold beside the record."""

import base64
from collections.abc import Mapping, Sequence
from typing import Any

from chassis.contract.schema import load
from chassis.service import IdQuery, Service, rpc
from services.meetings.adapters.paper_html import letter_html, sheet_html
from services.meetings.adapters.pdf_maker import MEDIA_TYPE, as_pdf
from services.meetings.contract import commands
from services.meetings.contract.attendance import AttendeeSchema
from services.meetings.contract.records import MeetingSchema
from services.meetings.domain.attendance_sheet import Announced, attendance_sheet
from services.meetings.domain.convocation import Letter, ToRead, letter
from services.meetings.domain.meeting import Meeting
from services.meetings.domain.rsvp import invited
from services.meetings.entrypoints.attendance_pages import table_shown
from services.meetings.entrypoints.pages import remarks_shown

Parts = Mapping[str, Any]


class PaperEntrypoints(Service):
    """The convocation to a meeting and the sheet that is signed at its door, as PDF."""

    @rpc
    def render_convocation(self, payload: Any) -> Any:
        """The letter of the meeting's last convocation, or its draft: {content_base64, …}."""
        caller, asked = self.asking(), load(commands.RenderPaperSchema(), payload)
        self.one("meetings", IdQuery(), {"id": asked["id"]}, MeetingSchema())
        meeting = self.store.parts["meetings"].seen_by(caller).get(asked["id"])
        said = letter_of(self.store.parts, meeting, self.sight().levels)
        content = as_pdf(letter_html(said, asked["language"]))
        return told_of(meeting) | as_file(content, MEDIA_TYPE, f"convocation-{meeting.date}.pdf")

    @rpc
    def render_attendance_sheet(self, payload: Any) -> Any:
        """The sign-in sheet of a meeting: {content_base64, …}."""
        caller, asked = self.asking(), load(commands.RenderPaperSchema(), payload)
        parts = self.store.parts
        meeting = parts["meetings"].seen_by(caller).get(asked["id"])
        found = table_shown(parts, meeting, self.sight().levels)
        attendees = parts["attendees"].of_meeting(meeting.id)
        announced = {
            one.seat.institution_id: Announced(answer=one.rsvp.answer, people=one.rsvp.headcount or 1)
            for one in found.lines
            if one.rsvp is not None
        }
        sheet = attendance_sheet(meeting, [one.seat for one in found.lines], attendees, announced)
        self.note_reading(caller, AttendeeSchema, [{"id": one.id} for one in attendees])
        content = as_pdf(sheet_html(sheet, asked["language"]))
        return told_of(meeting) | as_file(content, MEDIA_TYPE, f"presence-{meeting.date}.pdf")


def letter_of(parts: Parts, meeting: Meeting, visible: Sequence[str]) -> Letter:
    """The letter, with the names that the caller may see."""
    group = parts["known_groups"].find(meeting.group_id) if meeting.group_id else None
    known = group if group and group.get("visibility") in visible else None
    ids = {*invited(known.get("members") or () if known else (), meeting.date)}
    ids |= {known["secretariat_id"]} if known and known.get("secretariat_id") else set()
    wanted = {"_id": {"$in": sorted(ids)}, "visibility": {"$in": list(visible)}}
    names = {one["_id"]: one.get("name") or one.get("acronym") for one in parts["known_institutions"].every(wanted)}
    documents = parts["documents"].of_meeting(meeting.id, visible)
    read = [ToRead(title=one.title, until=one.read_by) for one in documents if one.read_by]
    return letter(meeting, known, {id: name for id, name in names.items() if name}, read)


def told_of(meeting: Meeting) -> dict[str, Any]:
    """Whose record the paper was made of."""
    return {"version": meeting.version, "origin": meeting.origin}


def as_file(content: bytes, media_type: str, filename: str) -> dict[str, Any]:
    """A file as a call gives it."""
    return {"content_base64": base64.b64encode(content).decode(), "media_type": media_type, "filename": filename}


def with_reservations(parts: Parts, minutes: Mapping[str, Any], visible: Sequence[str]) -> dict[str, Any]:
    """The annex of minutes that were adopted subject to reservations: each with its verdict; nothing of others."""
    if not minutes.get("reserved_at"):
        return {}
    remarks = parts["remarks"].of_target(minutes["id"], visible)
    pages = zip(remarks, remarks_shown(parts, remarks, visible), strict=True)
    kept = [(one, page) for one, page in pages if page.get("reservation")]
    ids = sorted({one.institution_id for one, _ in kept if one.institution_id})
    copies = parts["known_institutions"].every({"_id": {"$in": ids}, "visibility": {"$in": list(visible)}})
    names = {one["_id"]: one.get("acronym") or one.get("name") for one in copies}
    return {"reservations": [_reservation(one, page, names) for one, page in kept]}


def _reservation(remark: Any, page: Mapping[str, Any], names: Mapping[str, Any]) -> dict[str, Any]:
    said = {name: getattr(remark, name) for name in ("section", "text", "proposal")}
    institution = names.get(remark.institution_id, remark.institution_id) if remark.institution_id else None
    return said | {
        "institution": institution,
        "verdict": page["state"] or "open",
        "answer": (page["answer"] or {}).get("answer"),
    }
