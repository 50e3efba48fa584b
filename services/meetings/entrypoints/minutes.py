"""Calls on minutes: read in, shown, circulated, adopted, published."""

import base64
import binascii
from typing import Any

from chassis.contract.schema import load
from chassis.kernel.errors import ConflictError, InvalidError
from chassis.service import IdQuery, Service, rpc
from chassis.storage.repository import structure
from services.meetings.adapters.extract_text import extract_text
from services.meetings.adapters.minutes_docx import minutes_docx, skeleton_docx
from services.meetings.adapters.minutes_html import minutes_html
from services.meetings.adapters.minutes_pdf import minutes_pdf
from services.meetings.adapters.minutes_text import minutes_text
from services.meetings.adapters.pdf_maker import MEDIA_TYPE as PDF
from services.meetings.contract import commands
from services.meetings.contract.records import MeetingSchema, MinutesPageSchema, MinutesSchema
from services.meetings.domain.minutes import Minutes, days_to_adoption, standing
from services.meetings.entrypoints.papers import as_file, with_reservations
from services.meetings.handlers import minutes as handlers
from services.meetings.handlers.importing import Given, import_minutes

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
FILES = {"pdf": (minutes_pdf, PDF), "docx": (minutes_docx, DOCX)}


class MinutesEntrypoints(Service):
    """list, get, import, render, change, circulate, adopt, publish."""

    @rpc
    def list_minutes(self, payload: Any) -> Any:
        """A page of minutes, the latest first."""
        query = self.store.parts["minutes"].listed
        return self.page(query, commands.MinutesFilterSchema(), payload, MinutesSchema())

    @rpc
    def get_minutes(self, payload: Any) -> Any:
        """The minutes with the whole text they were read from, how they stand, and the days that adoption took."""
        shown = self.one("minutes", IdQuery(), payload, MinutesSchema())
        source = self.store.parts["sources"].find(shown["source"]["sha256"]) if shown["source"] else None
        record = structure(MinutesSchema().load(shown), Minutes)
        beside = {"standing": standing(record), "days_to_adoption": days_to_adoption(record)}
        told = {"source_text": (source or {}).get("text"), **beside}
        return MinutesPageSchema(only=tuple(told)).dump(told) | shown

    @rpc
    def import_minutes(self, payload: Any) -> Any:
        """Take a compte-rendu in: {created, meeting_id, minutes_id, warnings, extracted}."""
        caller = self.asking()
        asked = load(commands.ImportMinutesSchema(), payload)
        content = _bytes(asked["content_base64"])
        text = extract_text(content, asked["media_type"], asked["charset"], asked["filename"])
        given = Given(text, asked["media_type"], len(content), asked["filename"])

        def act(work: Any) -> dict[str, Any]:
            return import_minutes(work, given, **{name: asked[name] for name in ("archive", "meeting_id", "date")})

        try:
            return self.answer(caller, payload, act)
        except ConflictError:
            # The same text may have come twice at once: then the other one was first, and its result is ours.
            return self.answer(caller, payload, act)

    @rpc
    def render_minutes(self, payload: Any) -> Any:
        """The minutes as a page or as plain text {text, version, origin}, as PDF or DOCX {content_base64, …}."""
        asked = load(commands.RenderMinutesSchema(), payload)
        shown = self.one("minutes", IdQuery(), {"id": asked["id"], "as_of": asked["as_of"]}, MinutesSchema())
        if asked["as_of"] is None:
            shown = shown | with_reservations(self.store.parts, shown, self.sight().levels)
        told = {name: shown[name] for name in ("version", "origin")}
        if asked["format"] in FILES:
            make, media_type = FILES[asked["format"]]
            name = f"compte-rendu-{shown['date']}.{asked['format']}"
            return told | as_file(make(shown, asked["language"]), media_type, name)
        render = minutes_html if asked["format"] == "html" else minutes_text
        return told | {"text": render(shown, asked["language"])}

    @rpc
    def minutes_docx(self, payload: Any) -> Any:
        """A meeting's minutes as DOCX, or the empty form filled from its agenda: {content_base64, …}."""
        asked = load(commands.MinutesDocxSchema(), payload)
        meeting = self.one("meetings", IdQuery(), {"id": asked["id"]}, MeetingSchema())
        if asked["skeleton"] or meeting["minutes_id"] is None:
            content = skeleton_docx(meeting)
        else:
            content = minutes_docx(self.one("minutes", IdQuery(), {"id": meeting["minutes_id"]}, MinutesSchema()))
        return as_file(content, DOCX, f"compte-rendu-{meeting['date']}.docx")

    @rpc
    def change_minutes(self, payload: Any) -> Any:
        """See handlers.minutes."""
        return self.perform(handlers.change_minutes, commands.ChangeMinutesSchema(), payload, MinutesSchema())

    @rpc
    def circulate_minutes(self, payload: Any) -> Any:
        """See handlers.minutes."""
        return self.perform(handlers.circulate_minutes, commands.CirculateMinutesSchema(), payload, MinutesSchema())

    @rpc
    def adopt_minutes(self, payload: Any) -> Any:
        """See handlers.minutes."""
        return self.perform(handlers.adopt_minutes, commands.AdoptMinutesSchema(), payload, MinutesSchema())

    @rpc
    def publish_minutes(self, payload: Any) -> Any:
        """See handlers.minutes."""
        return self.perform(handlers.publish_minutes, commands.PublishMinutesSchema(), payload, MinutesSchema())


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        fault = {"field": "content_base64", "code": "not-base64", "params": {}}
        raise InvalidError("invalid-request", "content_base64", {}, [fault]) from error
