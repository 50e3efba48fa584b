"""Documents put up for validation: records and commands of documents, rounds and opinions; pages, and proposals."""

from chassis.contract.files import FileSchema
from chassis.contract.schema import (
    Choice,
    Command,
    Day,
    Id,
    Instant,
    PageQuery,
    Part,
    RecordSchema,
    Text,
    VersionQuery,
    Whole,
    YesNo,
    changes_of,
    many,
    maybe,
    one,
    visibility,
)
from services.meetings.contract.commands import Deadline
from services.meetings.domain import document, validation_round

LINE, LONG, LINK = 500, 20_000, 2000
MOST_GROUPS = 200
MOST_SECTIONS = 500


class DocumentFields(Part):
    """What people fill in of a document."""

    title = Text(LINE, required=True)
    kind = Choice(*document.KINDS, load_default="report")
    summary = maybe(Text, LONG, lines=True)
    meeting_id = maybe(Id)
    item_id = maybe(Id)
    read_by = maybe(Day)


class DocumentVersionSchema(Part):
    """One text of the document: where it is, what is new in it, its files."""

    number = Whole(1, 10_000, required=True)
    reference = Text(LINK, required=True)
    note = maybe(Text, LONG, lines=True)
    added_at = Instant(required=True)
    files = many(FileSchema, document.MOST_FILES)
    sections = many(Text(LINE), MOST_SECTIONS)
    circulated_at = maybe(Instant)
    deadline = maybe(Instant)
    integrates = YesNo(load_default=False)
    finalised_at = maybe(Instant)
    handled = many(Id(), document.MOST_HANDLED)


class DocumentSchema(RecordSchema, DocumentFields):
    """A document put up for validation; the last of its versions is the one in question."""

    versions = many(DocumentVersionSchema, 10_000)
    state = Choice(*document.STATES, required=True)


class SubmitDocumentSchema(Command, DocumentFields):
    """Put up a document; `reference` says where its first text is, `sections` its headings, which remarks name."""

    reference = Text(LINK, required=True)
    note = maybe(Text, LONG, lines=True)
    sections = many(Text(LINE), MOST_SECTIONS)
    visibility = visibility("gtm")


class DocumentChanges(DocumentFields):
    """What may change before a document is under review."""

    visibility = visibility("gtm")


class ChangeDocumentSchema(VersionQuery):
    """Another title, kind or summary; or open to whom."""

    changes = changes_of(DocumentChanges)


class ReviseDocumentSchema(VersionQuery):
    """Another text of the document."""

    reference = Text(LINK, required=True)
    note = maybe(Text, LONG, lines=True)
    sections = many(Text(LINE), MOST_SECTIONS)


class CirculateDocumentSchema(VersionQuery):
    """Send the last text out for remarks until a deadline (an instant, or a day up to its end)."""

    deadline = Deadline(required=True)


class MoveDocumentSchema(VersionQuery):
    """Nothing more to say."""


class DocumentFilterSchema(PageQuery):
    """Which documents."""

    kind = maybe(Choice, *document.KINDS)
    state = maybe(Choice, *document.STATES)
    meeting_id = maybe(Id)


class AskedGroupSchema(Part):
    """A group that is asked, and the node that holds it."""

    id = Id(required=True)
    name = Text(LINE, required=True)
    node = Text(40, required=True)


class RoundSchema(RecordSchema):
    """Groups are asked for their opinion of a version of a document, by a deadline."""

    document_id = Id(required=True)
    document_title = Text(LINE, required=True)
    document_kind = Choice(*document.KINDS, required=True)
    version_number = Whole(1, 10_000, required=True)
    reference = Text(LINK, required=True)
    groups = many(AskedGroupSchema, MOST_GROUPS)
    deadline = Instant(required=True)
    opened_at = Instant(required=True)
    note = maybe(Text, LONG, lines=True)
    state = Choice(*validation_round.STATES, required=True)
    outcome = maybe(Choice, *document.OUTCOMES)
    conclusion = maybe(Text, LONG, lines=True)
    closed_at = maybe(Instant)
    unanswered = many(Id(), MOST_GROUPS)


