"""Use cases of a document's way to its final text: out for remarks, the text that takes them in, the proof."""

from datetime import datetime

from chassis.kernel.checks import refuse
from services.meetings.contract import events
from services.meetings.domain.document import Document, circulated, may_change, next_state
from services.meetings.domain.handling import Handled, sealed, table
from services.meetings.domain.ports import Work
from services.meetings.handlers.document import ahead, text_of


def circulate_document(work: Work, *, id: str, version: int | None, deadline: datetime) -> Document:
    """Send the last text out for remarks; groups are asked for an opinion by a round. Raises: ConflictError."""
    document = work.documents.own(id, version)
    may_change(document)
    refuse(ahead(work, deadline))
    sent = work.revise(document, versions=circulated(document, work.now, deadline))
    work.save(sent, events.DOCUMENT_CIRCULATED)
    return sent


def integrate_document(
    work: Work, *, id: str, version: int | None, reference: str, note: str | None, sections: list[str]
) -> Document:
    """Another text, which takes in what the validation was subject to. Raises: ConflictError document-state, -final."""
    document = work.documents.own(id, version)
    state = next_state(document, "integrate")
    text = text_of(work, len(document.versions) + 1, reference, note, sections) | {"integrates": True}
    changed = work.revise(document, state=state, versions=[*document.versions, text])
    work.save(changed, events.DOCUMENT_REVISED)
    return changed


def finalise_document(work: Work, *, id: str, version: int | None) -> Document:
    """Its last text is final: each remark known here was seen to. Raises: ConflictError remarks-not-handled."""
    document = work.documents.own(id, version)
    versions = sealed(document, table_of(work, document), work.now)
    final = work.revise(document, state=next_state(document, "finalise"), versions=versions)
    work.save(final, events.DOCUMENT_VALIDATED)
    return final


def table_of(work: Work, document: Document) -> tuple[Handled, ...]:
    """What became of each remark on it, as far as this node knows."""
    rounds = work.rounds.of_document(document.id)
    opinions = work.opinions.of_rounds([one.id for one in rounds])
    return table(
        document, work.remarks.of_target(document.id), rounds, opinions, work.remark_answers.of_target(document.id)
    )
