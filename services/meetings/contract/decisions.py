"""The register of decisions, as it is shown: lines made of minutes, which no event carries."""

from chassis.contract.schema import Choice, Day, Id, PageQuery, RecordSchema, Text, Whole, YesNo, maybe
from services.meetings.contract.records import LINE
from services.meetings.domain import minutes


class DecisionLineSchema(RecordSchema):
    """A decision with the meeting, the point and the text that it concerns. `id` is that of the line."""

    decision_id = Id(required=True)
    text = Text(20_000, required=True, lines=True)
    to_confirm = YesNo(required=True)
    confirms = maybe(Id)
    confirmed_by = maybe(Id)
    document_id = maybe(Id)
    document_version = maybe(Whole, 1, 2**53)
    minutes_id = Id(required=True)
    minutes_state = Choice(*minutes.STATES, required=True)
    adopted_on = maybe(Day)
    meeting_id = Id(required=True)
    group_id = maybe(Id)
    group_name = maybe(Text, LINE)
    date = Day(required=True)
    title = Text(LINE, required=True)
    section_id = Id(required=True)
    section_title = Text(5000, shortest=0, required=True)
    section_number = maybe(Whole, 0, 9999)


class DecisionFilterSchema(PageQuery):
    """Which decisions: of a group, a meeting, about a text, with these words, on these days, still to be confirmed."""

    group_id = maybe(Id)
    meeting_id = maybe(Id)
    document_id = maybe(Id)
    q = maybe(Text, 200)
    since = maybe(Day, data_key="from")
    until = maybe(Day, data_key="to")
    to_confirm = maybe(YesNo)
