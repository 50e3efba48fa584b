"""The events of the notifications service. Each carries the whole record after the change, and `changed`.

All are internal to their node: a notification names its recipient by id, and no event carries an address.
"""

from chassis.contract.envelope import EventType
from services.notifications.contract.records import NotificationSchema


def _notification(participle: str, about: str) -> EventType:
    return EventType(f"gtm.notifications.notification.{participle}.v1", NotificationSchema, about)


NOTIFICATION_CREATED = _notification(
    "created", "A focal point was told of an act, or whoever acted got the report of who was told."
)
NOTIFICATION_CHANGED = _notification(
    "changed", "A delivery was tried in vain, given up or suppressed, or somebody told late was added to a report."
)
NOTIFICATION_DELIVERED = _notification("delivered", "A delivery on a channel outside the application succeeded.")
NOTIFICATION_READ = _notification("read", "The recipient marked the notification as read.")

EVENTS = (NOTIFICATION_CREATED, NOTIFICATION_CHANGED, NOTIFICATION_DELIVERED, NOTIFICATION_READ)
