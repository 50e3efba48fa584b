"""The queues that the actors service consumes."""

from chassis.topology import Subscription
from services.meetings.contract.events import MEETING_EVENTS

ON_MEETING = Subscription("actors.on_meeting", MEETING_EVENTS)

SUBSCRIPTIONS = (ON_MEETING,)
