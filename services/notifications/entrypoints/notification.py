"""Calls on notifications."""

from typing import Any

from chassis.kernel.principal import ROLES
from chassis.service import IdQuery, Service, rpc
from services.notifications.contract import commands
from services.notifications.contract.records import NotificationSchema
from services.notifications.handlers import notification as handlers


class NotificationEntrypoints(Service):
    """list, get, read: one's own; an admin also sees everybody's."""

    @rpc
    def list_notifications(self, payload: Any) -> Any:
        """A page of the caller's own, the newest first; of everybody's with `all`, for an admin."""
        self.asking().require(*ROLES)
        query = self.store.parts["notifications"].listed
        return self.page(query, commands.NotificationFilterSchema(), payload, NotificationSchema())

    @rpc
    def get_notification(self, payload: Any) -> Any:
        """See handlers.notification."""
        return self.perform(handlers.get_notification, IdQuery(), payload, NotificationSchema())

    @rpc
    def read_notification(self, payload: Any) -> Any:
        """See handlers.notification."""
        return self.perform(handlers.read_notification, commands.MarkReadSchema(), payload, NotificationSchema())
