"""Use cases of notifications: read by their recipient, and what came of their mails."""

from dataclasses import asdict

from chassis.kernel.errors import NotFoundError
from services.notifications.contract import events
from services.notifications.domain.delivery import Outcome, after
from services.notifications.domain.notification import Notification, recipients_of, waiting_mail
from services.notifications.domain.ports import Work


def get_notification(work: Work, *, id: str) -> Notification:
    """One's own, or any for an admin. Raises: ForbiddenError sign-in-required; NotFoundError notification-not-found."""
    notification = work.notifications.get(id)
    if "admin" not in work.caller.principal.roles:
        _own(work, notification)
    return notification


def read_notification(work: Work, *, id: str, version: int | None) -> Notification:
    """Mark one's own as read, once; an admin too reads only their own. Raises: NotFoundError, StaleError."""
    # Whose it is comes first: nobody learns the version of another's.
    _own(work, work.notifications.get(id))
    notification = work.notifications.own(id, version)
    if notification.read_at is None:
        notification = work.revise(notification, read_at=work.now)
        work.save(notification, events.NOTIFICATION_READ)
    return notification


def note_mail(work: Work, *, id: str, outcome: Outcome) -> Notification:
    """Note what came of an attempt to send the mail of a notification; nothing where it was settled before."""
    notification = work.notifications.get(id)
    mail = waiting_mail(notification)
    if mail is None:
        return notification
    settled = after(mail, outcome, work.now)
    deliveries = [asdict(settled if one is mail else one) for one in notification.deliveries]
    changed = work.revise(notification, deliveries=deliveries)
    work.save(changed, events.NOTIFICATION_DELIVERED if settled.status == "done" else events.NOTIFICATION_CHANGED)
    return changed


def _own(work: Work, notification: Notification) -> None:
    if notification.recipient not in recipients_of(work.caller.principal):
        raise NotFoundError("notification-not-found", None, {"id": notification.id})
