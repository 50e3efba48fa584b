"""The trail: which changes there were, chained so that a changed or a missing one shows (chassis/kernel/chain.py).

The log stays the history; the trail vouches for it: an entry for each of its rows, and for each note of what became
of rows (compacted, forgotten, redacted). Entries are made a moment after the commit, so no writer waits for another:
1. the last entry is read: its number, its hash, how far it had come in the log;
2. notes that wait, then rows whose place in the log lies after that (positions.py: nothing ever appears before), are
   chained to it;
3. they are inserted, one after the other, the number as key: of two processes at it, one meets a number that is taken
   and starts again at 1. So there is one chain, without a gap, whoever is killed where.

A restored node goes on from the backup's last entry with a note `restored`: what is known of its lost entries from
elsewhere is then explained.
"""

import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from pymongo import ASCENDING, DESCENDING
from pymongo.client_session import ClientSession
from pymongo.database import Database
from pymongo.errors import BulkWriteError, DuplicateKeyError
from pymongo.read_concern import ReadConcern

from chassis.kernel.chain import Entry, beginning, chained, digest
from chassis.kernel.clock import now, rfc3339
from chassis.kernel.errors import ConflictError
from chassis.kernel.ids import new_id
from chassis.process.crash import crash_point
from chassis.process.logs import get_logger
from chassis.storage.mongo import DUPLICATE, pieces

BATCH = 200
MOST_COUNTED = 10_000
WAITS = "unsealed"
NOTES = "trail_notes"
RESTORED = "00-restored-{:06}"
"""The id of the note of a life of the node: before all others, so that nothing of that life is chained before it."""

Row = dict[str, Any]
log = get_logger()


@dataclass(frozen=True, kw_only=True)
class Item:
    """Something to chain; `place` is how far the log has come with it, for rows of a log; no content: it is gone."""

    ref: str
    kind: str
    told: Mapping[str, Any]
    content: Any
    place: int | None = None


class Source(Protocol):
    """Where changes are written down."""

    def waiting(self, place: int, most: int) -> list[Item]:
        """The first that are not chained; those before that place in the log are."""

    def sealed(self, refs: Sequence[str]) -> None:
        """These are chained now."""

    def behind(self, place: int) -> tuple[int, datetime | None]:
        """How many wait (counted up to 10,000), and since when the first."""

    def contents(self, refs: Sequence[str]) -> dict[str, Any]:
        """What is there now of these."""

    def refs(self, after: str, most: int) -> list[tuple[str, str]]:
        """All there are, after that place: (ref, its place), in an order of their own."""


class Flagged:
    """Documents that say themselves that they wait, from their own transaction on."""

    def __init__(self, collection: Any, kind: str | None, told: Mapping[str, str]) -> None:
        """`kind` of all, None: each says its own; `told`: what an entry tells → the field that has it."""
        self.collection, self._kind, self._told = collection, kind, told

    def sync_indexes(self) -> None:
        """For finding those that wait."""
        self.collection.create_index(WAITS, sparse=True)

    def waiting(self, place: int, most: int) -> list[Item]:
        """See Source."""
        found = self.collection.find({WAITS: True}).sort("_id", ASCENDING).limit(most)
        return [self._item(one) for one in found]

    def sealed(self, refs: Sequence[str]) -> None:
        """See Source."""
        for piece in pieces(refs):
            self.collection.update_many({"_id": {"$in": piece}}, {"$unset": {WAITS: ""}})

    def behind(self, place: int) -> tuple[int, datetime | None]:
        """See Source."""
        first = self.collection.find_one({WAITS: True}, {"at": 1}, sort=[("_id", ASCENDING)])
        count = self.collection.count_documents({WAITS: True}, limit=MOST_COUNTED) if first else 0
        return count, first["at"] if first else None

    def contents(self, refs: Sequence[str]) -> dict[str, Any]:
        """See Source."""
        found: dict[str, Any] = {}
        for piece in pieces(refs):
            found |= {one["_id"]: _content(one) for one in self.collection.find({"_id": {"$in": piece}})}
        return found

    def refs(self, after: str, most: int) -> list[tuple[str, str]]:
        """See Source."""
        found = self.collection.find({"_id": {"$gt": after}}, {"_id": 1}).sort("_id", ASCENDING).limit(most)
        return [(one["_id"], one["_id"]) for one in found]

    def _item(self, one: Row) -> Item:
        told = {name: one.get(field) for name, field in self._told.items()}
        told["time"] = rfc3339(one["at"])
        return Item(ref=one["_id"], kind=self._kind or one["kind"], told=told, content=_content(one))


