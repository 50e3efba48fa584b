"""What a service knew of its records at an earlier time, read from its log.

A record as of an instant is its version with the greatest (incarnation, version) among those of that instant or before,
in today's words (chassis/contract/upcast.py). Where the log lacks the versions between that one and the next, because
compaction removed them or they never came here, nobody can say which one held then: GoneError, never a guess.
"""

import contextlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chassis.contract.envelope import EventType, UnreadableEventError, declared, read, write
from chassis.contract.upcast import split
from chassis.contract.withdrawal import tells_withdrawal
from chassis.kernel.clock import rfc3339
from chassis.kernel.errors import GoneError, InvalidError, NotFoundError
from chassis.storage.mongo import pieces
from chassis.storage.outbox import Outbox, Row

LONGEST_VALUE = 4000  # bytes as JSON; the text of minutes is read as of then
_CURSOR = re.compile(r"([1-9]\d{0,15})\.([1-9]\d{0,15})", re.ASCII)
_THIN = {
    "subject": 1, "type": 1, "time": 1, "recordversion": 1, "visibility": 1, "envelope.incarnation": 1,
}  # fmt: skip
_TOLD = {**_THIN, "envelope.actor": 1, "envelope.correlationid": 1, "envelope.data.changed": 1}


@dataclass(frozen=True, kw_only=True)
class Version:
    """A version of a record, as the log has it."""

    event_id: str
    subject: str
    type: str
    time: datetime
    incarnation: int
    number: int
    visibility: str
    told: Mapping[str, Any]
    """What else of the envelope was read."""

    @property
    def order(self) -> tuple[int, int]:
        """Which of two is the newer."""
        return self.incarnation, self.number


def known_at(versions: Sequence[Version], at: datetime) -> Version | None:
    """The version that held at an instant, None before the first. Raises: GoneError past-removed."""
    ordered = sorted(versions, key=lambda one: one.order)
    reached = [place for place, one in enumerate(ordered) if one.time <= at]
    place = reached[-1] if reached else -1
    _require_no_hole(ordered, place)
    while place >= 0 and tells_withdrawal(ordered[place].type):
        place -= 1  # only who may see the record was changed by it
        _require_no_hole(ordered, place)
    return ordered[place] if place >= 0 else None


def _require_no_hole(ordered: Sequence[Version], place: int) -> None:
    """Pass if the version after that place is the next one. Raises: GoneError past-removed."""
    before = ordered[place].number if place >= 0 else 0
    if place + 1 < len(ordered) and ordered[place + 1].number > before + 1:
        following = ordered[place + 1]
        params = {"first": before + 1, "last": following.number - 1, "since": rfc3339(following.time)}
        raise GoneError("past-removed", "as_of", params)


