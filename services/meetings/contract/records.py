"""What the meetings service shows and publishes: the whole record, the same in an answer and in an event."""

import re

from marshmallow import validate

from chassis.contract.personal import ACT, personal
from chassis.contract.schema import (
    Choice,
    Day,
    Hour,
    Id,
    Instant,
    Part,
    RecordSchema,
    Text,
    Whole,
    YesNo,
    many,
    maybe,
    one,
)
from services.meetings.domain import attendance, meeting, minutes, officer, recommendation

LINE, LONG = 500, 200_000
ADDRESS = re.compile(r"/api/v1/[a-z-]{1,40}/[0-9a-f-]{36}\Z", re.ASCII)
"""Of a record of the platform."""


class AgendaItemSchema(Part):
    """A point of the agenda."""

    title = Text(2000, required=True)
    number = maybe(Whole, 0, 9999)
    presenter = personal(maybe(Text, LINE), ACT)
    postponed = YesNo(load_default=False)
    links = many(Text(200, validate=validate.Regexp(ADDRESS, error="not-a-record")), 200)
    id = maybe(Id)


class AttendanceSchema(Part):
    """An institution that was there: as written, and whom of the directory it means."""

    text = Text(2000, required=True)
    institution_id = maybe(Id)
    name = maybe(Text, 2000)
    acronym = maybe(Text, LINE)
    match = Choice(*meeting.MATCHES, load_default="none")
    status = maybe(Choice, *attendance.STATUSES)
    mode = maybe(Choice, *attendance.MODES)
    represented_by_id = maybe(Id)
    signed = YesNo(load_default=False)


class OfficerFields(Part):
    """An institution that leads a meeting, and who does it for it."""

    role = Choice(*officer.ROLES, required=True)
    institution_id = Id(required=True)
    name = personal(maybe(Text, LINE), ACT)
    function = personal(maybe(Text, LINE), ACT)


class OfficerSchema(OfficerFields):
    """With the right by which it chairs: as chair or vice-chair of the group, or other."""

    ground = maybe(Choice, *officer.GROUNDS)


class QuorumAppliedSchema(Part):
    """The rule as it was then."""

    numerator = maybe(Whole, 1, 1000)
    denominator = maybe(Whole, 1, 1000)
    more_than = YesNo(load_default=False)
    number = maybe(Whole, 1, 300)
    observers = YesNo(load_default=False)


class QuorumResultSchema(Part):
    """What was found when the meeting was declared held."""

    rule = one(QuorumAppliedSchema, required=True)
    members = Whole(0, 2000, required=True)
    present = Whole(0, 2000, required=True)
    needed = Whole(0, 2000, required=True)
    reached = YesNo(required=True)
    at = Instant(required=True)


class ConvocationSchema(Part):
    """A numbered letter: of a group and a year, never given twice; the last one is valid."""

    number = Whole(1, 9999, required=True)
    year = Whole(1, 9999, required=True)
    given_on = Day(required=True)
    date = Day(required=True)
    reply_by = maybe(Day)


class MeetingFields(Part):
    """What people fill in of a meeting."""

    title = maybe(Text, LINE)
    date = Day(required=True)
    last_day = maybe(Day)
    group_id = maybe(Id)
    kind = Choice(*meeting.KINDS, load_default="ordinary")
    start = maybe(Hour)
    end = maybe(Hour)
    place = maybe(Text, LINE)
    agenda = many(AgendaItemSchema, 200)
    attendance = many(AttendanceSchema, 500)
    number = maybe(Whole, 1, 9999)
    officers = many(OfficerFields, officer.MOST)


class MeetingSchema(RecordSchema, MeetingFields):
    """A session of a group. An information session: without quorum, what it decides is to be confirmed."""

    officers = many(OfficerSchema, officer.MOST)
    quorum = one(QuorumResultSchema, allow_none=True, load_default=None)
    information_session = YesNo(load_default=False)

    title = Text(LINE, required=True)
    group_name = maybe(Text, LINE)
    state = Choice(*meeting.STATES, required=True)
    minutes_id = maybe(Id)
    follows_id = maybe(Id)
    convocations = many(ConvocationSchema, 500)
    sequence = Whole(0, 2**31 - 1, load_default=0)


class ActionSchema(Part):
    """A row of the table of action points."""

    what = Text(LONG, required=True, lines=True)
    who = personal(maybe(Text, 5000, lines=True), ACT)
    institution_id = maybe(Id)
    due = maybe(Text, 5000, lines=True)
    due_date = maybe(Day)
    no_due = YesNo(load_default=False)
    recommendation_id = maybe(Id)


