"""The first seal that this node heard of for each minutes, of whatever node: a later one that differs tells on itself.

A seal is computed again whenever sealed minutes come in or are written (domain/seal.py); one that does not hold is
told in the log of the process, and by GET /minutes/{id}/seal for ever.
"""

from collections.abc import Iterable
from typing import Any

from pymongo.client_session import ClientSession
from pymongo.database import Database

from chassis.kernel.record import Record
from chassis.process.logs import get_logger
from services.meetings.domain.minutes import Minutes
from services.meetings.domain.seal import check

log = get_logger()


class Seals:
    """{_id: minutes, sha256, version: in which it was first heard}."""

    collection_name = "seals"

    def __init__(self, database: Database[dict[str, Any]]) -> None:
        self.collection = database[self.collection_name]

    def follow(self, records: Iterable[Record], session: ClientSession) -> None:
        """Keep the first seal of each; part of the commit that stores them."""
        for record in records:
            if isinstance(record, Minutes) and record.seal is not None:
                first = {"sha256": record.seal.sha256, "version": record.version}
                self.collection.update_one({"_id": record.id}, {"$setOnInsert": first}, upsert=True, session=session)
                self._look(record, session)

    def first(self, id: str, session: ClientSession | None = None) -> str | None:
        """The first seal of these minutes that was heard here."""
        found = self.collection.find_one({"_id": id}, session=session)
        return str(found["sha256"]) if found else None

    def _look(self, record: Minutes, session: ClientSession) -> None:
        if check(record, self.first(record.id, session)).holds is False:
            log.warning("minutes.seal_broken", id=record.id, origin=record.origin, version=record.version)
