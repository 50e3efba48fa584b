"""The queues that the notifications service consumes."""

from chassis.broker.topology import Subscription
from services.actors.contract.events import FOCAL_POINT_EVENTS, GROUP_EVENTS, INSTITUTION_EVENTS, MERGE_EVENTS
from services.meetings.contract.events import MEETING_EVENTS, MINUTES_EVENTS

ON_INSTITUTION = Subscription("notifications.on_institution", INSTITUTION_EVENTS, hears="all")
ON_MERGE = Subscription("notifications.on_merge", MERGE_EVENTS, hears="all")
ON_FOCAL_POINT = Subscription("notifications.on_focal_point", FOCAL_POINT_EVENTS)
ON_GROUP = Subscription("notifications.on_group", GROUP_EVENTS, hears="all")
ON_MEETING = Subscription("notifications.on_meeting", MEETING_EVENTS, hears="all")
ON_MINUTES = Subscription("notifications.on_minutes", MINUTES_EVENTS, hears="all")

SUBSCRIPTIONS = (ON_INSTITUTION, ON_MERGE, ON_FOCAL_POINT, ON_GROUP, ON_MEETING, ON_MINUTES)
