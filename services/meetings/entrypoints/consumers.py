"""Events that the meetings service keeps copies of."""

from typing import Any

from chassis.consumer import consume
from chassis.envelope import Event
from chassis.service import Service
from services.meetings.contract.subscriptions import FROM_OTHERS, ON_GROUP, ON_INSTITUTION


class Consumers(Service):
    """Who is who and who sits where: so that a meeting's work goes on when the actors service is away."""

    @consume(ON_INSTITUTION)
    def on_institution(self, event: Event) -> bool:
        """Keep the institution."""
        return self.store.apply_once(event, ON_INSTITUTION.queue, self.caller(), _keep)

    @consume(ON_GROUP)
    def on_group(self, event: Event) -> bool:
        """Keep the group."""
        return self.store.apply_once(event, ON_GROUP.queue, self.caller(), _keep)

    @consume(FROM_OTHERS)
    def on_others(self, event: Event) -> bool:
        """Keep what other nodes have of this service's nouns, beside this node's own."""
        return self.adopt(FROM_OTHERS, event)


def _keep(event: Event, work: Any) -> None:
    work.replicate(event)
