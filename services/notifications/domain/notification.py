"""Notifications: what one recipient is told of one act, and the deliveries by which it reaches them."""

from dataclasses import dataclass
from datetime import datetime

from chassis.kernel.principal import Principal
from chassis.kernel.record import Record
from services.notifications.domain.delivery import Delivery

VISIBILITY = "internal"
RECIPIENT_KINDS = ("focal_point", "account")
ACTS = (
    "minutes_circulated", "minutes_adopted",
    "meeting_convened", "meeting_postponed", "meeting_cancelled", "meeting_changed",
)  # fmt: skip
REPORT = "report"
KINDS = (*ACTS, REPORT)


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """Whom it is for: the id of a focal point or of an account, never a name or an address."""

    kind: str
    id: str


@dataclass(frozen=True, kw_only=True)
class Notification(Record):
    """A text for one recipient. `subject` is the record it is about, `event_id` the event that caused it.

    A report says to whoever acted which institutions were told and which were not (their ids, in order of the text).
    """

    recipient: Recipient
    kind: str
    title: str
    text: str
    link: str
    subject: str
    event_id: str
    correlation_id: str
    language: str = "fr"
    institution_id: str | None = None
    read_at: datetime | None = None
    told: tuple[str, ...] = ()
    not_told: tuple[str, ...] = ()
    deliveries: tuple[Delivery, ...] = ()


def recipients_of(principal: Principal) -> tuple[Recipient, ...]:
    """Whom an account reads for: itself, and the focal point it belongs to."""
    own = Recipient(kind="account", id=principal.account_id)
    if principal.focal_point_id is None:
        return (own,)
    return (own, Recipient(kind="focal_point", id=principal.focal_point_id))


def waiting_mail(notification: Notification) -> Delivery | None:
    """The delivery by e-mail that still has to be made, if there is one."""
    return next((one for one in notification.deliveries if one.channel == "email" and one.status == "pending"), None)
