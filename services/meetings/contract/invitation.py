"""Answers to invitations: records and commands; and the page of a meeting."""

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
)
from chassis.kernel import turns
from services.meetings.contract.records import LINE, MeetingSchema
from services.meetings.domain import rsvp

MOST_PEOPLE, MOST_INSTITUTIONS = 1000, 2000


class RsvpFields(Part):
    """Whether an institution comes, and with how many people."""

    answer = Choice(*rsvp.ANSWERS, required=True)
    headcount = maybe(Whole, 1, MOST_PEOPLE)
    reason = maybe(Text, 5000, lines=True)


class RsvpSchema(RecordSchema, RsvpFields):
    """An institution's answer for the day that was asked about; the last in `turn`, then in id, is what holds."""

    meeting_id = Id(required=True)
    institution_id = Id(required=True)
    date = Day(required=True)
    turn = Whole(0, turns.LARGEST_TURN, required=True)
    given_at = Instant(required=True)


class AnswerInvitationSchema(Command, RsvpFields):
    """Answer for one's own institution; the secretariat names the one it writes for."""

    id = Id(required=True)
    institution_id = maybe(Id)


class ChangeRsvpSchema(VersionQuery):
    """Another answer, or for the day on which the meeting is now."""

    changes = changes_of(RsvpFields)


class RsvpFilterSchema(PageQuery):
    """To which meeting, of which institution."""

    meeting_id = maybe(Id)
    institution_id = maybe(Id)


class InstitutionNameSchema(Part):
    """An institution as it is called here; null where it is not known, or not for the caller."""

    institution_id = Id(required=True)
    name = maybe(Text, 2000)
    acronym = maybe(Text, LINE)


class AnsweredSchema(InstitutionNameSchema):
    """An institution's answer that counts."""

    invited = YesNo(required=True)
    rsvp = one(RsvpSchema, required=True)


class CountSentenceSchema(Part):
    """The count in words."""

    fr = Text(LINE, required=True)
    en = Text(LINE, required=True)


class ExpectedSchema(Part):
    """Who is expected on the day that the meeting has now."""

    invited = Whole(0, MOST_INSTITUTIONS, required=True)
    accepted = Whole(0, MOST_INSTITUTIONS, required=True)
    declined = Whole(0, MOST_INSTITUTIONS, required=True)
    tentative = Whole(0, MOST_INSTITUTIONS, required=True)
    people = Whole(0, 2**53, required=True)
    answered = many(AnsweredSchema, MOST_INSTITUTIONS)
    silent = many(InstitutionNameSchema, MOST_INSTITUTIONS)
    sentence = one(CountSentenceSchema, required=True)


class QuorumCountSchema(Part):
    """How it stands: members that count, of these so many there, so many needed; who is still missing."""

    members = Whole(0, MOST_INSTITUTIONS, required=True)
    present = Whole(0, MOST_INSTITUTIONS, required=True)
    needed = Whole(0, MOST_INSTITUTIONS, required=True)
    reached = YesNo(required=True)
    missing = many(InstitutionNameSchema, MOST_INSTITUTIONS)
    sentence = one(CountSentenceSchema, required=True)


class AttendingSchema(Part):
    """Who is at the table now, in protocol order; `quorum` is null where the group has no rule."""

    institutions = many(InstitutionNameSchema, MOST_INSTITUTIONS)
    quorum = one(QuorumCountSchema, allow_none=True, load_default=None)


class MeetingPageSchema(MeetingSchema):
    """A meeting with who is expected, and who is there; that is for members, and null as of an earlier instant."""

    expected = one(ExpectedSchema, allow_none=True, load_default=None)
    attending = one(AttendingSchema, allow_none=True, load_default=None)
