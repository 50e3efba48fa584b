"""Events of other nodes that the federation service reacts to."""

from chassis.contract.envelope import Event, UnreadableEventError
from chassis.events.consumer import consume
from chassis.kernel.clock import now
from chassis.process import metrics
from chassis.process.logs import get_logger
from chassis.storage.foreign import as_record
from services.federation.contract.events import PULSE_SENT
from services.federation.contract.subscriptions import FROM_OTHER_NODES, ON_PULSE
from services.federation.domain.pulse import Pulse
from services.federation.entrypoints.parts import Federating, system
from services.federation.handlers import node as handlers

log = get_logger()


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
        twice = self.parts.memory.hear(pulse, self.parts.links, now())
        metrics.PULSES.labels(pulse.node).inc()
        if twice and self.parts.settings.hub is None:
            self._fence(pulse.node)
        return True

    def _fence(self, node: str) -> None:
        """Both machines would take what is for the node, half each, and write records under the same numbers."""
        with self.store.work(system()) as work:
            fenced = handlers.fence(work, node=node)
        if fenced is None:
            return
        log.error("federation.fenced", node=node)
        self.parts.links.note(node, speakers=None)
        self.parts.provision()