class OpenRoundSchema(Command):
    """Ask groups for their opinion of the document's last version."""

    id = Id(required=True)
    group_ids = many(Id(), MOST_GROUPS, required=True)
    deadline = Deadline(required=True)
    note = maybe(Text, LONG, lines=True)


class RoundFields(Part):
    """What may change while a round is open."""

    deadline = Deadline(required=True)
    note = maybe(Text, LONG, lines=True)


class ChangeRoundSchema(VersionQuery):
    """Another deadline, or other words."""

    changes = changes_of(RoundFields)


class CloseRoundSchema(VersionQuery):
    """End the round with an outcome, which the document takes on."""

    outcome = Choice(*document.OUTCOMES, required=True)
    conclusion = maybe(Text, LONG, lines=True)


class RoundFilterSchema(PageQuery):
    """Which rounds."""

    document_id = maybe(Id)
    state = maybe(Choice, *validation_round.STATES)


class OpinionFields(Part):
    """What a group thinks, and at which meeting it said so."""

    verdict = Choice(*validation_round.VERDICTS, required=True)
    remarks = maybe(Text, LONG, lines=True)
    meeting_id = maybe(Id)


class OpinionSchema(RecordSchema, OpinionFields):
    """The opinion of a group in a round; its last version is what counts."""

    round_id = Id(required=True)
    group_id = Id(required=True)
    given_at = Instant(required=True)


class GiveOpinionSchema(Command, OpinionFields):
    """Give the opinion of a group that this node holds."""

    id = Id(required=True)
    group_id = Id(required=True)


class ChangeOpinionSchema(VersionQuery):
    """The group thinks otherwise now."""

    changes = changes_of(OpinionFields)


class OpinionFilterSchema(PageQuery):
    """Of which round, of which group."""

    round_id = maybe(Id)
    group_id = maybe(Id)


class CountedSchema(Part):
    """A group's opinion as it counts; `late` is null where its clock was wrong."""

    group = one(AskedGroupSchema, required=True)
    opinion = one(OpinionSchema, required=True)
    late = YesNo(required=True, allow_none=True)


class SilentSchema(Part):
    """A group that has not answered, and for how many whole days."""

    group = one(AskedGroupSchema, required=True)
    days = Whole(0, 2**31, required=True)


class SentencesSchema(Part):
    """The count in words."""

    fr = Text(100_000, required=True)
    en = Text(100_000, required=True)


class TallySchema(Part):
    """How a round stands now."""

    asked = Whole(0, MOST_GROUPS, required=True)
    answered = Whole(0, MOST_GROUPS, required=True)
    favourable = Whole(0, MOST_GROUPS, required=True)
    favourable_with_remarks = Whole(0, MOST_GROUPS, required=True)
    unfavourable = Whole(0, MOST_GROUPS, required=True)
    abstention = Whole(0, MOST_GROUPS, required=True)
    late = Whole(0, MOST_GROUPS, required=True)
    counted = many(CountedSchema, MOST_GROUPS)
    silent = many(SilentSchema, MOST_GROUPS)
    sentence = one(SentencesSchema, required=True)


class RoundPageSchema(RoundSchema):
    """A round with its count; as of an earlier instant only the round."""

    tally = one(TallySchema, allow_none=True, load_default=None)


class ProposalSchema(Part):
    """A round of any node in which a group of this node has not given its opinion yet."""

    round_id = Id(required=True)
    origin = Text(40, required=True)
    group = one(AskedGroupSchema, required=True)
    document_id = Id(required=True)
    document_title = Text(LINE, required=True)
    document_kind = Choice(*document.KINDS, required=True)
    version_number = Whole(1, 10_000, required=True)
    reference = Text(LINK, required=True)
    note = maybe(Text, LONG, lines=True)
    opened_at = Instant(required=True)
    deadline = Instant(required=True)
    overdue = YesNo(required=True)


class ProposalFilterSchema(PageQuery):
    """Nothing to choose but the page."""
