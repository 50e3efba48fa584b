"""Counts of recommendations by how they stand and how late they are: of a group, an institution, an axis."""

from chassis.contract.schema import Command, Day, Id, Part, Text, Whole, YesNo, many, maybe, one
from services.meetings.contract.records import LINE

MOST_ROWS = 1000


def _count() -> Whole:
    return Whole(0, 2**53, load_default=0)


class AskSummarySchema(Command):
    """Of which recommendations; those that have ended are counted if they were asked for since a day (one year ago)."""

    group_id = maybe(Id)
    institution_id = maybe(Id)
    axis = maybe(Text, 20)
    since = maybe(Day)


class StatusCountsSchema(Part):
    """How many stand how."""

    open = _count()
    accepted = _count()
    declined = _count()
    in_progress = _count()
    done = _count()
    verified = _count()
    cancelled = _count()
    merged = _count()


class StageCountsSchema(Part):
    """How many of those that somebody is waited for are how late."""

    no_day = _count()
    ahead = _count()
    due_soon = _count()
    overdue = _count()
    secretariat = _count()
    chair = _count()


class AgeCountsSchema(Part):
    """How many days ago those were asked for that have not ended."""

    up_to_30 = _count()
    up_to_90 = _count()
    up_to_180 = _count()
    older = _count()


class BoardLineSchema(Part):
    """A line of the board: of one group, institution or axis, or of all (then `key` is null)."""

    key = maybe(Text, 80)
    label = maybe(Text, LINE)
    total = _count()
    statuses = one(StatusCountsSchema, required=True)
    stages = one(StageCountsSchema, required=True)
    ages = one(AgeCountsSchema, required=True)
    overdue = _count()


class SummarySchema(Part):
    """The board, in each list those with most overdue first; `incomplete`: there are more than were read."""

    today = Day(required=True)
    since = Day(required=True)
    incomplete = YesNo(required=True)
    all = one(BoardLineSchema, required=True)
    groups = many(BoardLineSchema, MOST_ROWS)
    institutions = many(BoardLineSchema, MOST_ROWS)
    axes = many(BoardLineSchema, MOST_ROWS)
