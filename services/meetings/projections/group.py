"""Groups as the meetings service knows them: copies fed by the actors service's events."""

from typing import Any

from pymongo import ASCENDING

from chassis.kernel.errors import InvalidError
from chassis.kernel.ids import is_id
from chassis.storage.replica import Replica


class KnownGroups(Replica):
    """Bodies that meet."""

    noun = "group"
    attribute = "known_groups"
    indexes = ("members.institution_id",)

    def listed(self, page_size: int, cursor: str | None, id: str | None) -> tuple[list[dict[str, Any]], str | None]:
        """A page of those that are seen, by id, and the last id where there are more. Raises: InvalidError."""
        if cursor is not None and not is_id(cursor):
            errors = [{"field": "cursor", "code": "unreadable-cursor", "params": {}}]
            raise InvalidError("unreadable-cursor", "cursor", {}, errors)
        wanted = ({"_id": id} if id else {}, {"_id": {"$gt": cursor}} if cursor else {}, self.clause(self.sight))
        clauses = [one for one in wanted if one]
        found = self.collection.find({"$and": clauses} if clauses else {}).sort("_id", ASCENDING).limit(page_size + 1)
        rows = list(found)
        return rows[:page_size], rows[page_size - 1]["_id"] if len(rows) > page_size else None
