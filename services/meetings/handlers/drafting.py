"""Use cases of the desk: minutes made of the agenda, their sections written one by one, and errata."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from chassis.kernel.checks import refuse
from chassis.kernel.errors import ConflictError, FieldError, NotFoundError, StaleError
from chassis.kernel.record import FEDERATED
from services.meetings.contract import events
from services.meetings.domain.markdown import markdown_faults
from services.meetings.domain.meeting import Meeting, present
from services.meetings.domain.minutes import SEALED, Minutes, may_change
from services.meetings.domain.opening import opening
from services.meetings.domain.ports import Work
from services.meetings.domain.section import Section, as_section, settled, unknown_ids
from services.meetings.handlers.checks import unknown_institutions

TOLD_OF = ("convened", "held", "closed")
COPIED = (
    "meeting_id", "title", "date", "group_id", "group_name", "start", "end", "place", "preamble", "agenda",
    "attendance", "present", "sections", "signatory",
)  # fmt: skip
DESK = "internal"
"""A draft stays on its node until it is circulated: it is saved often, and nobody else is to read it yet."""


def draft_minutes(work: Work, *, id: str) -> Minutes:
    """The skeleton: a section an agenda item that was not put off.

    Raises: NotFoundError; ConflictError meeting-has-minutes, meeting-state.
    """
    meeting = work.meetings.own(id)
    if meeting.minutes_id is not None:
        params = {"meeting_id": id, "minutes_id": meeting.minutes_id, "date": meeting.date}
        raise ConflictError("meeting-has-minutes", "id", params)
    if meeting.state not in TOLD_OF:
        params = {"state": meeting.state, "allowed": ", ".join(TOLD_OF)}
        raise ConflictError("meeting-state", "state", params)
    minutes = work.new(Minutes, DESK, meeting_id=id, preamble=opening_of(work, meeting), **_facts(meeting))
    work.save(minutes, events.MINUTES_DRAFTED)
    work.save(work.revise(meeting, minutes_id=minutes.id), events.MEETING_CHANGED)
    return minutes


def save_section(
    work: Work, *, id: str, section_id: str, revision: int | None, changes: dict[str, Any]
) -> tuple[Minutes, Section]:
    """Other words in one section, whatever happened in the others.

    Raises: NotFoundError; ConflictError minutes-sealed; StaleError stale-section; InvalidError.
    """
    minutes = work.minutes.own(id)
    may_change(minutes)
    section = section_of(minutes, section_id)
    if revision is not None and revision != section.revision:
        params = {"given": revision, "current": section.revision, "section": section.title}
        raise StaleError("stale-section", section_id, params)
    given = as_section({**vars(section), **changes})
    said = [given if one.id == section_id else one for one in minutes.sections]
    errors = [
        *_named_only_here(unknown_ids(minutes.sections, said)),
        *section_faults(work, minutes, given, section, ""),
        *_number(minutes, given, section),
    ]
    refuse(errors)
    changed = work.revise(minutes, sections=settled(minutes.sections, said))
    work.save(changed, events.MINUTES_CHANGED)
    return changed, section_of(changed, section_id)


def correct_minutes(work: Work, *, id: str, reason: str) -> Minutes:
    """An erratum of adopted minutes, as a draft with their text.

    Raises: NotFoundError; ConflictError minutes-state, already-corrected.
    """
    minutes = work.minutes.own(id)
    if minutes.state not in SEALED:
        params = {"state": minutes.state, "allowed": ", ".join(SEALED)}
        raise ConflictError("minutes-state", "state", params)
    erratum = work.minutes.erratum_of(minutes)
    if erratum is not None:
        raise ConflictError("already-corrected", "id", {"by": erratum.id})
    text = {name: getattr(minutes, name) for name in COPIED}
    erratum = work.new(Minutes, DESK, corrects=id, correction_reason=reason, **text)
    work.save(erratum, events.MINUTES_DRAFTED)
    return erratum


def section_of(minutes: Minutes, section_id: str) -> Section:
    """The section. Raises: NotFoundError minutes-section-not-found."""
    found = next((one for one in minutes.sections if one.id == section_id), None)
    if found is None:
        raise NotFoundError("minutes-section-not-found", None, {"id": section_id})
    return found


def section_faults(
    work: Work, minutes: Minutes, given: Section, before: Section | None, field: str
) -> list[FieldError]:
    """What is wrong in a section beside its form, each with its field below `field`."""
    institutions = [(f"{field}actions.{place}.institution_id", one.institution_id) for place, one in _rows(given)]
    errors = unknown_institutions(work, institutions)
    if before is None or before.text != given.text:
        errors += markdown_faults(given.text, f"{field}text")
    for place, one in enumerate(given.decisions):
        errors += markdown_faults(one.text, f"{field}decisions.{place}.text")
        if one.document_id and work.documents.find(one.document_id) is None:
            params = {"id": one.document_id}
            errors.append(
                {"field": f"{field}decisions.{place}.document_id", "code": "document-not-found", "params": params}
            )
        earlier = work.decisions.of_decision(one.confirms) if one.confirms else None
        if earlier is not None and (not earlier.to_confirm or earlier.group_id != minutes.group_id):
            fault = {"field": f"{field}decisions.{place}.confirms", "code": "nothing-to-confirm", "params": {}}
            errors.append(fault)
        if one.confirms and earlier is None:
            params = {"id": one.confirms}
            errors.append(
                {"field": f"{field}decisions.{place}.confirms", "code": "decision-not-found", "params": params}
            )
    return errors


def _rows(section: Section) -> list[tuple[int, Any]]:
    return list(enumerate(section.actions))


def _named_only_here(errors: list[FieldError]) -> list[FieldError]:
    """Of all sections, told as fields of the one that is written: `sections.3.decisions.0.id` → `decisions.0.id`."""
    return [{**one, "field": one["field"].split(".", 2)[2]} for one in errors]


def _number(minutes: Minutes, given: Section, before: Section) -> list[FieldError]:
    """A section has the number of a point of the agenda, where these have numbers."""
    known = [one.number for one in minutes.agenda if one.number is not None]
    if given.number in (None, before.number) or not known or given.number in known:
        return []
    params = {"number": given.number, "known": ", ".join(str(one) for one in known)}
    return [{"field": "number", "code": "agenda-item-not-found", "params": params}]


def _facts(meeting: Meeting) -> dict[str, Any]:
    sections = [Section(title=one.title, number=one.number) for one in meeting.agenda if not one.postponed]
    return {
        "title": meeting.title,
        "date": meeting.date,
        "group_id": meeting.group_id,
        "group_name": meeting.group_name,
        "start": meeting.start,
        "end": meeting.end,
        "place": meeting.place,
        "agenda": meeting.agenda,
        **who_was_there(meeting),
        "sections": settled((), sections),
    }


def who_was_there(meeting: Meeting, written: Sequence[str] = ()) -> dict[str, Any]:
    """The list of presence as the meeting has it, and the institutions that are told.

    `written`: what the draft says; words of its own stay, before who came to be listed since.
    """
    texts = tuple(one.text for one in meeting.attendance if one.there)
    own = [text for text in written if text not in texts]
    listed = (*written, *(text for text in texts if text not in written)) if own else texts
    return {"attendance": listed, "present": present(meeting)}


def opening_of(work: Work, meeting: Meeting) -> str | None:
    """The first paragraph of a draft: who chaired, with what quorum; of an institution that is internal no name."""
    reach = {} if meeting.visibility == "internal" else {"visibility": {"$in": list(FEDERATED)}}
    ids = [one.institution_id for one in meeting.officers]
    known = {one["_id"]: one for one in work.known_institutions.every({"_id": {"$in": ids}, **reach})}

    def called(id: str) -> str:
        found = known.get(id)
        return str(found.get("acronym") or found["name"]) if found else "institution"

    return opening(meeting, called)


def marked_to_confirm(sections: tuple[Section, ...]) -> tuple[Section, ...]:
    """The sections of a meeting without quorum: what it decided stands once a later one has confirmed it."""
    return tuple(
        replace(one, decisions=tuple(replace(each, to_confirm=True) for each in one.decisions)) for one in sections
    )
