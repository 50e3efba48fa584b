"""The events of the meetings service. Each carries the whole record after the change, and `changed`."""

from chassis.contract.envelope import EventType
from chassis.contract.withdrawal import withdrawn
from services.meetings.contract.attendance import AttendeeSchema
from services.meetings.contract.follow_up import (
    ProgressReportSchema,
    ReferralAnswerSchema,
    ReferralSchema,
    ResponseSchema,
)
from services.meetings.contract.invitation import RsvpSchema
from services.meetings.contract.reading import OpeningSchema
from services.meetings.contract.records import MeetingSchema, MinutesSchema, RecommendationSchema
from services.meetings.contract.remarks import RemarkAnswerSchema, RemarkSchema
from services.meetings.contract.validation import DocumentSchema, OpinionSchema, RoundSchema


def _meeting(participle: str, about: str) -> EventType:
    return EventType(f"gtm.meetings.meeting.{participle}.v1", MeetingSchema, about)


def _minutes(participle: str, about: str) -> EventType:
    return EventType(f"gtm.meetings.minutes.{participle}.v1", MinutesSchema, about)


def _recommendation(participle: str, about: str) -> EventType:
    return EventType(f"gtm.meetings.recommendation.{participle}.v1", RecommendationSchema, about)


def _document(participle: str, about: str) -> EventType:
    return EventType(f"gtm.meetings.document.{participle}.v1", DocumentSchema, about)


def _round(participle: str, about: str) -> EventType:
    return EventType(f"gtm.meetings.round.{participle}.v1", RoundSchema, about)


MEETING_CREATED = _meeting("created", "A meeting was planned as a draft, or came to be known from its minutes.")
MEETING_CHANGED = _meeting("changed", "The agenda, hour, place, attendance or title of a meeting changed.")
MEETING_CONVENED = _meeting("convened", "The members are called to a meeting, for the first time or anew.")
MEETING_HELD = _meeting("held", "The meeting took place.")
MEETING_CLOSED = _meeting("closed", "Nothing more is expected of the meeting: its minutes are adopted.")
MEETING_POSTPONED = _meeting("postponed", "The meeting will be convened anew on another day.")
MEETING_CANCELLED = _meeting("cancelled", "The meeting will not take place.")

MINUTES_IMPORTED = _minutes("imported", "A compte-rendu was read in and became the draft minutes of a meeting.")
MINUTES_DRAFTED = _minutes("drafted", "The desk began minutes: from the agenda, or to correct adopted ones.")
MINUTES_CHANGED = _minutes("changed", "The draft minutes changed, or a remark on circulated ones was taken in.")
MINUTES_CIRCULATED = _minutes(
    "circulated", "The draft was sent to the institutions present, for remarks by a deadline."
)
MINUTES_RESERVED = _minutes(
    "reserved", "The minutes were adopted subject to reservations, which are still to be judged."
)
MINUTES_ADOPTED = _minutes("adopted", "The minutes were adopted; their text never changes again.")
MINUTES_ARCHIVED = _minutes("archived", "Old minutes were taken in as adopted on their own date; nobody is told.")
MINUTES_PUBLISHED = _minutes("published", "The adopted minutes are open to the public.")
MINUTES_CORRECTED = _minutes("corrected", "An erratum was adopted and stands in the place of these minutes.")

RECOMMENDATION_CREATED = _recommendation("created", "A meeting asked something of somebody.")
RECOMMENDATION_CHANGED = _recommendation("changed", "The text, addressee, day or axis of a recommendation changed.")
RECOMMENDATION_STARTED = _recommendation("started", "Work on a recommendation began, or was taken up again.")
RECOMMENDATION_COMPLETED = _recommendation("completed", "Who was asked says that the recommendation is carried out.")
RECOMMENDATION_VERIFIED = _recommendation("verified", "The secretariat confirmed that it is carried out.")
RECOMMENDATION_CANCELLED = _recommendation("cancelled", "The recommendation no longer stands.")

