"""The queues that the meetings service consumes."""

from chassis.topology import Subscription
from services.actors.contract.events import GROUP_EVENTS, INSTITUTION_EVENTS

ON_INSTITUTION = Subscription("meetings.on_institution", INSTITUTION_EVENTS)
ON_GROUP = Subscription("meetings.on_group", GROUP_EVENTS)

SUBSCRIPTIONS = (ON_INSTITUTION, ON_GROUP)
