"""Calls on notifications."""

from typing import Any

from chassis.contract.schema import load
from chassis.kernel.principal import Caller
from chassis.kernel.sight import EVERYTHING, NOTHING, Sight
from chassis.service import IdQuery, Service, rpc
from services.notifications.contract import commands
from services.notifications.contract.records import NotificationSchema
from services.notifications.handlers import notification as handlers


class NotificationEntrypoints(Service):
    """list, get, read: one's own; an admin also sees everybody's."""

    @rpc
    def list_notifications(self, payload: Any) -> Any:
        """A page of the caller's own, the newest first; of everybody's with `all`, for an admin."""
        query = self.store.parts["notifications"].listed
        return self.page(query, commands.NotificationFilterSchema(), payload, NotificationSchema())

    @rpc
    def get_notification(self, payload: Any) -> Any:
        """See handlers.notification."""
        asked = load(IdQuery(), payload)
        takes = IdQuery(only=("id",))
        shown = self.perform(handlers.get_notification, takes, {"id": asked["id"]}, NotificationSchema())
        return self.as_known("notifications", shown, asked["as_of"])

    def records_on(self, focal_point: str | None, account: str | None) -> list[dict[str, Any]]:
        """What the person was told."""
        told = self.store.parts["notifications"]
        asked = (("focal_point", focal_point), ("account", account))
        ids = [one for kind, id in asked if id for one in told.of_recipient(kind, id)]
        return [dict(NotificationSchema().dump(told.get(id))) for id in ids]

    def past_sight(self, caller: Caller) -> Sight:
        """Whose a notification is, it always was: who may see it may see all its past."""
        return EVERYTHING

    def log_sight(self, caller: Caller) -> Sight:
        """What everybody was told is in the log: for who may see all notifications, and for nobody else."""
        return EVERYTHING if "admin" in caller.principal.roles else NOTHING

    @rpc
    def read_notification(self, payload: Any) -> Any:
        """See handlers.notification."""
        return self.perform(handlers.read_notification, commands.MarkReadSchema(), payload, NotificationSchema())
