"""The same handler as the indicators', each event by a worker of its own."""

from bench.alone.contract.subscriptions import ON_INSTITUTION
from chassis.calls.operators import Operators
from chassis.contract.envelope import Event
from chassis.events.consumer import consume
from chassis.storage.replica import Replica, keep_copy
from chassis.storage.store import Store


class KnownInstitutions(Replica):
    """Copies."""

    noun = "institution"
    attribute = "known_institutions"


class AloneService(Operators):
    """Copies institutions."""

    name = "alone"
    store = Store([], [KnownInstitutions])

    @consume(ON_INSTITUTION)
    def on_institution(self, event: Event) -> bool:
        """Keep the institution."""
        return self.store.apply_once(event, ON_INSTITUTION.queue, self.caller(), keep_copy)


SERVICE = AloneService
