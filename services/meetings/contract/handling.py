"""The table of what became of each remark on a document: its page, and in which form it is asked for."""

from chassis.contract.schema import Choice, Command, Id, Instant, Part, Text, Whole, YesNo, many, maybe, one
from services.meetings.contract.remarks import LONG, RemarkAnswerSchema
from services.meetings.contract.validation import LINE, DocumentSchema, SentencesSchema
from services.meetings.domain import handling
from services.meetings.domain.document import MOST_HANDLED

KINDS = ("remark", "opinion")


class AskHandledSchema(Command):
    """Of which document, in which form and language."""

    id = Id(required=True)
    format = Choice("json", "html", "text", load_default="json")
    language = Choice("fr", "en", load_default="fr")


class HandledRowSchema(Part):
    """A remark, or what a group says in its opinion, and what became of it; `after_final`: not known when sealed."""

    kind = Choice(*KINDS, required=True)
    id = Id(required=True)
    origin = Text(40, required=True)
    institution_id = maybe(Id)
    institution = maybe(Text, LINE)
    group_id = maybe(Id)
    group = maybe(Text, LINE)
    section = maybe(Text, LINE)
    text = Text(LONG, required=True, lines=True)
    proposal = maybe(Text, LONG, lines=True)
    version_number = Whole(1, 10_000, required=True)
    at = Instant(required=True)
    late = YesNo(required=True, allow_none=True)
    state = Choice(*handling.STATES, required=True)
    answer = one(RemarkAnswerSchema, allow_none=True, load_default=None)
    after_final = YesNo(required=True)


class HandledSchema(Part):
    """The table, and the document it is of; `hidden`: how many that the final text names are not shown to who asks."""

    document = one(DocumentSchema, required=True)
    final = YesNo(required=True)
    open = Whole(0, MOST_HANDLED, required=True)
    to_integrate = Whole(0, MOST_HANDLED, required=True)
    integrated = Whole(0, MOST_HANDLED, required=True)
    set_aside = Whole(0, MOST_HANDLED, required=True)
    hidden = Whole(0, MOST_HANDLED, required=True)
    sentence = one(SentencesSchema, required=True)
    rows = many(HandledRowSchema, 2 * MOST_HANDLED)
