"""What the notifications service takes: filters of lists and the one thing that a reader does."""

from chassis.contract.schema import Choice, Id, PageQuery, VersionQuery, YesNo, maybe
from services.notifications.domain import notification


class NotificationFilterSchema(PageQuery):
    """Which notifications: one's own, or with `all` everybody's, for an admin; about one record with `subject`."""

    all = YesNo(load_default=False)
    unread = YesNo(load_default=False)
    kind = maybe(Choice, *notification.KINDS)
    subject = maybe(Id)


class MarkReadSchema(VersionQuery):
    """Mark as read; nothing more to say."""
