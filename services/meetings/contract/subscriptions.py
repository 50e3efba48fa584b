"""The queues that the meetings service consumes."""

from chassis.broker.topology import Subscription
from services.actors.contract.events import GROUP_EVENTS, INSTITUTION_EVENTS, MERGE_EVENTS
from services.meetings.contract.events import ATTENDEE_EVENTS, TRAVELLING_EVENTS

ON_INSTITUTION = Subscription("meetings.on_institution", INSTITUTION_EVENTS, hears="all")
ON_MERGE = Subscription("meetings.on_merge", MERGE_EVENTS, hears="all")
ON_GROUP = Subscription("meetings.on_group", GROUP_EVENTS, hears="all")
# Not attendees: they are internal, and never leave their node.
FROM_OTHERS = Subscription("meetings.inbound", TRAVELLING_EVENTS, hears="others")
ON_ATTENDEE = Subscription("meetings.on_attendee", ATTENDEE_EVENTS)
FILES = Subscription("meetings.files", (), hears="direct")

SUBSCRIPTIONS = (ON_INSTITUTION, ON_MERGE, ON_GROUP, FROM_OTHERS, ON_ATTENDEE, FILES)
