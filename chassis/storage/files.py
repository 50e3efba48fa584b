"""The bytes of files, by their SHA-256, in a service's own database; and which files its records name.

A file is kept in pieces (chassis/kernel/pieces.py), written one by one outside of any unit of work: the record that
names it comes after. What no record names is let go of after a day. Doing anything twice is doing it once.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, ClassVar

from bson.binary import Binary
from pymongo import ASCENDING
from pymongo.client_session import ClientSession
from pymongo.database import Database

from chassis.kernel.clock import now
from chassis.kernel.pieces import PIECE, length_of, pieces_of
from chassis.kernel.record import FEDERATED, Record

UNNAMED = timedelta(days=1)


class FileStore:
    """Bytes by their SHA-256."""

    collection_name = "files"

    def __init__(self, database: Database[dict[str, Any]]) -> None:
        self.collection, self.pieces = database[self.collection_name], database["file_pieces"]

    def has(self, digest: str, session: ClientSession | None = None) -> bool:
        """Whether the whole file is here, and is what its name says."""
        found = self.collection.find_one({"_id": digest}, {"complete": 1}, session=session)
        return found is not None and bool(found["complete"])

    def keep(self, digest: str, number: int, data: bytes) -> None:
        """Keep a piece, unless the file is whole."""
        if self.has(digest):
            return
        self.collection.update_one(
            {"_id": digest}, {"$setOnInsert": {"complete": False}, "$set": {"at": now()}}, upsert=True
        )
        self.pieces.replace_one({"_id": _name(digest, number)}, {"data": Binary(data)}, upsert=True)

    def close(self, digest: str, size: int) -> bool:
        """Whether all pieces are here and right: then the file is whole. Else nothing of it is kept."""
        if self.has(digest):
            return True
        found = sha256()
        for number in range(pieces_of(size)):
            piece = self._piece(digest, number)
            if piece is None or len(piece) != length_of(number, size):
                break
            found.update(piece)
        if found.hexdigest() != digest:
            self.drop(digest, pieces_of(size))
            return False
        self.collection.update_one({"_id": digest}, {"$set": {"complete": True, "size": size}}, upsert=True)
        return True

    def piece(self, digest: str, number: int) -> bytes:
        """A piece of a file that is whole. Raises: LookupError."""
        found = self._piece(digest, number)
        if found is None:
            raise LookupError(f"{digest} {number}")
        return found

    def read(self, digest: str, start: int, length: int) -> bytes:
        """Some bytes of a file that is whole; fewer at its end."""
        first, last = start // PIECE, (start + length - 1) // PIECE
        joined = b"".join(self._piece(digest, number) or b"" for number in range(first, last + 1))
        return joined[start - first * PIECE :][:length]

    def drop(self, digest: str, pieces: int) -> None:
        """Let go of a file, or of what is here of it."""
        self.collection.delete_one({"_id": digest})
        for number in range(pieces):
            self.pieces.delete_one({"_id": _name(digest, number)})

    def unnamed_since(self, at: datetime) -> list[tuple[str, int]]:
        """(SHA-256, pieces) of what nobody added to since then; whether a record names it is asked elsewhere."""
        old = self.collection.find({"at": {"$lt": at}}, {"size": 1})
        return [(one["_id"], pieces_of(one["size"]) if "size" in one else self._highest(one["_id"])) for one in old]

    def _highest(self, digest: str) -> int:
        span = {"_id": {"$gte": _name(digest, 0), "$lt": f"{digest};"}}
        return max((int(one["_id"].partition(":")[2]) + 1 for one in self.pieces.find(span, {"_id": 1})), default=0)

    def _piece(self, digest: str, number: int) -> bytes | None:
        found = self.pieces.find_one({"_id": _name(digest, number)})
        return None if found is None else bytes(found["data"])


class AnnouncedFiles(ABC):
    """Which files the records of this node and of others name: a row a record and file, written in the record's commit.

    A subclass says in which collection the records of a kind are, and which files such a document names.
    """

    collection_name = "announced_files"
    collections: ClassVar[Mapping[type[Record], str]]

    def __init__(self, database: Database[dict[str, Any]]) -> None:
        self.database, self.collection = database, database[self.collection_name]
        self.files, self.unwanted = FileStore(database), database["unwanted_files"]
        for key in ("record", "sha256", "here"):
            self.collection.create_index([(key, ASCENDING)])

    @abstractmethod
    def named(self, document: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
        """{sha256, size, …} of each file that a stored record names."""

    def follow(self, records: Iterable[Record], session: ClientSession) -> None:
        """Note what these records name, as they are stored now; part of the commit that stores them."""
        for record in records:
            if (collection := self.collections.get(type(record))) is not None:
                stored = self.database[collection].find_one({"_id": record.id}, session=session)
                self._note(record.id, stored, session)

    def _note(self, id: str, stored: Mapping[str, Any] | None, session: ClientSession) -> None:
        wanted = {} if stored is None else {f"{id} {one['sha256']}": one for one in self.named(stored)}
        known = {one["_id"]: one for one in self.collection.find({"record": id}, session=session)}
        for name in known.keys() - wanted.keys():
            self.collection.delete_one({"_id": name}, session=session)
            if stored is None:  # withdrawn by its node: its bytes go too, a moment later
                digest = known[name]["sha256"]
                self.unwanted.replace_one({"_id": digest}, {"size": known[name]["size"]}, upsert=True, session=session)
        for name, one in wanted.items():
            assert stored is not None  # noqa: S101 (it names a file)
            row = {"record": id, "sha256": one["sha256"], "size": one["size"]}
            row |= {"origin": stored["origin"], "visibility": stored["visibility"]}
            before = known.get(name)
            row["here"] = self.files.has(one["sha256"], session) if before is None else before["here"]
            if before != {"_id": name, **row}:
                self.collection.replace_one({"_id": name}, row, upsert=True, session=session)

    def of(self, digest: str) -> list[dict[str, Any]]:
        """Every record that names the file: {record, sha256, size, origin, visibility, here}."""
        return list(self.collection.find({"sha256": digest}))

    def travelling(self, digest: str, origin: str | None = None) -> dict[str, Any] | None:
        """A record (of that node) that names the file and that other nodes may see."""
        return next(
            (
                one
                for one in self.of(digest)
                if one["visibility"] in FEDERATED and (origin is None or one["origin"] == origin)
            ),
            None,
        )

    def leaving(self, to: str, origin: str | None, since: datetime | None) -> list[dict[str, Any]]:
        """{sha256, size} of what is here, may go to that node, and came here since then; the smallest first.

        `origin`: only what that node's records name; None: those of all but the receiver's.
        """
        whose = {"$ne": to} if origin is None else origin
        rows = self.collection.find({"here": True, "origin": whose, "visibility": {"$in": list(FEDERATED)}})
        sizes = {one["sha256"]: one["size"] for one in rows}
        if since is not None:
            older = self.files.collection.find({"at": {"$lt": since}}, {"_id": 1})
            for one in older:
                sizes.pop(one["_id"], None)
        return [{"sha256": id, "size": size} for size, id in sorted((size, id) for id, size in sizes.items())]

    def missing(self) -> list[dict[str, Any]]:
        """What records name and is not here, the smallest first."""
        return sorted(self.collection.find({"here": False}), key=lambda one: (one["size"], one["sha256"]))

    def came(self, digest: str) -> None:
        """The file is here now."""
        self.collection.update_many({"sha256": digest}, {"$set": {"here": True}})

    def drop_unwanted(self) -> list[str]:
        """Let go of the files of withdrawn records, whole or in part, unless another record names them. Which."""
        gone = []
        for one in list(self.unwanted.find()):
            if not self.of(one["_id"]):
                self.files.drop(one["_id"], pieces_of(one["size"]))
                # A record that came meanwhile and names it took it for being here.
                self.collection.update_many({"sha256": one["_id"]}, {"$set": {"here": False}})
                gone.append(one["_id"])
            self.unwanted.delete_one({"_id": one["_id"]})
        return gone

    def forget_unnamed(self) -> int:
        """Let go of files that no record has named for a day. How many they were."""
        gone = [one for one in self.files.unnamed_since(now() - UNNAMED) if not self.of(one[0])]
        for digest, pieces in gone:
            self.files.drop(digest, pieces)
        return len(gone)


def _name(digest: str, number: int) -> str:
    return f"{digest}:{number:08d}"