class History:
    """The past of one service's records."""

    def __init__(self, outbox: Outbox, known: Iterable[EventType]) -> None:
        self._rows, self._known = outbox.rows, {event.name: event for event in known}

    def as_of(self, record: Mapping[str, Any], at: datetime) -> dict[str, Any]:
        """A record, given as it is today, as it was then: the same fields. Cost: grows with its versions.

        Raises: NotFoundError not-known-yet-then; GoneError past-removed.
        """
        (found,) = self.each_as_of([record], at)
        if found is None:
            params = {"id": record["id"], "since": record["created_at"]}
            raise NotFoundError("not-known-then", "as_of", params)
        return found

    def each_as_of(self, records: Sequence[Mapping[str, Any]], at: datetime) -> list[dict[str, Any] | None]:
        """The same for several; None for one that did not exist yet. Raises: GoneError past-removed."""
        ids = [record["id"] for record in records]
        versions = self._versions({"$in": ids}, _THIN)
        chosen = {record["id"]: self._then(record, versions.get(record["id"], []), at) for record in records}
        wanted = [one.event_id for one in chosen.values() if one]
        envelopes = {row["_id"]: row["envelope"] for row in self._rows.find({"_id": {"$in": wanted}}, {"envelope": 1})}
        return [self._shown(envelopes[one.event_id]) if (one := chosen[id]) else None for id in ids]

    def in_version(self, id: str, number: int) -> dict[str, Any] | None:
        """A record in one of its versions, in today's words; None where the log does not have it."""
        rows = self._rows.find({"subject": id, "recordversion": number}, {"envelope": 1, "type": 1})
        told = [row["envelope"] for row in rows if not tells_withdrawal(row["type"])]
        newest = max(told, key=lambda one: int(one["incarnation"]), default=None)
        return self._shown(newest) if newest else None

    def versions(
        self, id: str, visible: Sequence[str], page_size: int, cursor: str | None, *, of_whom: bool = False
    ) -> tuple[list[dict[str, Any]], str | None]:
        """A page of a record's versions, the newest first, and the cursor to the next; `of_whom`: who made them, why.

        Of each what changed, before and after; not before where that version is not kept, or is not for this reader.
        """
        limit = _read_cursor(cursor)
        found = [one for one in self._versions(id, _TOLD).get(id, []) if limit is None or one.order < limit]
        seen = sorted((one for one in found if one.visibility in visible), key=lambda one: one.order, reverse=True)
        page = seen[:page_size]
        more = len(seen) > page_size
        before = {one.event_id: _one_before(one, found) for one in page}
        told_of = {one.event_id for one in (*page, *(one for one in before.values() if one))}
        rows = {
            row["_id"]: row for piece in pieces(sorted(told_of)) for row in self._rows.find({"_id": {"$in": piece}})
        }
        items = []
        for one in page:
            earlier = before[one.event_id]
            known = rows.get(earlier.event_id) if earlier and earlier.visibility in visible else None
            items.append(self._told(one, of_whom) | self._changes(rows.get(one.event_id), known, of_whom))
        return items, f"{page[-1].incarnation}.{page[-1].number}" if more else None

    def _then(self, record: Mapping[str, Any], versions: Sequence[Version], at: datetime) -> Version | None:
        if at < datetime.fromisoformat(record["created_at"]):
            return None
        return known_at(versions, at)

    def _versions(self, subject: Any, wanted: Mapping[str, int]) -> dict[str, list[Version]]:
        found: dict[str, list[Version]] = {}
        for row in self._rows.find({"subject": subject}, wanted):
            found.setdefault(row["subject"], []).append(_version(row))
        return found

    def _shown(self, envelope: dict[str, Any]) -> dict[str, Any]:
        """The record in an event, as today's schema has it."""
        event = read(write(envelope), self._known.values())
        return {name: value for name, value in declared(event, self._known.values()).items() if name != "changed"}

    def _changes(self, row: Row | None, before: Row | None, of_whom: bool) -> dict[str, Any]:
        """What the rows of a version and of the one before tell: by which right, why, and each field that changed."""
        right = (row or {}).get("by", {}) if of_whom else {}
        why = (row or {}).get("why") if of_whom else None
        told: list[dict[str, Any]] = []
        if row is not None and not tells_withdrawal(row["type"]):
            with contextlib.suppress(UnreadableEventError):  # of a later release: told without its fields
                earlier = self._shown(before["envelope"]) if before else {}
                event = read(write(row["envelope"]), self._known.values())
                after = declared(event, self._known.values())
                told = [_change(name, earlier, after) for name in event.data["changed"]]
        return {"institution_id": right.get("institution_id"), "why": why, "changes": told}

    def _told(self, version: Version, of_whom: bool) -> dict[str, Any]:
        changed = version.told.get("data", {}).get("changed", [])
        if version.type not in self._known and split(version.type)[0]:
            changed = self._changed_in_todays_words(version)
        return {
            "version": version.number,
            "incarnation": version.incarnation,
            "time": rfc3339(version.time),
            "type": version.type,
            "actor": version.told["actor"] if of_whom else None,
            "changed": changed,
            "correlation_id": version.told["correlationid"],
        }

    def _changed_in_todays_words(self, version: Version) -> list[str]:
        row = self._rows.find_one({"_id": version.event_id}, {"envelope": 1})
        return list(read(write(row["envelope"]), self._known.values()).data["changed"]) if row else []


def _one_before(version: Version, found: Sequence[Version]) -> Version | None:
    """The version that this one was made of, past tombstones; None if it is the first, or is not kept."""
    by_order = {one.order: one for one in found}
    place = version
    while (before := by_order.get((place.incarnation, place.number - 1)) or _of_earlier_life(place, found)) is not None:
        if not tells_withdrawal(before.type):
            return before
        place = before
    return None


def _of_earlier_life(version: Version, found: Sequence[Version]) -> Version | None:
    """The same where the node was restored in between."""
    ones = [one for one in found if one.incarnation < version.incarnation and one.number == version.number - 1]
    return max(ones, key=lambda one: one.order, default=None)


def _change(name: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    values = {when: side[name] for when, side in (("before", before), ("after", after)) if name in side}
    short = {when: value for when, value in values.items() if len(write({"": value})) <= LONGEST_VALUE}
    return {"field": name, **short, "too_long": len(short) < len(values)}


def _version(row: Mapping[str, Any]) -> Version:
    return Version(
        event_id=row["_id"],
        subject=row["subject"],
        type=row["type"],
        time=datetime.fromisoformat(row["time"]),
        incarnation=row["envelope"]["incarnation"],
        number=row["recordversion"],
        visibility=row["visibility"],
        told=row["envelope"],
    )


def _read_cursor(cursor: str | None) -> tuple[int, int] | None:
    if cursor is None:
        return None
    found = _CURSOR.fullmatch(cursor)
    if found is None:
        raise InvalidError("unreadable-cursor", "cursor")
    return int(found[1]), int(found[2])
