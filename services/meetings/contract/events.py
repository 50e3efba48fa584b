"""The events of the meetings service. Each carries the whole record after the change, and `changed`."""

from chassis.envelope import EventType
from services.meetings.contract.records import MeetingSchema, MinutesSchema, RecommendationSchema


def _meeting(participle: str, about: str) -> EventType:
    return EventType(f"gtm.meetings.meeting.{participle}.v1", MeetingSchema, about)


def _minutes(participle: str, about: str) -> EventType:
    return EventType(f"gtm.meetings.minutes.{participle}.v1", MinutesSchema, about)


def _recommendation(participle: str, about: str) -> EventType:
    return EventType(f"gtm.meetings.recommendation.{participle}.v1", RecommendationSchema, about)


MEETING_CREATED = _meeting("created", "A meeting was planned as a draft, or came to be known from its minutes.")
MEETING_CHANGED = _meeting("changed", "The agenda, hour, place, attendance or title of a meeting changed.")
MEETING_CONVENED = _meeting("convened", "The members are called to a meeting, for the first time or anew.")
MEETING_HELD = _meeting("held", "The meeting took place.")
MEETING_CLOSED = _meeting("closed", "Nothing more is expected of the meeting: its minutes are adopted.")
MEETING_POSTPONED = _meeting("postponed", "The meeting will be convened anew on another day.")
MEETING_CANCELLED = _meeting("cancelled", "The meeting will not take place.")

MINUTES_IMPORTED = _minutes("imported", "A compte-rendu was read in and became the draft minutes of a meeting.")
MINUTES_CHANGED = _minutes("changed", "The draft minutes changed.")
MINUTES_CIRCULATED = _minutes(
    "circulated", "The draft was sent to the institutions present, for remarks by a deadline."
)
MINUTES_ADOPTED = _minutes("adopted", "The minutes were adopted; their text never changes again.")
MINUTES_ARCHIVED = _minutes("archived", "Old minutes were taken in as adopted on their own date; nobody is told.")
MINUTES_PUBLISHED = _minutes("published", "The adopted minutes are open to the public.")

RECOMMENDATION_CREATED = _recommendation("created", "A meeting asked something of somebody.")
RECOMMENDATION_CHANGED = _recommendation("changed", "The text, addressee, day or axis of a recommendation changed.")
RECOMMENDATION_STARTED = _recommendation("started", "Work on a recommendation began, or was taken up again.")
RECOMMENDATION_COMPLETED = _recommendation("completed", "Who was asked says that the recommendation is carried out.")
RECOMMENDATION_VERIFIED = _recommendation("verified", "The secretariat confirmed that it is carried out.")
RECOMMENDATION_CANCELLED = _recommendation("cancelled", "The recommendation no longer stands.")

MEETING_EVENTS = (
    MEETING_CREATED,
    MEETING_CHANGED,
    MEETING_CONVENED,
    MEETING_HELD,
    MEETING_CLOSED,
    MEETING_POSTPONED,
    MEETING_CANCELLED,
)
MINUTES_EVENTS = (
    MINUTES_IMPORTED,
    MINUTES_CHANGED,
    MINUTES_CIRCULATED,
    MINUTES_ADOPTED,
    MINUTES_ARCHIVED,
    MINUTES_PUBLISHED,
)
RECOMMENDATION_EVENTS = (
    RECOMMENDATION_CREATED,
    RECOMMENDATION_CHANGED,
    RECOMMENDATION_STARTED,
    RECOMMENDATION_COMPLETED,
    RECOMMENDATION_VERIFIED,
    RECOMMENDATION_CANCELLED,
)
EVENTS = (*MEETING_EVENTS, *MINUTES_EVENTS, *RECOMMENDATION_EVENTS)
