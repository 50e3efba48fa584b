"""Documents to read before a meeting: who opened them, and how each stands."""

from chassis.contract.schema import (
    Choice,
    Day,
    Id,
    Instant,
    PageQuery,
    Part,
    RecordSchema,
    Text,
    Whole,
    YesNo,
    many,
    maybe,
    one,
)
from services.meetings.contract.invitation import CountSentenceSchema, InstitutionNameSchema
from services.meetings.contract.records import LINE
from services.meetings.domain import document

MOST_INSTITUTIONS = 2000


class OpeningSchema(RecordSchema):
    """An institution opened a document, for the first time on that node; which person is not in it."""

    document_id = Id(required=True)
    institution_id = Id(required=True)
    opened_at = Instant(required=True)


class OpeningFilterSchema(PageQuery):
    """Of which document, by which institution."""

    document_id = maybe(Id)
    institution_id = maybe(Id)


class MeetingPapersSchema(PageQuery):
    """Of which meeting."""

    id = Id(required=True)


class PaperSchema(Part):
    """A document of a meeting as it stands today; who opened it is for members: null for the public."""

    id = Id(required=True)
    origin = Text(40, required=True)
    title = Text(LINE, required=True)
    kind = Choice(*document.KINDS, required=True)
    item_id = maybe(Id)
    read_by = maybe(Day)
    days_left = Whole(-(2**31), 2**31, required=True)
    files = Whole(0, document.MOST_FILES, required=True)
    missing = YesNo(required=True)
    warned = YesNo(required=True)
    asked = maybe(Whole, 0, MOST_INSTITUTIONS)
    opened = maybe(Whole, 0, MOST_INSTITUTIONS)
    opened_by = many(InstitutionNameSchema, MOST_INSTITUTIONS)
    sentence = one(CountSentenceSchema, allow_none=True, load_default=None)


class PreviewSchema(Part):
    """A PDF seen from afar: its first page as a small PNG, and how its text begins; a scan has none."""

    sha256 = Text(64, required=True)
    pages = Whole(0, 2**31, required=True)
    text = maybe(Text, 2000, lines=True)
    png_base64 = Text(2_000_000, required=True)
