"""What the actors publish of institutions."""

from chassis.broker.topology import Subscription
from services.actors.contract.events import INSTITUTION_EVENTS

ON_INSTITUTION = Subscription("alone.on_institution", INSTITUTION_EVENTS)
SUBSCRIPTIONS = (ON_INSTITUTION,)
