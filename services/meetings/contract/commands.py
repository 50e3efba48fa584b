"""What the meetings service takes: bodies of requests and filters of lists."""

from datetime import datetime
from typing import Any

from marshmallow import fields

from chassis.contract.schema import (
    Choice,
    Command,
    Day,
    Hour,
    Id,
    Instant,
    Moment,
    PageQuery,
    Text,
    VersionQuery,
    Whole,
    YesNo,
    changes_of,
    maybe,
    visibility,
)
from services.meetings.contract.records import MeetingFields, MinutesFields, RecommendationFields
from services.meetings.domain import meeting, minutes, recommendation, standing, timeliness


class CreateMeetingSchema(Command, MeetingFields):
    """A new meeting, as a draft."""

    visibility = visibility("gtm")


class ChangeMeetingSchema(VersionQuery):
    """Other values for some fields of a meeting."""

    changes = changes_of(CreateMeetingSchema)


class MoveMeetingSchema(VersionQuery):
    """Hold, close or cancel a meeting; nothing more to say."""


class ConveneMeetingSchema(VersionQuery):
    """Convene, or convene anew: on another day, at another hour or place if given. `reply_by`: to say who comes."""

    date = maybe(Day)
    last_day = maybe(Day)
    reply_by = maybe(Day)
    start = maybe(Hour)
    end = maybe(Hour)
    place = maybe(Text, 500)


LONGEST_ALARM = 20_160
"""Minutes: two weeks."""


class CalendarSchema(Command):
    """Which calendar: of a group, of the groups that one's institution sits on, or of all; `alarm`: minutes before."""

    group_id = maybe(Id)
    mine = YesNo(load_default=False)
    alarm = maybe(Whole, 0, LONGEST_ALARM)
    language = Choice("fr", "en", load_default="fr")


class MeetingFilterSchema(PageQuery):
    """Which meetings; days are included."""

    group_id = maybe(Id)
    state = maybe(Choice, *meeting.STATES)
    since = maybe(Day)
    until = maybe(Day)
    as_of = maybe(Moment)


class MinutesFilterSchema(PageQuery):
    """Which minutes."""

    meeting_id = maybe(Id)
    state = maybe(Choice, *minutes.STATES)
    as_of = maybe(Moment)


class Deadline(Instant):
    """An instant, or a day: then the end of that day in Niamey."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        if isinstance(value, str) and len(value) == 10:
            value = f"{Day()._deserialize(value, attr, data)}T23:59:59+01:00"
        return super()._deserialize(value, attr, data, **kwargs)


class ChangeMinutesSchema(VersionQuery):
    """Other texts in minutes that are still a draft."""

    changes = changes_of(MinutesFields)


class CirculateMinutesSchema(VersionQuery):
    """Send the draft to those present, for remarks until a deadline (an instant, or a day up to its end)."""

    deadline = Deadline(required=True)


class AdoptMinutesSchema(VersionQuery):
    """Adopt; on the present day, or that of the meeting that adopts, if none is given.

    With reservations: the open remarks are judged afterwards, and adopting once more then seals the text.
    """

    adopted_on = maybe(Day)
    adopted_in = maybe(Id)
    with_reservations = YesNo(load_default=False)


class PublishMinutesSchema(VersionQuery):
    """Make the adopted text public."""


class ImportMinutesSchema(Command):
    """A compte-rendu as it came: bytes in base64 with what the sender declared of them."""

    content_base64 = fields.String(required=True)
    media_type = Text(200, load_default="text/plain")
    charset = maybe(Text, 40)
    filename = maybe(Text, 255)
    archive = YesNo(load_default=False)
    meeting_id = maybe(Id)
    date = maybe(Day)


class RenderMinutesSchema(Command):
    """Which minutes, in which form and language."""

    id = Id(required=True)
    format = Choice("html", "text", "pdf", "docx", required=True)
    language = Choice("fr", "en", load_default="fr")
    as_of = maybe(Text, 40)


class RenderPaperSchema(Command):
    """Of which meeting, in which language."""

    id = Id(required=True)
    language = Choice("fr", "en", load_default="fr")


class MinutesDocxSchema(Command):
    """The minutes of a meeting as DOCX, or the empty form filled from its agenda."""

    id = Id(required=True)
    skeleton = YesNo(load_default=False)


class CreateRecommendationSchema(Command, RecommendationFields):
    """A new recommendation or action point."""

    visibility = visibility("gtm")


class ChangeRecommendationSchema(VersionQuery):
    """Other values for some fields of a recommendation."""

    changes = changes_of(CreateRecommendationSchema)


class MoveRecommendationSchema(VersionQuery):
    """Start, complete, verify, reopen or cancel; nothing more to say."""


class RecommendationFilterSchema(PageQuery):
    """Which recommendations; `overdue` are those that somebody is waited for and whose day has passed.

    `status` is the owner's own word, `effective` what it makes together with the acts of all nodes. `owner` leads it;
    `institution_id` leads or supports it. `stage` is how near or late its day is.
    """

    meeting_id = maybe(Id)
    group_id = maybe(Id)
    institution_id = maybe(Id)
    owner = maybe(Id)
    kind = maybe(Choice, *recommendation.KINDS)
    status = maybe(Choice, *recommendation.STATUSES)
    effective = maybe(Choice, *standing.STATUSES)
    axis = maybe(Text, 20)
    overdue = maybe(YesNo)
    stage = maybe(Choice, *timeliness.STAGES)
    as_of = maybe(Moment)
