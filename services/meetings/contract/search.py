"""Searching meetings, minutes with their decisions, documents and recommendations."""

from marshmallow import validate

from chassis.contract.schema import Choice, Day, Id, PageQuery, Part, Text, Whole, YesNo, many, maybe
from services.meetings.contract.records import LINE
from services.meetings.domain.search.entry import KINDS

LONGEST, MOST_MARKS = 200, 500


class SearchSchema(PageQuery):
    """What is searched; every word must be there. Days are included; they are those of the meeting."""

    q = Text(LONGEST, required=True)
    kinds = many(Choice(*KINDS), len(KINDS))
    group_id = maybe(Id)
    region = maybe(Text, 20)
    axis = maybe(Text, 20)
    since = maybe(Day)
    until = maybe(Day)
    cursor = maybe(Text, 60, validate=validate.Regexp(r"[01]\.[0-2]\.\d{1,20}\Z", error="unreadable-cursor"))


class MarkSchema(Part):
    """A word that was searched: from this character to before that one."""

    start = Whole(0, 2**31, required=True)
    end = Whole(0, 2**31, required=True)


class HitSchema(Part):
    """Something that was found: a record, or a part of minutes, with a piece of its text."""

    kind = Choice(*KINDS, required=True)
    id = Id(required=True)
    noun = Text(40, required=True)
    origin = Text(40, required=True)
    visibility = Text(20, required=True)
    date = Day(required=True)
    group_id = maybe(Id)
    title = Text(5000, required=True, shortest=0)
    title_marks = many(MarkSchema, MOST_MARKS)
    section = maybe(Whole, 0, 9999)
    snippet = Text(LINE, required=True, shortest=0, lines=True)
    marks = many(MarkSchema, MOST_MARKS)


class FoundSchema(Part):
    """A page of what was found. `approximate`: nothing has just these words, this has some like them."""

    items = many(HitSchema, 200)
    next_cursor = maybe(Text, 60)
    approximate = YesNo(required=True)
    complete = YesNo(required=True)
    """Not while the index is being built: `percent` says how far it is."""
    percent = Whole(0, 100, required=True)