class DecisionSchema(Part):
    """What was decided on a point; `to_confirm` where there was no quorum."""

    id = maybe(Id)
    text = Text(20_000, required=True, lines=True)
    to_confirm = YesNo(load_default=False)
    confirms = maybe(Id)
    document_id = maybe(Id)
    document_version = maybe(Whole, 1, 2**53)


class SectionFields(Part):
    """What people write of one point. Texts are Markdown without raw HTML or pictures, as domain/markdown.py has it."""

    title = Text(5000, required=True, shortest=0)
    number = maybe(Whole, 0, 9999)
    text = Text(1_000_000, shortest=0, lines=True, load_default="")
    actions = many(ActionSchema, 500)
    decisions = many(DecisionSchema, 200)


class SectionSchema(SectionFields):
    """What was said on one point. `id` stays; `revision` counts the section's own changes and is the server's."""

    id = maybe(Id)
    revision = Whole(0, 2**53, load_default=0)


class SignatorySchema(Part):
    """Who signed."""

    function = personal(maybe(Text, LINE), ACT)
    name = personal(maybe(Text, LINE), ACT)


class SourceSchema(Part):
    """The file that the minutes were read from."""

    sha256 = Text(64, required=True)
    media_type = Text(200, required=True)
    size = Whole(0, 2**40, required=True)
    name = maybe(Text, LINE)


class SealSchema(Part):
    """SHA-256 over a form of the adopted text; GET /minutes/{id}/seal has the text that it is over."""

    form = Text(40, required=True)
    sha256 = Text(64, required=True)


class MinutesFields(Part):
    """What people may still fill in while the minutes are a draft."""

    title = Text(LINE, required=True)
    start = maybe(Hour)
    end = maybe(Hour)
    place = maybe(Text, LINE)
    preamble = maybe(Text, 1_000_000, lines=True)
    agenda = many(AgendaItemSchema, 200)
    attendance = many(Text(2000), 500)
    sections = many(SectionSchema, 200)
    signatory = one(SignatorySchema, allow_none=True, load_default=None)


class MinutesSchema(RecordSchema, MinutesFields):
    """The record of a meeting. Its source text is not part of it: GET /minutes/{id} adds it."""

    meeting_id = Id(required=True)
    date = Day(required=True)
    group_id = maybe(Id)
    group_name = maybe(Text, LINE)
    present = many(Id(), 500)
    state = Choice(*minutes.STATES, required=True)
    deadline = maybe(Instant)
    circulated_at = maybe(Instant)
    adopted_at = maybe(Instant)
    adopted_on = maybe(Day)
    published_at = maybe(Instant)
    archive = YesNo(load_default=False)
    source = one(SourceSchema, allow_none=True, load_default=None)
    reserved_at = maybe(Instant)
    adopted_how = maybe(Choice, *minutes.HOW)
    adopted_in = maybe(Id)
    seal = one(SealSchema, allow_none=True, load_default=None)
    corrects = maybe(Id)
    correction_reason = maybe(Text, 5000, lines=True)
    corrected_by = maybe(Id)


class MinutesPageSchema(MinutesSchema):
    """The minutes with the whole text they were read from, how they stand in one word, and the days adoption took."""

    source_text = Text(4_000_000, allow_none=True, lines=True)
    standing = Choice(*minutes.STANDINGS, allow_none=True, load_default=None)
    days_to_adoption = maybe(Whole, 0, 100_000)


class RecommendationFields(Part):
    """What people fill in of a recommendation."""

    text = Text(LONG, required=True, lines=True)
    meeting_id = Id(required=True)
    kind = Choice(*recommendation.KINDS, load_default="recommendation")
    section = maybe(Text, 5000)
    who = personal(maybe(Text, 5000, lines=True), ACT)
    lead_institution_id = maybe(Id)
    supporting_institution_ids = many(Id(), 100)
    due = maybe(Day)
    due_text = maybe(Text, 5000, lines=True)
    axis = maybe(Text, 20)
    priority = Choice(*recommendation.PRIORITIES, load_default="normal")


class RecommendationSchema(RecordSchema, RecommendationFields):
    """What a meeting asks of somebody, and how far it is."""

    minutes_id = maybe(Id)
    status = Choice(*recommendation.STATUSES, required=True)
    reopened_after = Whole(0, 2**53, load_default=0)
