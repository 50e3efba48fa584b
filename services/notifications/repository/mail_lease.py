"""Leases on mails: which instance is sending which, so that several may run and a killed one is taken over from."""

from datetime import datetime, timedelta
from typing import Any

from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from chassis.kernel.ids import new_id


class MailLeases:
    """{_id: notification id, until, holder}; apart from the notification, because its reader changes that meanwhile."""

    collection_name = "mail_leases"

    def __init__(self, database: Database[dict[str, Any]]) -> None:
        self.collection = database[self.collection_name]

    def claim(self, notification_id: str, at: datetime, seconds: float) -> str | None:
        """A mark to give back by `release`; None while another instance holds this mail."""
        holder = new_id()
        try:
            self.collection.find_one_and_update(
                {"_id": notification_id, "until": {"$lte": at}},
                {"$set": {"until": at + timedelta(seconds=seconds), "holder": holder}},
                upsert=True,
            )
        except DuplicateKeyError:  # there is one, and it has not ended
            return None
        return holder

    def release(self, notification_id: str, holder: str) -> None:
        """End the lease, unless somebody took it over."""
        self.collection.delete_one({"_id": notification_id, "holder": holder})
