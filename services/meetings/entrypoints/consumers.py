"""Events that the meetings service keeps copies of."""

from chassis.calls.filing import FileKeeping
from chassis.contract.envelope import Event
from chassis.events.consumer import consume
from chassis.service import adopting
from chassis.storage.replica import keep_copy
from services.meetings.contract.subscriptions import FILES, FROM_OTHERS, ON_ATTENDEE, ON_GROUP, ON_INSTITUTION, ON_MERGE
from services.meetings.handlers.attendance import settle


class Consumers(FileKeeping):
    """Who is who and who sits where: so that a meeting's work goes on when the actors service is away."""

    @consume(ON_INSTITUTION, together=keep_copy)
    def on_institution(self, event: Event) -> bool:
        """Keep the institution."""
        return self.store.apply_once(event, ON_INSTITUTION.queue, self.caller(), keep_copy)

    @consume(ON_MERGE, together=keep_copy)
    def on_merge(self, event: Event) -> bool:
        """Keep which institution stands for which."""
        return self.store.apply_once(event, ON_MERGE.queue, self.caller(), keep_copy)

    @consume(ON_GROUP, together=keep_copy)
    def on_group(self, event: Event) -> bool:
        """Keep the group."""
        return self.store.apply_once(event, ON_GROUP.queue, self.caller(), keep_copy)

    @consume(ON_ATTENDEE)
    def on_attendee(self, event: Event) -> bool:
        """Have the meeting that was held already list who came late."""
        return self.store.apply_once(event, ON_ATTENDEE.queue, self.caller(), settle)

    @consume(FROM_OTHERS, together=adopting(FROM_OTHERS))
    def on_others(self, event: Event) -> bool:
        """Keep what other nodes have of this service's nouns, beside this node's own."""
        return self.adopt(FROM_OTHERS, event)

    @consume(FILES)
    def on_files(self, event: Event) -> bool:
        """Send pieces of files, or keep one."""
        handled: bool = self.filing.handle(event)
        return handled
