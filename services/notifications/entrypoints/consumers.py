"""Events that the notifications service reacts to."""

from collections.abc import Callable
from functools import partial
from typing import Any

from chassis.contract.envelope import Event
from chassis.events.consumer import consume
from chassis.kernel.erasure import tells_erasure
from chassis.kernel.errors import ConflictError, StaleError
from chassis.kernel.principal import Caller
from chassis.service import Service
from chassis.storage.replica import keep_copy
from services.notifications.adapters.mail_folder import MailFolder
from services.notifications.contract.subscriptions import (
    ON_FOCAL_POINT,
    ON_GROUP,
    ON_INSTITUTION,
    ON_MEETING,
    ON_MERGE,
    ON_MINUTES,
)
from services.notifications.handlers.announcement import (
    MEETING_ACTS,
    announce_meeting,
    announce_minutes,
    catch_up,
    catch_up_merge,
    complete,
)
from services.notifications.settings import MailSettings

LOOKS = 5  # then the retry ladder


class Consumers(Service):
    """Who is who and what meets is kept; acts of the secretariat are told to those whom they concern."""

    @consume(ON_INSTITUTION, together=keep_copy)
    def on_institution(self, event: Event) -> bool:
        """Keep the institution."""
        return self.store.apply_once(event, ON_INSTITUTION.queue, self.caller(), keep_copy)

    @consume(ON_MERGE)
    def on_merge(self, event: Event) -> bool:
        """Keep which institution stands for which, and tell whom an act before this event concerned by it."""
        caller = self.caller()
        applied = self.store.apply_once(event, ON_MERGE.queue, caller, keep_copy)
        if event.data.get("kept_id"):  # a withdrawal names the record alone
            self._look(caller, lambda work: catch_up_merge(work, event))
        return applied

    @consume(ON_GROUP, together=keep_copy)
    def on_group(self, event: Event) -> bool:
        """Keep the group."""
        return self.store.apply_once(event, ON_GROUP.queue, self.caller(), keep_copy)

    @consume(ON_FOCAL_POINT)
    def on_focal_point(self, event: Event) -> bool:
        """Keep the focal point, and tell it of what was announced before this event came."""
        caller = self.caller()
        applied = self.store.apply_once(event, ON_FOCAL_POINT.queue, caller, keep_copy)
        # After the commit, and also when the event was seen: the process may have ended in between.
        if tells_erasure(event.type):
            mails = self.store.parts["notifications"].of_recipient("focal_point", event.subject)
            MailFolder(MailSettings.of(self.settings["GTM"]).folder).forget(mails)
        self._look(caller, lambda work: catch_up(work, event))
        return applied

    @consume(ON_MEETING)
    def on_meeting(self, event: Event) -> bool:
        """Keep the meeting; tell the group's members when it is convened, postponed or cancelled."""
        caller = self.caller()
        applied = self.store.apply_once(event, ON_MEETING.queue, caller, keep_copy)
        if event.type in MEETING_ACTS:
            # A mark of its own, so that a group not known yet does not hold the copy up.
            self._announce_once(event, f"{ON_MEETING.queue}.announce", announce_meeting)
        return applied

    @consume(ON_MINUTES)
    def on_minutes(self, event: Event) -> bool:
        """Tell the institutions present of minutes circulated or adopted."""
        return self._announce_once(event, ON_MINUTES.queue, announce_minutes)

    def _announce_once(self, event: Event, mark: str, announce: Any) -> bool:
        caller = self.caller()
        days = self.settings["GTM"].tell_days
        applied = self.store.apply_once(event, mark, caller, partial(announce, tell_days=days))
        self._look(caller, lambda work: complete(work, event.id))
        return applied

    def _look(self, caller: Caller, look: Callable[[Any], None]) -> None:
        """Look for people who were missed; again, where somebody else completed the same report meanwhile."""
        for left in range(LOOKS - 1, -1, -1):
            try:
                with self.store.work(caller) as work:
                    look(work)
                return
            except (StaleError, ConflictError):
                if left == 0:
                    raise
