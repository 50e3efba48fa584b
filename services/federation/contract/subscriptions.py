"""The queues that the federation service consumes."""

from chassis.broker.topology import Subscription
from services.federation.contract.events import NODE_EVENTS, PULSE_EVENTS

FROM_OTHER_NODES = Subscription("federation.inbound", NODE_EVENTS, hears="others")
ON_PULSE = Subscription("federation.on_pulse", PULSE_EVENTS, hears="others", seconds=900)

SUBSCRIPTIONS = (FROM_OTHER_NODES, ON_PULSE)
