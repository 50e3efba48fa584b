"""Remarks on minutes and documents: records and commands."""

from chassis.contract.schema import (
    Choice,
    Command,
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
    maybe,
    one,
)
from services.meetings.contract.records import LINE
from services.meetings.domain import remark

LONG = 20_000


class RemarkFields(Part):
    """What there is to say, of which section, and the words that should stand there instead.

    An amendment of minutes names a paragraph by its number (lines that are not blank, from 1), and if it likes by the
    SHA-256 of its text; an empty proposal leaves the paragraph out.
    """

    text = Text(LONG, required=True, lines=True)
    section = maybe(Text, LINE)
    proposal = maybe(Text, LONG, lines=True, shortest=0)
    kind = maybe(Choice, *remark.KINDS)
    section_id = maybe(Id)
    paragraph = maybe(Whole, 1, 1_000_000)
    paragraph_sha256 = maybe(Text, 64)


class RemarkSchema(RecordSchema, RemarkFields):
    """What an institution says of a text that was circulated, or a secretariat where none is named."""

    target_kind = Choice(*remark.TARGETS, required=True)
    target_id = Id(required=True)
    target_version = Whole(1, 2**53, required=True)
    institution_id = maybe(Id)
    filed_at = Instant(required=True)


class FileRemarkSchema(Command, RemarkFields):
    """File a remark, for one's own institution; the secretariat may name the one it writes for."""

    id = Id(required=True)
    institution_id = maybe(Id)


class ChangeRemarkSchema(VersionQuery):
    """Other words, before there is a verdict."""

    changes = changes_of(RemarkFields)


class RemarkFilterSchema(PageQuery):
    """On which text, of which institution, on which section."""

    target_id = maybe(Id)
    institution_id = maybe(Id)
    section = maybe(Text, LINE)


class RemarkAnswerFields(Part):
    """What is made of it, and why; of a remark on a document that is taken in, where in which of its texts."""

    verdict = Choice(*remark.VERDICTS, required=True)
    answer = maybe(Text, LONG, lines=True)
    place = maybe(Text, LINE)
    in_version = maybe(Whole, 1, 10_000)


class RemarkAnswerSchema(RecordSchema, RemarkAnswerFields):
    """The verdict on a remark, of the node that holds the text."""

    remark_id = Id(required=True)
    target_kind = Choice(*remark.TARGETS, required=True)
    target_id = Id(required=True)
    minutes_version = maybe(Whole, 1, 2**53)
    remark_version = maybe(Whole, 1, 2**53)
    given_at = Instant(required=True)


class AnswerRemarkSchema(Command, RemarkAnswerFields):
    """Take a remark in, or set it aside with a reason.

    An amendment that is taken in changes its paragraph; `becomes` is the text of the section in other words than those
    proposed, `section_id` the section where the remark names none.
    """

    id = Id(required=True)
    section_id = maybe(Id)
    becomes = maybe(Text, 1_000_000, lines=True, shortest=0)


class AnswerOpinionSchema(Command, RemarkAnswerFields):
    """Take in what a group says in its opinion, or set it aside with a reason."""

    id = Id(required=True)


class ChangeRemarkAnswerSchema(VersionQuery):
    """Another verdict, or other words."""

    changes = changes_of(RemarkAnswerFields)


class RemarkAnswerFilterSchema(PageQuery):
    """On which remark, on which text."""

    remark_id = maybe(Id)
    target_id = maybe(Id)


class RemarkPageSchema(RemarkSchema):
    """A remark with what became of it: `state` open, or the verdict; `late` null where nobody can tell.

    `reservation`: it was in time, and without a verdict when the minutes were adopted.
    """

    state = Choice(*remark.STATES, allow_none=True, load_default=None)
    late = YesNo(allow_none=True, load_default=None)
    reservation = YesNo(load_default=False)
    answer = one(RemarkAnswerSchema, allow_none=True, load_default=None)
