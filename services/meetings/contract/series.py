"""A group's series of meetings: commands, the answer to planning with its warnings, and where groups stand."""

from chassis.contract.schema import (
    Choice,
    Command,
    Day,
    Hour,
    Id,
    PageQuery,
    Part,
    Text,
    Whole,
    many,
    maybe,
    one,
)
from services.meetings.contract.invitation import InstitutionNameSchema
from services.meetings.contract.records import LINE, MeetingSchema
from services.meetings.domain import meeting

MOST_CLASHES = 50


class WordsSchema(Part):
    """A sentence in both languages."""

    fr = Text(20_000, required=True)
    en = Text(20_000, required=True)


class ClashSchema(Part):
    """A warning: another meeting at the same time, and the institutions that are asked to both."""

    code = Choice("clash", load_default="clash")
    meeting_id = Id(required=True)
    origin = Text(40, required=True)
    title = Text(LINE, required=True)
    group_id = maybe(Id)
    group_name = maybe(Text, LINE)
    state = Choice(*meeting.STATES, required=True)
    date = Day(required=True)
    last_day = maybe(Day)
    start = maybe(Hour)
    end = maybe(Hour)
    institutions = many(InstitutionNameSchema, 500)
    sentence = one(WordsSchema, required=True)


class PlannedMeetingSchema(MeetingSchema):
    """A meeting as it was just planned, with what speaks against its day; that is told, never stored."""

    warnings = many(ClashSchema, MOST_CLASHES)


class NextMeetingSchema(Command):
    """The session after this one; on the first day of the group's rhythm that is not over, if none is given."""

    id = Id(required=True)
    kind = Choice(*meeting.KINDS, load_default="ordinary")
    date = maybe(Day)
    start = maybe(Hour)
    end = maybe(Hour)
    place = maybe(Text, LINE)


class CadenceSchema(Part):
    """A session every so many weeks or months."""

    every = Whole(1, 60, required=True)
    unit = Text(20, required=True)


class SessionSchema(Part):
    """A meeting in short."""

    id = Id(required=True)
    title = Text(LINE, required=True)
    number = maybe(Whole, 1, 9999)
    date = Day(required=True)
    state = Choice(*meeting.STATES, required=True)


class SeriesSchema(Part):
    """Where a group stands in its rhythm today, by its ordinary sessions as far as they are seen."""

    group_id = Id(required=True)
    origin = Text(40, required=True)
    name = Text(2000, required=True)
    acronym = maybe(Text, LINE)
    cadence = one(CadenceSchema, allow_none=True, load_default=None)
    last_session = one(SessionSchema, allow_none=True, load_default=None)
    next_session = one(SessionSchema, allow_none=True, load_default=None)
    due_on = maybe(Day)
    overdue_days = Whole(0, 2**31, load_default=0)
    overdue_weeks = Whole(0, 2**31, load_default=0)
    sentence = one(WordsSchema, allow_none=True, load_default=None)


class SeriesFilterSchema(PageQuery):
    """All groups, in the order of their ids, whether they have a rhythm or not; or one."""

    group_id = maybe(Id)
