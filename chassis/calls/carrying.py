"""Calls on a service's log for files that carry events to other nodes by hand (chassis/federation/carried.py)."""

import base64
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import orjson

from chassis.contract.operating import CarriedQuery, LookForEvents
from chassis.contract.parcel import MOST_BYTES, MOST_EVENTS, deflated
from chassis.contract.schema import load
from chassis.history.leaving import first_id
from chassis.kernel.record import FEDERATED
from chassis.service import Service, rpc
from chassis.storage.mongo import pieces

MARGIN = timedelta(hours=1)  # an event may be stored some time before it leaves


class Carrying(Service):
    """For the role admin alone."""

    @rpc
    def list_carried(self, payload: Any) -> Any:
        """A block of the log for a node: {content_base64 (JSON array, deflated), nouns, next_cursor}.

        What would go to it over a link, as it was first sent and in the order of the log: a region tells its own, a
        centre also what it heard of the others.
        """
        asked = load(CarriedQuery(), payload)
        after = self._start(asked["since"]) if asked["cursor"] is None else int(asked["cursor"])
        found, more = self.store.outbox.follow({}, after, MOST_EVENTS)
        taken: list[bytes] = []
        nouns: Counter[str] = Counter()
        place = after
        for number, envelope in found:
            if self._leaves_for(asked["to"], envelope):
                body = orjson.dumps(envelope)
                if taken and sum(map(len, taken)) + len(body) > MOST_BYTES:
                    more = True
                    break
                taken.append(body)
                nouns[envelope["type"].split(".")[2]] += 1
            place = number
        following = str(place) if more else None
        content = base64.b64encode(deflated(taken)).decode()
        return {"content_base64": content, "nouns": dict(nouns), "next_cursor": following}

    @rpc
    def look_for_events(self, payload: Any) -> Any:
        """Which of these events need not come any more, and which are parked: {known, parked}, ids."""
        events = load(LookForEvents(), payload)["events"]
        known = self._seen(events) | self._held(events)
        parked: set[str] = set()
        for piece in pieces([one["id"] for one in events if one["id"] not in known]):
            found = self.store.database["parked"].find({"event_id": {"$in": piece}}, {"event_id": 1})
            parked |= {str(one["event_id"]) for one in found}
        return {"known": sorted(known), "parked": sorted(parked)}

    def _start(self, since: datetime | None) -> int:
        """The place in the log after which all lies that came here since then, whenever it was made."""
        return 0 if since is None else self.store.outbox.last_before(first_id(since - MARGIN))

    def _leaves_for(self, node: str, envelope: dict[str, Any]) -> bool:
        own = envelope["origin"] == self.store.place.node
        others = self.settings["GTM"].hub is None and envelope["origin"] != node
        return (own or others) and envelope["visibility"] in FEDERATED

    def _seen(self, told: list[dict[str, Any]]) -> set[str]:
        """Those that the queue of other nodes' events has taken, whether or not anything newer was there."""
        marks = {f"{self.name}.inbound {one['source']} {one['id']}": one["id"] for one in told}
        return {marks[mark] for mark in self.store.seen.noted(sorted(marks))}

    def _held(self, told: list[dict[str, Any]]) -> set[str]:
        """Those whose record is here as it then was, or newer."""
        found: set[str] = set()
        for noun in {one["noun"] for one in told} & set(self.store.foreign.nouns()):
            own = [one for one in told if one["noun"] == noun]
            kept = self._versions(noun, sorted({one["subject"] for one in own}))
            found |= {one["id"] for one in own if kept.get(one["subject"], (0, 0)) >= _version(one)}
        return found

    def _versions(self, noun: str, ids: list[str]) -> dict[str, tuple[int, int]]:
        kept: dict[str, tuple[int, int]] = {}
        collection, fields = self.store.foreign.repository(noun).collection, {"incarnation": 1, "version": 1}
        for piece in pieces(ids):
            for row in collection.find({"_id": {"$in": piece}}, fields):
                kept[row["_id"]] = (row.get("incarnation", 1), row["version"])
        return kept


def _version(sought: dict[str, Any]) -> tuple[int, int]:
    return sought["incarnation"], sought["version"]
