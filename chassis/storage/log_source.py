"""The rows of a service's log as its trail chains them: in the order of their places."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pymongo import ASCENDING

from chassis.storage.outbox import Outbox
from chassis.storage.trail import MOST_COUNTED, Item

PASSING = ("sent", "sent_at", "superseded", "redacted")
"""What a row says of its way, and not of what happened."""


class LogSource:
    """See chassis.storage.trail.Source."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox, self._places = outbox, outbox.positions.collection

    def waiting(self, place: int, most: int) -> list[Item]:
        """Those that have a place; the relay gives it, or whoever reads the log."""
        found = self._places.find({"number": {"$gt": place}}).sort("number", ASCENDING).limit(most)
        places = {one["event"]: one for one in found}
        rows = {row["_id"]: row for row in self._outbox.rows_of(list(places))}
        return [_item(one, rows.get(event)) for event, one in places.items()]

    def sealed(self, refs: Sequence[str]) -> None:
        """Nothing is marked: the last entry says how far the log is chained."""

    def behind(self, place: int) -> tuple[int, datetime | None]:
        """See Source."""
        after = {"number": {"$gt": place}}
        first = self._places.find_one(after, {"time": 1}, sort=[("number", ASCENDING)])
        if first is None:
            return 0, None
        return self._places.count_documents(after, limit=MOST_COUNTED), datetime.fromisoformat(first["time"])

    def contents(self, refs: Sequence[str]) -> dict[str, Any]:
        """See Source."""
        return {row["_id"]: content(row) for row in self._outbox.rows_of(refs)}

    def refs(self, after: str, most: int) -> list[tuple[str, str]]:
        """See Source; a place is a record and one of its events, for the log is indexed so."""
        subject, _, id = after.partition(" ")
        found: list[dict[str, Any]] = []
        for wanted in ({"subject": subject, "_id": {"$gt": id}}, {"subject": {"$gt": subject}}):
            rows = self._outbox.rows.find(wanted, {"subject": 1})
            order = [("subject", ASCENDING), ("_id", ASCENDING)]
            found += rows.sort(order).limit(most - len(found)) if len(found) < most else []
        return [(row["_id"], f"{row['subject']} {row['_id']}") for row in found]


def content(row: dict[str, Any]) -> dict[str, Any]:
    """What of a row is vouched for."""
    return {name: value for name, value in row.items() if name not in PASSING}


def _item(place: dict[str, Any], row: dict[str, Any] | None) -> Item:
    told = {name: place[name] for name in ("subject", "type", "time")}
    if row is not None:
        envelope = row["envelope"]
        told |= {name: envelope[name] for name in ("origin", "incarnation", "recordversion")}
        told |= {"who": envelope["actor"], "request": envelope["correlationid"]}
    what = None if row is None else content(row)
    return Item(ref=place["event"], kind="event", told=told, content=what, place=place["number"])
