"""Invitations and what was given for them: documents beside the records, since they hold secrets."""

from datetime import datetime, timedelta
from typing import Any

from pymongo import ASCENDING, DESCENDING
from pymongo.database import Database

KEPT = timedelta(days=7)  # after its end, so that a region that crashed in between gets its answer again
NEWEST = [("number", DESCENDING), ("_id", DESCENDING)]


class Invitations:
    """invitations {_id, node, number, secret, expires, at}; enrolments {_id: the invitation's, number, node, key, …}.

    `number` counts a node's invitations: an id made while this machine's clock was years ahead would stay the newest.
    """

    collection_name = "invitations"

    def __init__(self, database: Database[dict[str, Any]]) -> None:
        self.collection, self.enrolments = database["invitations"], database["enrolments"]
        for one in (self.collection, self.enrolments):
            one.create_index([("node", ASCENDING), ("number", DESCENDING)], name="node_1_number_-1")

    def newest(self, node: str) -> dict[str, Any] | None:
        """The one that counts; older ones do no longer."""
        return self.collection.find_one({"node": node}, sort=NEWEST)

    def used(self, id: str) -> dict[str, Any] | None:
        """What was given for it."""
        return self.enrolments.find_one({"_id": id})

    def password_hash(self, node: str) -> str | None:
        """Of the broker account of a node that has enrolled, by its last invitation."""
        found = self.last(node)
        return None if found is None else str(found["password_hash"])

    def last(self, node: str) -> dict[str, Any] | None:
        """What was given to a node when it last enrolled: {key, incarnation, …}."""
        return self.enrolments.find_one({"node": node}, sort=NEWEST)

    def certificate(self, node: str) -> str | None:
        """Of a node that has enrolled, by its last invitation; None where it was given none."""
        found = self.last(node)
        return None if found is None else found["certificate"]

    def forget_old(self, at: datetime) -> None:
        """Secrets that nobody can use any more."""
        self.collection.delete_many({"expires": {"$lt": at - KEPT}})
