"""The events of the federation service. Those of nodes carry the whole record; pulses are a kind of their own."""

from chassis.contract.envelope import EventType
from services.federation.contract.records import NodeSchema, PulseSchema


def _node(participle: str, about: str) -> EventType:
    return EventType(f"gtm.federation.node.{participle}.v1", NodeSchema, about)


NODE_INVITED = _node("invited", "A node was invited to join, or a member to join anew with another machine.")
NODE_JOINED = _node("joined", "A node enrolled with its invitation, or changed what it says of itself.")
NODE_SUSPENDED = _node("suspended", "A member's account was closed for a while; what is for it waits.")
NODE_RESUMED = _node("resumed", "A suspended member may speak and hear again.")
NODE_REMOVED = _node("removed", "A node is no member any more; what waited for it is gone.")
PULSE_SENT = EventType(
    "gtm.federation.pulse.sent.v1",
    PulseSchema,
    "A node is alive. A region sends it to its centre, at the interval of its description; the centre answers each "
    "region at that one's interval, and says whom else it heard. Never stored in a log, and dropped where it waited "
    "longer than three intervals.",
)

NODE_EVENTS = (NODE_INVITED, NODE_JOINED, NODE_SUSPENDED, NODE_RESUMED, NODE_REMOVED)
PULSE_EVENTS = (PULSE_SENT,)
EVENTS = (*NODE_EVENTS, *PULSE_EVENTS)
