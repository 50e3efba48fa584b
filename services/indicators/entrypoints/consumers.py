"""Events that the indicators service reacts to."""

from chassis.calls.federated import Federated
from chassis.contract.envelope import Event
from chassis.events.consumer import consume
from chassis.service import adopting
from chassis.storage.replica import keep_copy
from services.indicators.contract.subscriptions import FROM_OTHERS, ON_INSTITUTION, ON_MERGE


class Consumers(Federated):
    """The directory tells of its institutions: they are known here from then on."""

    @consume(ON_INSTITUTION, together=keep_copy)
    def on_institution(self, event: Event) -> bool:
        """Keep the institution as the event has it."""
        return self.store.apply_once(event, ON_INSTITUTION.queue, self.caller(), keep_copy)

    @consume(ON_MERGE, together=keep_copy)
    def on_merge(self, event: Event) -> bool:
        """Keep which institution stands for which."""
        return self.store.apply_once(event, ON_MERGE.queue, self.caller(), keep_copy)

    @consume(FROM_OTHERS, together=adopting(FROM_OTHERS))
    def on_others(self, event: Event) -> bool:
        """Keep what other nodes have of this service's nouns, beside this node's own."""
        return self.adopt(FROM_OTHERS, event)
