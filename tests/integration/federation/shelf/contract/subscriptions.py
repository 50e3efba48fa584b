"""What other nodes have of it."""

from chassis.broker.topology import Subscription
from tests.integration.federation.shelf.contract.events import EVENTS

FROM_OTHERS = Subscription("shelf.inbound", EVENTS, hears="others")
SUBSCRIPTIONS = (FROM_OTHERS,)
