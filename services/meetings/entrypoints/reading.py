"""Calls on documents to read before a meeting; that one is opened is noted where its file is read."""

from datetime import datetime
from typing import Any

from chassis.contract.schema import load
from chassis.kernel.clock import NIAMEY
from chassis.kernel.errors import ConflictError
from chassis.service import IdQuery, Service, rpc
from services.actors.contract.merges import led_by
from services.meetings.contract import reading as contract
from services.meetings.domain import rsvp
from services.meetings.domain.document import Document
from services.meetings.domain.meeting import Meeting
from services.meetings.domain.reading import Paper, papers, sentences
from services.meetings.handlers.reading import note_opening


class ReadingEntrypoints(Service):
    """Who opened what, and what is still missing."""

    @rpc
    def list_openings(self, payload: Any) -> Any:
        """A page of openings."""
        query = self.store.parts["openings"].listed
        return self.page(query, contract.OpeningFilterSchema(), payload, contract.OpeningSchema())

    @rpc
    def get_opening(self, payload: Any) -> Any:
        """One opening."""
        return self.one("openings", IdQuery(), payload, contract.OpeningSchema())

    @rpc
    def list_meeting_papers(self, payload: Any) -> Any:
        """The documents of a meeting as they stand today, in the order of its agenda: {items, next_cursor}."""
        caller, asked = self.asking(), load(contract.MeetingPapersSchema(), payload)
        meeting: Meeting = self.store.parts["meetings"].seen_by(caller).get(asked["id"])
        levels = self.sight().levels
        documents = self.store.parts["documents"].of_meeting(meeting.id, levels)
        openings = self.store.parts["openings"].of_documents([one.id for one in documents], levels)
        group = self.store.parts["known_groups"].seen_by(caller).find(meeting.group_id) if meeting.group_id else None
        invited = rsvp.invited(group.get("members") or () if group else (), meeting.date)
        stands_for = led_by(self.store.parts["known_merges"].every())
        today = datetime.now(NIAMEY).date().isoformat()
        found = papers(meeting, documents, openings, invited, today, stands_for)
        items = [self._shown(one, members="gtm" in levels, all="internal" in levels) for one in found]
        return {"items": contract.PaperSchema().dump(items, many=True), "next_cursor": None}

    def note_opened(self, document: Document) -> None:
        """A file of it is about to be given out: once an institution, and not where the caller speaks for none."""
        principal = self.asking().principal
        institution = principal.institution_id
        if institution is None or document.meeting_id is None or principal.read_only:
            return
        if self.store.parts["openings"].is_noted(document.id, institution):
            return
        try:
            with self.store.work(self.asking()) as work:
                note_opening(work, document, institution)
        except ConflictError:
            return  # somebody else of the institution opened it at the same moment

    def _shown(self, paper: Paper, members: bool, all: bool) -> dict[str, Any]:
        document = paper.document
        told = {name: getattr(document, name) for name in ("id", "origin", "title", "kind", "item_id", "read_by")}
        told |= {"days_left": paper.days_left, "missing": paper.missing, "warned": paper.warned}
        told |= {"files": len(document.versions[-1].files), "asked": None, "opened": None, "sentence": None}
        if members:
            told |= {"asked": len(paper.asked), "opened": len(paper.opened), "sentence": sentences(paper)}
        told["opened_by"] = [self._named(id) for id in paper.opened] if all else []
        return told

    def _named(self, id: str) -> dict[str, Any]:
        copy = self.store.parts["known_institutions"].find(id, within=0) or {}
        return {"institution_id": id, "name": copy.get("name"), "acronym": copy.get("acronym")}
