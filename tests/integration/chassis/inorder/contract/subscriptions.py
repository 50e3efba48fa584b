"""All that the actors publish of institutions, one version after the other."""

from chassis.broker.topology import Subscription
from services.actors.contract.events import INSTITUTION_EVENTS

ON_INSTITUTION = Subscription("inorder.on_institution", INSTITUTION_EVENTS, ordered=True)
SUBSCRIPTIONS = (ON_INSTITUTION,)
