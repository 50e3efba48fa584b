"""Read-only copies of other services' records, fed by events: how services learn of each other without calling."""

import time
from collections.abc import Mapping
from typing import Any, ClassVar

from pymongo import ASCENDING
from pymongo.client_session import ClientSession
from pymongo.database import Database

from chassis.envelope import Event


class Replica:
    """The copies of one noun: {_id, origin, recordversion, incarnation, **the record's fields}."""

    noun: ClassVar[str]
    attribute: ClassVar[str]
    """Its name on a Work or a Store: "known_institutions"."""
    indexes: ClassVar[tuple[str, ...]] = ()

    def __init__(self, database: Database[dict[str, Any]]) -> None:
        self.collection = database[f"replica_{self.noun}"]

    def sync_indexes(self) -> None:
        """One index a field named in `indexes`."""
        for name in self.indexes:
            self.collection.create_index([(name, ASCENDING)], name=f"{name}_1")

    def apply(self, event: Event, session: ClientSession) -> None:
        """Keep the event's record unless what is kept is as new (events.md, Receiving 2 and 4)."""
        kept = self.collection.find_one({"_id": event.subject}, {"incarnation": 1, "recordversion": 1}, session=session)
        coming = (event.incarnation, event.recordversion)
        if kept is not None and (kept["incarnation"], kept["recordversion"]) >= coming:
            return
        copy = {name: value for name, value in event.data.items() if name not in ("id", "changed")}
        copy |= {"recordversion": event.recordversion, "incarnation": event.incarnation, "origin": event.origin}
        self.collection.replace_one({"_id": event.subject}, copy, upsert=True, session=session)

    def find(self, id: str, within: float = 2.0) -> dict[str, Any] | None:
        """The copy or None. An unknown id is asked for again for `within` seconds: its event may be on the way."""
        deadline = time.monotonic() + within
        while True:
            found = self.collection.find_one({"_id": id})
            if found is not None or time.monotonic() >= deadline:
                return found
            time.sleep(0.05)

    def every(self, conditions: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
        """All copies that fit, by id. For small collections (institutions, groups)."""
        return list(self.collection.find(dict(conditions or {})).sort("_id", ASCENDING))