class Trail:
    """The chain of one database."""

    def __init__(self, database: Database[Row], node: str, owner: str, life: int, source: Source) -> None:
        self.beginning, self.life, self.source = beginning(node, owner), life, source
        # By majority: what others know of a head must not be taken back by a failover.
        self.collection = database.get_collection("trail", read_concern=ReadConcern("majority"))
        told = {"who": "by", "request": "request", "events": "count"}
        self.notes = Flagged(database[NOTES], None, told)
        self.sources: tuple[Source, ...] = (self.notes, source)
        self._indexed, self._seen = False, 0

    def sync_indexes(self) -> None:
        """An entry by what it stands for, once; the last one."""
        self.collection.create_index("ref", name="ref_u", unique=True)
        self.collection.create_index("number", name="number_1")
        if isinstance(self.source, Flagged):
            self.source.sync_indexes()

    def last(self) -> Entry | None:
        """The newest entry."""
        # From the greatest that was seen: the embedded store looks at all that are asked about.
        for least in (self._seen, 0):
            found = self.collection.find_one({"number": {"$gte": least}}, sort=[("number", DESCENDING)])
            if found:
                self._seen = found["number"]
                return dict(found)
        return None

    def entry(self, number: int) -> Entry | None:
        """The entry of that number."""
        found = self.collection.find_one({"_id": number})
        return dict(found) if found else None

    def standing_for(self, ref: str) -> Entry | None:
        """The entry of a change, or of a note."""
        found = self.collection.find_one({"ref": ref})
        return dict(found) if found else None

    def restored_after(self, life: int) -> Entry | None:
        """The entry with which the first later life of the node began."""
        entries = (self.standing_for(RESTORED.format(later)) for later in range(life + 1, self.life + 1))
        return next((one for one in entries if one is not None), None)

    def after(self, number: int, most: int) -> list[Entry]:
        """The entries after that number, in their order."""
        return list(self.collection.find({"number": {"$gt": number}}).sort("number", ASCENDING).limit(most))

    def seal_all(self, most: int | None = None) -> int:
        """Chain all that waits, or that many and a few; how many that was."""
        sealed = 0
        while (most is None or sealed < most) and (found := self.seal()):
            sealed += found
        return sealed

    def seal(self) -> int:
        """Chain the first of what waits; how many those were."""
        known: set[str] = set()
        while True:
            last = self.last()
            self._note_restore(last)
            items = list(self._waiting(last, known))
            if not items:
                return 0
            crash_point("trail.read")
            try:
                self.collection.insert_many(self._entries(last, items), ordered=True)
            except BulkWriteError as error:
                if any(one.get("code") != DUPLICATE for one in (error.details or {}).get("writeErrors", ({},))):
                    raise
                # Somebody else was faster; or died before saying so.
                known = self.chained(one.ref for one in items)
                self._say_sealed([one for one in items if one.ref in known])
                continue
            crash_point("trail.inserted")
            self._say_sealed(items)
            return len(items)

    def behind(self) -> tuple[int, float]:
        """How much waits to be chained (counted up to 10,000), and for how many seconds the first of it."""
        last = self.last()
        found = [one.behind(last["place"] if last else 0) for one in self.sources]
        since = min((at for _, at in found if at is not None), default=None)
        age = max(0.0, (datetime.now(UTC) - since).total_seconds()) if since else 0.0
        return sum(count for count, _ in found), age

    def note(
        self,
        kind: str,
        refs: Iterable[str],
        by: str,
        session: ClientSession,
        *,
        why: str = "",
        request: str = "",
        more: Mapping[str, Any] | None = None,
    ) -> str:
        """Write down, inside the caller's transaction, what became of these rows of the log; the note's id."""
        events = sorted(refs)
        told = {"kind": kind, "events": events, "count": len(events), "by": by, "why": why, "request": request}
        note = {"_id": new_id(), **told, **(more or {}), "at": now(), WAITS: True}
        self.notes.collection.insert_one(note, session=session)
        return str(note["_id"])

    def forget_salts(self, refs: Iterable[str], session: ClientSession) -> None:
        """The content of these is being replaced: nobody shall try what it was. Raises: ConflictError not-sealed-yet.

        Chain all that waits before the transaction begins: an entry that is made later would be of the old content.
        """
        for ref in refs:
            if not self.collection.update_one({"ref": ref}, {"$unset": {"salt": ""}}, session=session).matched_count:
                raise ConflictError("not-sealed-yet", None, {"id": ref})

    def chained(self, refs: Iterable[str]) -> set[str]:
        """Those of these that have an entry."""
        found: set[str] = set()
        for piece in pieces(sorted(refs)):
            found |= {one["ref"] for one in self.collection.find({"ref": {"$in": piece}}, {"ref": 1})}
        return found

    def _note_restore(self, last: Entry | None) -> None:
        if last is None or last["life"] >= self.life:
            return
        told = {"kind": "restored", "events": [], "count": 0, "by": "system", "why": "", "request": ""}
        note = {"_id": RESTORED.format(self.life), **told, "at": now(), WAITS: True}
        try:
            self.notes.collection.insert_one(note)
        except DuplicateKeyError:  # another process was faster, or this one died after it
            return

    def _waiting(self, last: Entry | None, known: set[str]) -> Iterator[Item]:
        place, left = last["place"] if last else 0, BATCH
        for source in self.sources:
            found = source.waiting(place, left) if left else []
            if found and all(one.ref in known for one in found):
                log.error("trail.known_already", first=found[0].ref)  # the log's own order was changed
            for one in found:
                if one.ref not in known:
                    left -= 1
                    yield one

    def _entries(self, last: Entry | None, items: Sequence[Item]) -> list[Entry]:
        place, at, salts = (last["place"] if last else 0), rfc3339(now()), list[str | None]()
        entries: list[Entry] = []
        for one in items:
            place = max(place, one.place or 0)
            salt = secrets.token_hex(16) if one.content is not None else None
            told = {"ref": one.ref, "kind": one.kind, "life": self.life, "at": at, "place": place, **one.told}
            entries.append({**told, "digest": digest(one.content, salt) if salt else None})
            salts.append(salt)
        number, previous = (last["number"], last["sha256"]) if last else (0, self.beginning)
        made = chained(entries, number, previous)
        return [entry | ({"salt": salt} if salt else {}) for entry, salt in zip(made, salts, strict=True)]

    def _say_sealed(self, items: Sequence[Item]) -> None:
        flagged = [one.ref for one in items if one.place is None]
        if not self._indexed and any(one.kind != "event" for one in items):
            self._indexed = True  # notes are rare: most databases have none, and nothing to index
            self.notes.sync_indexes()
            self.notes.collection.create_index("events", name="events_1")
        for source in self.sources if flagged else ():
            source.sealed(flagged)


def _content(document: Row) -> Row:
    return {name: value for name, value in document.items() if name != WAITS}
