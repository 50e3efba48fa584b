"""The queues that the indicators service consumes."""

from chassis.topology import Subscription
from services.actors.contract.events import INSTITUTION_EVENTS

ON_INSTITUTION = Subscription("indicators.on_institution", INSTITUTION_EVENTS)

SUBSCRIPTIONS = (ON_INSTITUTION,)