RESPONSE_GIVEN = EventType(
    "gtm.meetings.response.given.v1", ResponseSchema, "An institution accepted or declined what it is asked."
)
RESPONSE_CHANGED = EventType(
    "gtm.meetings.response.changed.v1", ResponseSchema, "An institution thought again about what it is asked."
)
PROGRESS_REPORT_FILED = EventType(
    "gtm.meetings.progress_report.filed.v1", ProgressReportSchema, "Somebody told how far a recommendation is."
)
PROGRESS_REPORT_CHANGED = EventType(
    "gtm.meetings.progress_report.changed.v1",
    ProgressReportSchema,
    "A file proves what a progress report says, or none does.",
)
REFERRAL_MADE = EventType(
    "gtm.meetings.referral.made.v1", ReferralSchema, "A recommendation was handed on to a group of another node."
)
REFERRAL_ANSWER_GIVEN = EventType(
    "gtm.meetings.referral_answer.given.v1",
    ReferralAnswerSchema,
    "A recommendation that was handed on was accepted, declined, or merged into another.",
)
REFERRAL_ANSWER_CHANGED = EventType(
    "gtm.meetings.referral_answer.changed.v1",
    ReferralAnswerSchema,
    "The answer to what was handed on is another one now; a merge may be undone by it.",
)

DOCUMENT_SUBMITTED = _document("submitted", "A document was put up for validation.")
DOCUMENT_CHANGED = _document("changed", "The title, kind or summary of a document changed.")
DOCUMENT_REVISED = _document("revised", "A document has another text.")
DOCUMENT_CIRCULATED = _document(
    "circulated", "The document's last text is out for remarks, or groups are asked about it in a round."
)
DOCUMENT_VALIDATED = _document(
    "validated", "The document was validated, as it is or subject to remarks; or its text is final."
)
DOCUMENT_REJECTED = _document("rejected", "The document was not validated.")
DOCUMENT_SUPERSEDED = _document("superseded", "Another document stands in the place of this one.")

ROUND_OPENED = _round("opened", "Groups are asked for their opinion of a document.")
ROUND_CHANGED = _round("changed", "The deadline or the words of a validation round changed.")
ROUND_CLOSED = _round("closed", "A validation round ended with an outcome; who had not answered is named.")

OPINION_GIVEN = EventType("gtm.meetings.opinion.given.v1", OpinionSchema, "A group gave its opinion of a document.")
OPINION_CHANGED = EventType("gtm.meetings.opinion.changed.v1", OpinionSchema, "A group thinks otherwise now.")

RSVP_GIVEN = EventType("gtm.meetings.rsvp.given.v1", RsvpSchema, "An institution said whether it comes to a meeting.")
RSVP_CHANGED = EventType(
    "gtm.meetings.rsvp.changed.v1", RsvpSchema, "An institution answered otherwise, or for another day of the meeting."
)
REMARK_FILED = EventType(
    "gtm.meetings.remark.filed.v1", RemarkSchema, "Somebody had something to say of minutes or a document."
)
REMARK_CHANGED = EventType("gtm.meetings.remark.changed.v1", RemarkSchema, "A remark has other words.")
REMARK_ANSWER_GIVEN = EventType(
    "gtm.meetings.remark_answer.given.v1", RemarkAnswerSchema, "A remark was taken in, or set aside with a reason."
)
REMARK_ANSWER_CHANGED = EventType(
    "gtm.meetings.remark_answer.changed.v1", RemarkAnswerSchema, "The verdict on a remark is another one now."
)

ATTENDEE_SIGNED_IN = EventType(
    "gtm.meetings.attendee.signed_in.v1", AttendeeSchema, "Somebody was written into the list of a meeting."
)
ATTENDEE_CHANGED = EventType("gtm.meetings.attendee.changed.v1", AttendeeSchema, "A line of the list was put right.")
ATTENDEE_REMOVED = EventType("gtm.meetings.attendee.removed.v1", AttendeeSchema, "A line was taken out of the list.")
ATTENDEE_REDACTED = EventType(
    "gtm.meetings.attendee.redacted.v1",
    AttendeeSchema,
    "The personal data of who was at a meeting was erased for good; the institution stays.",
)
OPENING_NOTED = EventType(
    "gtm.meetings.opening.noted.v1", OpeningSchema, "An institution opened a document of a meeting for the first time."
)

