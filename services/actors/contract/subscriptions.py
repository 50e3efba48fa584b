"""The queues that the actors service consumes."""

from chassis.broker.topology import Subscription
from services.actors.contract.events import (
    CONFIRMATION_EVENTS,
    GROUP_EVENTS,
    INSTITUTION_EVENTS,
    INTERVENTION_EVENTS,
    MERGE_EVENTS,
)
from services.meetings.contract.events import MEETING_EVENTS

ON_MEETING = Subscription("actors.on_meeting", MEETING_EVENTS)
# Not focal points: they are internal, and never leave their node.
FROM_OTHERS = Subscription(
    "actors.inbound",
    (*INSTITUTION_EVENTS, *GROUP_EVENTS, *INTERVENTION_EVENTS, *CONFIRMATION_EVENTS, *MERGE_EVENTS),
    hears="others",
)

SUBSCRIPTIONS = (ON_MEETING, FROM_OTHERS)
