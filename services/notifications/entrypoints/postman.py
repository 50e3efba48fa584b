"""The round of the mails that are due: claim one, send it, note what came of it.

In order of time: due notifications → a lease on one, which no other instance gets → is it still to be sent? → whom to,
from the replica → hand over → note the outcome with its event in one commit → end the lease. Cases, cited by tests:
1. killed before handing over: the lease ends by itself, and the next round of any instance sends the mail.
2. killed after handing over, before noting it (or the server's "yes" is lost on the way): the one instant that repeats
   a mail. It is sent again under the same Message-ID, by which mail programs and people know it for the same one.
3. the server is away: this mail waits longer each time; the other mails of the round are not tried in vain.
4. the recipient reads the notification meanwhile: the outcome is noted on what is stored then.
5. a mail that cannot be written waits longer each time, like any other failure, and holds no other up.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import eventlet

from chassis.kernel.clock import now
from chassis.kernel.errors import StaleError, UnavailableError
from chassis.kernel.principal import SYSTEM, Caller
from chassis.kernel.record import FEDERATED
from chassis.process import metrics
from chassis.process.logs import bind_contextvars, clear_contextvars, get_logger
from chassis.storage.store import Store
from services.notifications.adapters.letter import compose
from services.notifications.adapters.mail_folder import MailFolder
from services.notifications.adapters.mailer import Mailer, mailer
from services.notifications.domain.delivery import MailDelayedError, MailError, Outcome, ServerAwayError
from services.notifications.domain.notification import Notification, waiting_mail
from services.notifications.handlers.notification import note_mail
from services.notifications.settings import MailSettings

MOST = 50
ROUND_SECONDS = 4.0  # a stopping process waits for the round: less than the runner's patience
SEND_SECONDS = 60.0  # all of a mail's dialogue; each answer has a limit of its own
LEASE_SECONDS = 300.0  # longer than sending and noting can take
PAUSES = (5.0, 15.0, 60.0)  # seconds without a round, the first, second and any further time that the server is away

log = get_logger()


class Postman:
    """One a process; remembers only how long the server has been away."""

    def __init__(self, store: Store, settings: MailSettings) -> None:
        self.store, self.settings = store, settings
        self._away, self._quiet_until = 0, 0.0

    def round(self) -> None:
        """Send what is due, for some seconds at most. Raises: UnavailableError when the store is away."""
        began = time.monotonic()
        if began < self._quiet_until:
            return
        due = self.store.parts["notifications"].due(now(), MOST)
        with _closing(mailer(self.settings)) as out:
            for id in due:
                if time.monotonic() - began > ROUND_SECONDS or not self._send_claimed(id, out):
                    return

    def _send_claimed(self, id: str, out: Mailer) -> bool:
        """Send one mail unless another instance has it; False when the server is away."""
        leases = self.store.parts["mail_leases"]
        holder = leases.claim(id, now(), LEASE_SECONDS)
        if holder is None:
            return True
        reachable = self._send(id, out)
        # Not released after a crash: then the lease's end is what another instance waits for.
        leases.release(id, holder)
        return reachable

    def _send(self, id: str, out: Mailer) -> bool:
        notification = self.store.parts["notifications"].get(id)
        mail = waiting_mail(notification)
        if mail is None or mail.next_at is None or mail.next_at > now():
            return True  # sent between the look for due mails and the claim
        clear_contextvars()
        bind_contextvars(correlation_id=notification.correlation_id, notification=id)
        reachable = True
        try:
            outcome = self._outcome(notification, out)
        except ServerAwayError as error:
            outcome, reachable = Outcome("again", str(error)), False
        self._note(notification, outcome)
        self._forget_if_erased(notification)
        self._rest(reachable)
        return reachable

    def _outcome(self, notification: Notification, out: Mailer) -> Outcome:
        if not self.settings.on:
            return Outcome("suppressed", "mail is switched off")
        person = self.store.parts["known_focal_points"].find(notification.recipient.id, within=0)
        if person is None or person["status"] != "active":
            return Outcome("suppressed", "no longer a focal point")
        institution = self.store.parts["known_institutions"].find(notification.institution_id, within=0)
        try:
            name = institution and institution["name"]
            message = compose(notification, person, name, self.settings, self._meeting(notification))
            with eventlet.Timeout(SEND_SECONDS, ServerAwayError("no end in time")):
                return Outcome("done", out.send(message))
        except MailDelayedError as error:
            return Outcome("again", str(error))
        except ServerAwayError:
            raise
        except MailError as error:
            return Outcome("failed", str(error))
        except Exception as error:  # noqa: BLE001 (case 5: whatever failed, the other mails go on)
            return Outcome("again", type(error).__name__)

    def _meeting(self, notification: Notification) -> dict[str, Any] | None:
        """What calendars are to know, as it is now: what they were told before has a smaller SEQUENCE."""
        if not notification.kind.startswith("meeting_"):
            return None
        found = self.store.parts["known_meetings"].find(notification.subject, within=0)
        return {**found, "id": found["_id"]} if found and found.get("visibility") in FEDERATED else None

    def _forget_if_erased(self, notification: Notification) -> None:
        """Who was erased while their mail was written: looked at after writing, so one of the two sees it."""
        person = self.store.parts["known_focal_points"].find(notification.recipient.id, within=0)
        if person is not None and person.get("erased"):
            MailFolder(self.settings.folder).forget([notification.id])

    def _note(self, notification: Notification, outcome: Outcome) -> None:
        """Try hard: what was sent and not noted is sent again (case 2)."""
        caller = Caller(
            principal=SYSTEM, correlation_id=notification.correlation_id, causation_id=notification.event_id
        )
        for pause in (0.2, 1, 2, 5, None):
            try:
                with self.store.work(caller) as work:
                    note_mail(work, id=notification.id, outcome=outcome)
                break
            except (StaleError, UnavailableError):  # case 4, or a store that is away for a moment
                if pause is None:
                    raise
                eventlet.sleep(pause)
        metrics.DELIVERIES.labels("email", outcome.status).inc()
        log.info("mail.tried", outcome=outcome.status, detail=outcome.detail)

    def _rest(self, reachable: bool) -> None:
        self._away = 0 if reachable else self._away + 1
        if self._away:
            self._quiet_until = time.monotonic() + PAUSES[min(self._away, len(PAUSES)) - 1]


@contextmanager
def _closing(out: Mailer) -> Iterator[Mailer]:
    try:
        yield out
    finally:
        out.close()
