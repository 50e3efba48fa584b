"""Addresses of the notifications service."""
# ruff: noqa: E501 - one line an address
# fmt: off

from gateway.table import act, blueprint, lists, one
from services.notifications.contract import commands as c
from services.notifications.contract import records as r

NOTIFICATIONS = (
    lists("/notifications", "notifications.list_notifications", r.NotificationSchema, c.NotificationFilterSchema, "Mes notifications ; toutes, pour un administrateur, avec `all=true`"),
    one("/notifications/<id>", "notifications.get_notification", r.NotificationSchema, "Une notification"),
    act("/notifications/<id>/read", "notifications.read_notification", c.MarkReadSchema, r.NotificationSchema, "Marquer comme lue"),
)

TABLE = blueprint("Notifications", "Messages à chacun, et leur acheminement", NOTIFICATIONS)
