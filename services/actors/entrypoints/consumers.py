"""Events that the actors service reacts to."""

from typing import Any

from chassis.calls.federated import Federated
from chassis.contract.envelope import Event
from chassis.events.consumer import consume
from chassis.service import adopting
from services.actors.contract.subscriptions import FROM_OTHERS, ON_MEETING
from services.actors.handlers.institution import propose_institution


class Consumers(Federated):
    """Minutes name institutions that the directory does not know: they are proposed."""

    @consume(ON_MEETING)
    def on_meeting(self, event: Event) -> bool:
        """Propose each institution of the attendance that was matched to none."""
        return self.store.apply_once(event, ON_MEETING.queue, self.caller(), _propose_unknown)

    @consume(FROM_OTHERS, together=adopting(FROM_OTHERS))
    def on_others(self, event: Event) -> bool:
        """Keep what other nodes have of this service's nouns, beside this node's own."""
        return self.adopt(FROM_OTHERS, event)


def _propose_unknown(event: Event, work: Any) -> None:
    seen: set[str] = set()
    for entry in event.data.get("attendance", ()):
        name = entry.get("name") or entry["text"]
        if entry.get("match") == "none" and entry.get("institution_id") is None and name not in seen:
            seen.add(name)
            propose_institution(work, name=name[:300], acronym=entry.get("acronym"), seen_in=event.data["title"])
