"""Reads as of an earlier instant: the same fields and the same rules of who may see what, then and now.

What may not be seen today is not shown as it was, nor what might not be seen then, though it may be today.
"""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any

from marshmallow import Schema
from pymongo import ASCENDING

from chassis.history.versions import History
from chassis.kernel.clock import NIAMEY, now, rfc3339
from chassis.kernel.errors import InvalidError, NotFoundError
from chassis.kernel.ids import is_id
from chassis.kernel.sight import Sight
from chassis.storage.repository import Repository


def day_end(day: str) -> datetime:
    """The last millisecond of a calendar day in Niamey. Raises: ValueError, OverflowError."""
    morning = datetime.combine(datetime.fromisoformat(day).date(), time(), NIAMEY)
    return morning + timedelta(days=1) - timedelta(milliseconds=1)


def not_ahead(at: datetime) -> datetime:
    """The instant, or the present where it is the end of this very day. Raises: InvalidError as-of-in-future."""
    present = now()
    if at <= present:
        return at
    if at == day_end(present.astimezone(NIAMEY).date().isoformat()):
        return present
    raise InvalidError("as-of-in-future", "as_of", {"given": rfc3339(at), "now": rfc3339(present)})


def record_then(
    history: History, repository: Repository[Any], record: Mapping[str, Any], at: datetime, sight: Sight
) -> dict[str, Any]:
    """A record that the caller may see today, as it was.

    Raises: NotFoundError <noun>-not-found, not-known-then; GoneError past-removed; InvalidError as-of-in-future.
    """
    then = history.as_of(record, not_ahead(at))
    if then["visibility"] not in repository.levels(sight, then):
        raise NotFoundError(f"{repository.noun.replace('_', '-')}-not-found", None, {"id": record["id"]})
    return then


def page_then(
    history: History, repository: Repository[Any], gives: Schema, asked: Mapping[str, Any], sight: Sight
) -> dict[str, Any]:
    """A page of records as they were, by id: {items, next_cursor}; filters are fields that must have had that value.

    Cost: page_size records are looked at, whether they fit or not; so a page may hold fewer, even none, before the end.
    Raises: InvalidError as-of-in-future, filter-not-in-past, unreadable-cursor; GoneError past-removed.
    """
    at, size = not_ahead(asked["as_of"]), asked["page_size"]
    own = ("as_of", "page_size", "cursor")
    wanted = {name: value for name, value in asked.items() if name not in own and value is not None}
    for name in wanted.keys() - gives.fields.keys():
        raise InvalidError("filter-not-in-past", name, {"name": name})
    cursor = asked["cursor"] or ""
    if cursor and not is_id(cursor):
        raise InvalidError("unreadable-cursor", "cursor")
    there = {"_id": {"$gt": cursor}, "created_at": {"$lte": at}, **repository.clause(sight)}
    documents = list(repository.collection.find(there).sort("_id", ASCENDING).limit(size + 1))
    records = gives.dump([repository.to_record(one) for one in documents[:size]], many=True)
    then = [one for one in history.each_as_of(records, at) if one]
    then = [one for one in then if one["visibility"] in repository.levels(sight, one)]
    fitting = [one for one in then if all(one.get(name) == value for name, value in wanted.items())]
    return {"items": fitting, "next_cursor": records[-1]["id"] if len(documents) > size else None}
