"""Events of other nodes that the federation service reacts to."""

from chassis.contract.envelope import Event, UnreadableEventError
from chassis.events.consumer import consume
from chassis.kernel.clock import now
from chassis.process import metrics
from chassis.storage.foreign import as_record
from services.federation.contract.events import PULSE_SENT
from services.federation.contract.subscriptions import FROM_OTHER_NODES, ON_PULSE
from services.federation.domain.pulse import Pulse
from services.federation.entrypoints.parts import Federating


class Consumers(Federating):
    """Who belongs, as the centre tells it; who is alive, as each tells it."""

    @consume(FROM_OTHER_NODES)
    def on_node(self, event: Event) -> bool:
        """Keep the member."""
        return self.adopt(FROM_OTHER_NODES, event)

    @consume(ON_PULSE)
    def on_pulse(self, event: Event) -> bool:
        """Note who was heard. No mark that it was seen is kept: an older beat than the last is known by its number."""
        pulse = as_record(event, {PULSE_SENT.name: PULSE_SENT}, Pulse)
        if not isinstance(pulse, Pulse) or pulse.node != event.origin:
            raise UnreadableEventError(f"forged: a pulse of {event.data.get('node')} from {event.origin}")
        if not self.store.parts["pulses"].keep(pulse, event.incarnation):
            return False
        self.parts.memory.hear(pulse, self.parts.links, now())
        metrics.PULSES.labels(pulse.node).inc()
        return True
