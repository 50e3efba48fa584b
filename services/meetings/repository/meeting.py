"""Meetings in the store."""

from collections.abc import Sequence
from typing import Any

from pymongo import ASCENDING, DESCENDING

from chassis.kernel.principal import Caller
from chassis.storage.repository import Document, Index, Page, Repository
from services.meetings.domain.meeting import Meeting

ONCE = {
    "called": ("convocation-taken", None),
    "session": ("session-taken", "number"),
    "follows": ("next-exists", None),
}
"""What is unique among this node's own meetings; of meetings stored by an older release it is not there."""
MOST_IN_A_YEAR = 500  # of the groups that one institution sits on


def session_key(group_id: str | None, kind: str, number: int | None) -> str | None:
    """A place in a series."""
    return f"{group_id}/{kind}/{number}" if group_id and number else None


def _there(key: str) -> Document:
    return {f"derived.{key}": {"$exists": True}}


class Meetings(Repository[Meeting]):
    """The latest first."""

    collection_name = "meetings"
    noun = "meeting"
    kind = Meeting
    order = (("date", DESCENDING),)
    indexes = (
        Index((("date", DESCENDING), ("_id", ASCENDING))),
        Index((("group_id", ASCENDING), ("date", DESCENDING), ("_id", ASCENDING))),
        Index((("state", ASCENDING), ("date", DESCENDING), ("_id", ASCENDING))),
        Index((("group_id", ASCENDING), ("convocations.year", ASCENDING))),
        *(
            Index(((f"derived.{key}", ASCENDING),), True, code, field, _there(key))
            for key, (code, field) in ONCE.items()
        ),
        Index((("attendance.institution_id", ASCENDING), ("date", DESCENDING), ("_id", ASCENDING))),
    )

    def derived(self, record: Meeting) -> Document:
        """What no two meetings of this node share: a convocation, a place in a series, being the next of another."""
        called, off = record.convocations[-1:], record.state == "cancelled"
        keys = {
            "called": "/".join(f"{record.group_id}/{one.year}/{one.number}" for one in called),
            "session": session_key(record.group_id, record.kind, record.number) if not off else None,
            "follows": record.follows_id if not off else None,
        }
        return {name: key for name, key in keys.items() if key}

    def on_day(self, group_id: str, day: str) -> list[Meeting]:
        """The group's meetings on a day, in the order they were planned."""
        found = self.collection.find({"group_id": group_id, "date": day}).sort("_id", ASCENDING)
        return [self.to_record(document) for document in found]

    def highest_convocation(self, group_id: str | None, year: int) -> int:
        """The last number given in that year, here or elsewhere; 0 if none. Cost: the meetings convened in the year."""
        found = self.collection.find({"group_id": group_id, "convocations.year": year}, {"convocations": 1})
        return max((one["number"] for row in found for one in row["convocations"] if one["year"] == year), default=0)

    def sessions(self, group_id: str, kind: str, before: str, most: int) -> list[Meeting]:
        """Those of the series until that day that were not called off, the latest first."""
        wanted = {"group_id": group_id, "kind": kind, "state": {"$ne": "cancelled"}, "date": {"$lte": before}}
        found = self.collection.find(wanted).sort([("date", DESCENDING), ("_id", ASCENDING)]).limit(most)
        return [self.to_record(document) for document in found]

    def session(self, group_id: str, kind: str, number: int) -> Meeting | None:
        """The one that has this place in the series."""
        found = self.collection.find_one({"derived.session": session_key(group_id, kind, number)})
        return None if found is None else self.to_record(found)

    def next_of(self, id: str) -> Meeting | None:
        """The session that was made the next of this one."""
        found = self.collection.find_one({"derived.follows": id})
        return None if found is None else self.to_record(found)

    def beginning(self, since: str, until: str, states: Sequence[str], most: int) -> list[Meeting]:
        """Those of any group and node in these states that begin on one of these days, as far as they are seen."""
        wanted = {"date": {"$gte": since, "$lte": until}, "state": {"$in": list(states)}}
        clauses = [one for one in (self.clause(self.sight), wanted) if one]
        found = self.collection.find({"$and": clauses}).sort([("date", ASCENDING), ("_id", ASCENDING)]).limit(most)
        return [self.to_record(document) for document in found]

    def of_group(self, group_id: str, states: Sequence[str], order: int, **days: str) -> list[Meeting]:
        """Its first ordinary session in these states and on these days, as far as it is seen, in that order of days."""
        wanted: Document = {"group_id": group_id, "kind": "ordinary", "state": {"$in": list(states)}}
        if days:
            wanted["date"] = {f"${name}": day for name, day in days.items()}
        clauses = [one for one in (self.clause(self.sight), wanted) if one]
        found = self.collection.find({"$and": clauses}).sort([("date", order)]).limit(1)
        return [self.to_record(document) for document in found]

    def in_window(self, since: str, until: str, group_ids: Sequence[str] | None, most: int) -> list[Meeting]:
        """Those of these groups, or all, that begin on one of these days, as far as they are seen; the last ones."""
        wanted: Document = {"date": {"$gte": since, "$lte": until}}
        if group_ids is not None:
            wanted["group_id"] = {"$in": list(group_ids)}
        clauses = [one for one in (self.clause(self.sight), wanted) if one]
        found = self.collection.find({"$and": clauses}).sort([("date", DESCENDING), ("_id", ASCENDING)]).limit(most)
        return [self.to_record(document) for document in found]

    def held_of(self, group_ids: Sequence[str], since: str, visible: Sequence[str]) -> list[Meeting]:
        """What these groups held since that day, the latest first."""
        wanted = {"group_id": {"$in": list(group_ids)}, "date": {"$gte": since}}
        return self._took_place(wanted, visible, MOST_IN_A_YEAR) if group_ids else []

    def attended_by(
        self, ids: Sequence[str], since: str, visible: Sequence[str], most: int = MOST_IN_A_YEAR
    ) -> list[Meeting]:
        """Where one of these institutions was, itself or by a delegate; the latest first."""
        there = {"institution_id": {"$in": list(ids)}, "status": {"$nin": ["excused", "absent"]}}
        # The first clause is what the index is for; the second says that it is one and the same line.
        wanted = {"attendance.institution_id": {"$in": list(ids)}, "attendance": {"$elemMatch": there}}
        return self._took_place({**wanted, "date": {"$gte": since}}, visible, most)

    def _took_place(self, wanted: dict[str, Any], visible: Sequence[str], most: int) -> list[Meeting]:
        held = {"state": {"$in": ["held", "closed"]}, "visibility": {"$in": list(visible)}}
        found = self.collection.find({**wanted, **held}).sort([("date", DESCENDING), ("_id", ASCENDING)]).limit(most)
        return [self.to_record(document) for document in found]

    def listed(
        self,
        caller: Caller,
        *,
        page_size: int,
        cursor: str | None,
        group_id: str | None,
        state: str | None,
        since: str | None,
        until: str | None,
    ) -> Page[Meeting]:
        """A page of meetings; days are included."""
        conditions: dict[str, Any] = {key: value for key, value in (("group_id", group_id), ("state", state)) if value}
        days = {key: value for key, value in (("$gte", since), ("$lte", until)) if value}
        if days:
            conditions["date"] = days
        return self.page(conditions, page_size, cursor, caller)