MEETING_WITHDRAWN, MINUTES_WITHDRAWN, RECOMMENDATION_WITHDRAWN = (
    withdrawn("meetings", noun) for noun in ("meeting", "minutes", "recommendation")
)
FOLLOW_UP_WITHDRAWN = tuple(
    withdrawn("meetings", noun) for noun in ("response", "progress_report", "referral", "referral_answer")
)
WORDS_WITHDRAWN = tuple(withdrawn("meetings", noun) for noun in ("rsvp", "remark", "remark_answer"))
VALIDATION_WITHDRAWN = tuple(withdrawn("meetings", noun) for noun in ("document", "round", "opinion"))

MEETING_EVENTS = (
    MEETING_CREATED,
    MEETING_CHANGED,
    MEETING_CONVENED,
    MEETING_HELD,
    MEETING_CLOSED,
    MEETING_POSTPONED,
    MEETING_CANCELLED,
    MEETING_WITHDRAWN,
)
MINUTES_EVENTS = (
    MINUTES_IMPORTED,
    MINUTES_DRAFTED,
    MINUTES_CHANGED,
    MINUTES_CIRCULATED,
    MINUTES_RESERVED,
    MINUTES_ADOPTED,
    MINUTES_ARCHIVED,
    MINUTES_PUBLISHED,
    MINUTES_CORRECTED,
    MINUTES_WITHDRAWN,
)
RECOMMENDATION_EVENTS = (
    RECOMMENDATION_CREATED,
    RECOMMENDATION_CHANGED,
    RECOMMENDATION_STARTED,
    RECOMMENDATION_COMPLETED,
    RECOMMENDATION_VERIFIED,
    RECOMMENDATION_CANCELLED,
    RECOMMENDATION_WITHDRAWN,
)
FOLLOW_UP_EVENTS = (
    RESPONSE_GIVEN,
    RESPONSE_CHANGED,
    PROGRESS_REPORT_FILED,
    PROGRESS_REPORT_CHANGED,
    REFERRAL_MADE,
    REFERRAL_ANSWER_GIVEN,
    REFERRAL_ANSWER_CHANGED,
    *FOLLOW_UP_WITHDRAWN,
)
VALIDATION_EVENTS = (
    DOCUMENT_SUBMITTED,
    DOCUMENT_CHANGED,
    DOCUMENT_REVISED,
    DOCUMENT_CIRCULATED,
    DOCUMENT_VALIDATED,
    DOCUMENT_REJECTED,
    DOCUMENT_SUPERSEDED,
    ROUND_OPENED,
    ROUND_CHANGED,
    ROUND_CLOSED,
    OPINION_GIVEN,
    OPINION_CHANGED,
    *VALIDATION_WITHDRAWN,
)
WORD_EVENTS = (
    RSVP_GIVEN,
    RSVP_CHANGED,
    REMARK_FILED,
    REMARK_CHANGED,
    REMARK_ANSWER_GIVEN,
    REMARK_ANSWER_CHANGED,
    *WORDS_WITHDRAWN,
)
ATTENDEE_EVENTS = (ATTENDEE_SIGNED_IN, ATTENDEE_CHANGED, ATTENDEE_REMOVED, ATTENDEE_REDACTED)
"""Of persons: these never leave their node."""
READING_EVENTS = (OPENING_NOTED, withdrawn("meetings", "opening"))
TRAVELLING_EVENTS = (
    *MEETING_EVENTS,
    *MINUTES_EVENTS,
    *RECOMMENDATION_EVENTS,
    *FOLLOW_UP_EVENTS,
    *VALIDATION_EVENTS,
    *WORD_EVENTS,
    *READING_EVENTS,
)
EVENTS = (*TRAVELLING_EVENTS, *ATTENDEE_EVENTS)
