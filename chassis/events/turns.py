"""For handlers that need the versions of a record in order: while one waits to be tried again, later ones wait too.

`Subscription(ordered=True)`. In order of time:
1. The queue has one consumer at a time, and its events are handled one after the other.
2. A version that fails is written down in `turns`, with its record, before it goes down the retry ladder.
3. A later version of the same record that comes meanwhile goes round the ladder too, with no attempt counted. Other
   records go on.
4. Once the first is applied, or parked (an operator's matter, who may be days away), the record goes on.

A document: {_id: queue, source and subject; incarnation, recordversion: the one that is waited for; at}.
"""

from datetime import datetime, timedelta
from typing import Any

from pymongo.database import Database

from chassis.contract.envelope import Event
from chassis.kernel.clock import now

COLLECTION = "turns"
LONGEST = timedelta(hours=26)  # the ladder's day, and some: then what is waited for was lost with its queue
PAUSES = (1, 10, 60)  # seconds, of those that the ladder has: for who waits behind another


class Turns:
    """Whose turn it is, in one ordered queue."""

    def __init__(self, database: Database[dict[str, Any]], queue: str) -> None:
        self._collection, self._queue = database[COLLECTION], queue

    def pause(self, event: Event) -> int | None:
        """Seconds that the event has to wait because an earlier version of its record does; None: it is its turn."""
        first = self._collection.find_one({"_id": self._id(event)})
        if first is None or _version(event) <= (first["incarnation"], first["recordversion"]):
            return None
        waited: timedelta = now() - first["at"]
        if waited > LONGEST:
            return None
        return max((one for one in PAUSES if timedelta(seconds=one) <= waited), default=PAUSES[0])

    def wait_for(self, event: Event) -> None:
        """It failed, and will come again: later versions wait for it."""
        incarnation, recordversion = _version(event)
        first: dict[str, Any] = {"incarnation": incarnation, "recordversion": recordversion}
        present: datetime = now()
        self._collection.update_one({"_id": self._id(event)}, {"$set": first, "$setOnInsert": {"at": present}}, True)

    def over(self, event: Event) -> None:
        """It was applied or parked: the next may come. The same twice does no harm."""
        incarnation, recordversion = _version(event)
        done = {"_id": self._id(event), "incarnation": incarnation, "recordversion": recordversion}
        self._collection.delete_one(done)

    def _id(self, event: Event) -> str:
        return f"{self._queue} {event.source} {event.subject}"


def _version(event: Event) -> tuple[int, int]:
    return event.incarnation, event.recordversion
