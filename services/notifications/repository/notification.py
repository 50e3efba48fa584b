"""Notifications in the store."""

from datetime import datetime
from typing import Any

from pymongo import ASCENDING, DESCENDING

from chassis.kernel.clock import rfc3339
from chassis.kernel.principal import Caller
from chassis.kernel.sight import Sight
from chassis.storage.repository import Document, Index, Page, Repository
from services.notifications.domain.notification import Notification, Recipient, recipients_of, waiting_mail


class Notifications(Repository[Notification]):
    """The newest first; one for an event and a recipient, whatever arrives twice.

    `derived.due` is when a mail may be tried next, null when there is none to send.
    """

    collection_name = "notifications"
    noun = "notification"
    kind = Notification
    order = (("derived.newest", DESCENDING),)
    indexes = (
        Index((("event_id", ASCENDING), ("derived.owner", ASCENDING)), unique=True, conflict="already-told"),
        Index((("derived.owner", ASCENDING), ("derived.newest", DESCENDING), ("_id", ASCENDING))),
        Index((("derived.newest", DESCENDING), ("_id", ASCENDING))),
        Index((("derived.due", ASCENDING),)),
    )

    def derived(self, record: Notification) -> Document:
        """Whose it is, when it came, and when its mail is due."""
        mail = waiting_mail(record)
        return {
            "owner": _owner(record.recipient),
            "newest": rfc3339(record.created_at),
            "due": mail.next_at if mail else None,
        }

    def of_event(self, event_id: str) -> list[Notification]:
        """All that one event caused."""
        return [self.to_record(document) for document in self.collection.find({"event_id": event_id})]

    def of_recipient(self, kind: str, id: str) -> list[str]:
        """Ids of all that somebody was told."""
        return [one["_id"] for one in self.collection.find({"derived.owner": f"{kind} {id}"}, {"_id": 1})]

    def due(self, at: datetime, most: int) -> list[str]:
        """Ids of those whose mail may be tried at this instant, the longest waiting first."""
        found = self.collection.find({"derived.due": {"$lte": at}}, {"_id": 1}).sort("derived.due", ASCENDING)
        return [document["_id"] for document in found.limit(most)]

    def listed(
        self,
        caller: Caller,
        *,
        page_size: int,
        cursor: str | None,
        all: bool,
        unread: bool,
        kind: str | None,
        subject: str | None,
    ) -> Page[Notification]:
        """A page of the caller's own, or of everybody's for an admin. Raises: ForbiddenError role-required."""
        conditions: dict[str, Any] = {key: value for key, value in (("kind", kind), ("subject", subject)) if value}
        if all:
            caller.require("admin")
        else:
            conditions["derived.owner"] = {"$in": [_owner(one) for one in recipients_of(caller.principal)]}
        if unread:
            conditions["read_at"] = None
        return self.page(conditions, page_size, cursor, caller)

    def clause(self, sight: Sight) -> Document:
        """Nothing: whose it is decides here, not how far it may travel."""
        return {}


def _owner(recipient: Recipient) -> str:
    return f"{recipient.kind} {recipient.id}"
