"""The queues that the meetings service consumes."""

from chassis.broker.topology import Subscription
from services.actors.contract.events import GROUP_EVENTS, INSTITUTION_EVENTS, MERGE_EVENTS
from services.meetings.contract.events import EVENTS

ON_INSTITUTION = Subscription("meetings.on_institution", INSTITUTION_EVENTS, hears="all")
ON_MERGE = Subscription("meetings.on_merge", MERGE_EVENTS, hears="all")
ON_GROUP = Subscription("meetings.on_group", GROUP_EVENTS, hears="all")
FROM_OTHERS = Subscription("meetings.inbound", EVENTS, hears="others")
FILES = Subscription("meetings.files", (), hears="direct")

SUBSCRIPTIONS = (ON_INSTITUTION, ON_MERGE, ON_GROUP, FROM_OTHERS, FILES)
