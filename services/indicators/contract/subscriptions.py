"""The queues that the indicators service consumes."""

from chassis.broker.topology import Subscription
from services.actors.contract.events import INSTITUTION_EVENTS, MERGE_EVENTS
from services.indicators.contract.events import EVENTS

ON_INSTITUTION = Subscription("indicators.on_institution", INSTITUTION_EVENTS, hears="all")
ON_MERGE = Subscription("indicators.on_merge", MERGE_EVENTS, hears="all")
FROM_OTHERS = Subscription("indicators.inbound", EVENTS, hears="others")

SUBSCRIPTIONS = (ON_INSTITUTION, ON_MERGE, FROM_OTHERS)
