"""Use cases of documents put up for validation, and of the rounds in which groups are asked."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from chassis.kernel.checks import refuse, unknown
from chassis.kernel.clock import NIAMEY, rfc3339
from chassis.kernel.errors import ConflictError, FieldError
from services.meetings.contract import events
from services.meetings.domain.document import (
    BY_OUTCOME,
    Document,
    DocumentFile,
    DocumentVersion,
    circulated,
    may_change,
    next_state,
    sheet_faults,
    with_file,
    without_file,
)
from services.meetings.domain.ports import Work
from services.meetings.domain.reading import faults
from services.meetings.domain.tally import tally
from services.meetings.domain.validation_round import AskedGroup, Round
from services.meetings.domain.validation_round import may_change as round_may_change


def submit_document(
    work: Work, *, visibility: str, reference: str, note: str | None, sections: list[str], **fields: Any
) -> Document:
    """Put a document up for validation, with its first text."""
    document = work.new(Document, visibility, versions=[text_of(work, 1, reference, note, sections)], **fields)
    _belongs(work, document, None)
    work.save(document, events.DOCUMENT_SUBMITTED)
    return document


def change_document(work: Work, *, id: str, version: int | None, changes: dict[str, Any]) -> Document:
    """Another title, kind or summary. Raises: NotFoundError; StaleError; ConflictError document-state."""
    document = work.documents.own(id, version)
    may_change(document)
    changed = work.revise(document, **changes)
    _belongs(work, changed, document)
    work.save(changed, events.DOCUMENT_CHANGED)
    return changed


def revise_document(
    work: Work, *, id: str, version: int | None, reference: str, note: str | None, sections: list[str]
) -> Document:
    """Another text, to be asked about in a round of its own. Raises: ConflictError document-state."""
    document = work.documents.own(id, version)
    text = text_of(work, len(document.versions) + 1, reference, note, sections)
    revised = work.revise(document, state=next_state(document, "revise"), versions=[*document.versions, text])
    work.save(revised, events.DOCUMENT_REVISED)
    return revised


def add_file(work: Work, *, id: str, version: int | None, **file: Any) -> Document:
    """A file to the last text; its bytes are here. Raises: ConflictError document-state, too-many-files."""
    document = work.documents.own(id, version)
    changed = work.revise(document, versions=[asdict(one) for one in with_file(document, DocumentFile(**file))])
    work.save(changed, events.DOCUMENT_CHANGED)
    return changed


def remove_file(work: Work, *, id: str, version: int | None, sha256: str) -> Document:
    """Take a file of the last text away. Raises: NotFoundError file-not-found; ConflictError document-state."""
    document = work.documents.own(id, version)
    changed = work.revise(document, versions=[asdict(one) for one in without_file(document, sha256)])
    work.save(changed, events.DOCUMENT_CHANGED)
    return changed


def supersede_document(work: Work, *, id: str, version: int | None) -> Document:
    """Another document stands in its place. Raises: ConflictError document-state."""
    document = work.documents.own(id, version)
    superseded = work.revise(document, state=next_state(document, "supersede"))
    work.save(superseded, events.DOCUMENT_SUPERSEDED)
    return superseded


def open_round(work: Work, *, id: str, group_ids: list[str], deadline: datetime, note: str | None) -> Round:
    """Ask groups about the last text. Raises: InvalidError; ConflictError document-state, record-internal."""
    document = work.documents.get(id)
    state = next_state(document, "open_round")
    if document.visibility == "internal":
        raise ConflictError("record-internal", "visibility", {"id": id})
    groups, errors = _groups(work, group_ids)
    refuse(errors + ahead(work, deadline))
    under_review = work.revise(document, state=state, versions=_out_until(work, document, deadline))
    text = document.versions[-1]
    opened = work.new(
        Round,
        "gtm",
        document_id=id,
        document_title=document.title,
        document_kind=document.kind,
        version_number=text.number,
        reference=text.reference,
        groups=groups,
        deadline=deadline,
        opened_at=work.now,
        note=note,
    )
    work.save(under_review, events.DOCUMENT_CIRCULATED)
    work.save(opened, events.ROUND_OPENED)
    return opened


def change_round(work: Work, *, id: str, version: int | None, changes: dict[str, Any]) -> Round:
    """Another deadline, or other words. Raises: NotFoundError; StaleError; ConflictError round-closed."""
    known = work.rounds.own(id, version)
    round_may_change(known)
    if "deadline" in changes:
        refuse(ahead(work, changes["deadline"]))
    changed = work.revise(known, **changes)
    work.save(changed, events.ROUND_CHANGED)
    document = work.documents.find(known.document_id)
    if document is not None and document.state == "under_review":
        versions = _out_until(work, document, changed.deadline)
        work.save(work.revise(document, versions=versions), events.DOCUMENT_CHANGED)
    return changed


def close_round(work: Work, *, id: str, version: int | None, outcome: str, conclusion: str | None) -> Round:
    """End it with an outcome, which the document takes on; who has not answered is named. Raises: ConflictError."""
    known = work.rounds.own(id, version)
    round_may_change(known)
    count = tally(known, work.opinions.of_rounds([id]), work.now)
    closed = work.revise(
        known,
        state="closed",
        outcome=outcome,
        conclusion=conclusion,
        closed_at=work.now,
        unanswered=[one.group.id for one in count.silent],
    )
    document = work.documents.get(known.document_id)
    judged = work.revise(document, state=next_state(document, BY_OUTCOME[outcome]))
    work.save(closed, events.ROUND_CLOSED)
    work.save(judged, events.DOCUMENT_REJECTED if outcome == "rejected" else events.DOCUMENT_VALIDATED)
    return closed


def text_of(work: Work, number: int, reference: str, note: str | None, sections: list[str]) -> dict[str, Any]:
    """A text as it is put up. Raises: InvalidError given-twice for a heading."""
    twice = [place for place, one in enumerate(sections) if one in sections[:place]]
    refuse([{"field": f"sections.{at}", "code": "given-twice", "params": {"id": sections[at]}} for at in twice])
    return {"number": number, "reference": reference, "note": note, "sections": sections, "added_at": work.now}


def _out_until(work: Work, document: Document, deadline: datetime) -> tuple[DocumentVersion, ...]:
    """Who may give an opinion until then may make a remark until then; a later day that was said stands."""
    said = document.versions[-1].deadline
    return circulated(document, work.now, max(deadline, said or deadline))


def _belongs(work: Work, document: Document, before: Document | None) -> None:
    """The meeting and item that it belongs to are known here, and there is time to read it. Raises: InvalidError."""
    named = [("meeting_id", document.meeting_id)]
    refuse(unknown(work.meetings.find, named, "meeting-not-found") + sheet_faults(document))
    meeting = work.meetings.get(document.meeting_id) if document.meeting_id else None
    new_deadline = before is None or before.read_by != document.read_by
    refuse(faults(document, meeting, work.now.astimezone(NIAMEY).date().isoformat(), new_deadline))


def _groups(work: Work, ids: list[str]) -> tuple[list[AskedGroup], list[FieldError]]:
    """The groups as they are called today, each with its node; and what is wrong with them."""
    if not ids:
        return [], [{"field": "group_ids", "code": "required", "params": {}}]
    found: list[AskedGroup] = []
    errors: list[FieldError] = []
    for place, id in enumerate(ids):
        group = work.known_groups.find(id)
        if group is None:
            errors.append({"field": f"group_ids.{place}", "code": "group-not-found", "params": {"id": id}})
        elif group.get("visibility") == "internal":
            errors.append({"field": f"group_ids.{place}", "code": "group-internal", "params": {"id": id}})
        elif id in ids[:place]:
            errors.append({"field": f"group_ids.{place}", "code": "given-twice", "params": {"id": id}})
        else:
            node = group.get("node") or group["origin"]
            found.append(AskedGroup(id=id, name=group.get("acronym") or group["name"], node=node))
    return found, errors


def ahead(work: Work, deadline: datetime) -> list[FieldError]:
    """What is wrong with a deadline that is over."""
    if deadline > work.now:
        return []
    return [{"field": "deadline", "code": "deadline-not-ahead", "params": {"now": rfc3339(work.now)}}]
