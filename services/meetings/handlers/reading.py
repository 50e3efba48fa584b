"""Use cases of documents to read before a meeting."""

from services.meetings.contract import events
from services.meetings.domain.document import Document
from services.meetings.domain.ports import Work
from services.meetings.domain.reading import Opening
from services.meetings.handlers.checks import reach_of


def note_opening(work: Work, document: Document, institution_id: str) -> Opening:
    """Somebody of an institution opens a document, for the first time here."""
    said = {"document_id": document.id, "institution_id": institution_id, "opened_at": work.now}
    opening = work.new(Opening, reach_of(document), **said)
    work.save(opening, events.OPENING_NOTED)
    return opening
