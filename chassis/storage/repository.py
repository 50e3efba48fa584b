"""Records in MongoDB: documents ⇄ frozen records, indexes beside the queries that need them, pages by key."""

import base64
import binascii
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, ClassVar, Generic, TypeVar

import cattrs
import orjson
from pymongo import ASCENDING
from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from chassis.kernel.errors import ConflictError, InvalidError, NotFoundError, StaleError
from chassis.kernel.ids import is_id
from chassis.kernel.principal import Caller
from chassis.kernel.record import FEDERATED, Record
from chassis.kernel.sight import LEVELS
from chassis.storage.seeing import Seen

R = TypeVar("R", bound=Record)
Document = dict[str, Any]
ANY: Document = {"visibility": {"$in": list(LEVELS)}}  # the embedded store is slow to sort what nothing filters
DISPUTED = "disputed"
"""On a record of another node of which two contents came for one version; see chassis/storage/foreign.py."""

_convert = cattrs.Converter()
# BSON keeps instants itself.
_convert.register_unstructure_hook(datetime, lambda instant: instant)
_convert.register_structure_hook(datetime, lambda value, _kind: value)


def structure(values: Mapping[str, Any], kind: type[R]) -> R:
    """A record from values: nested dicts become its parts, lists its tuples; parts that are made stay as they are."""
    return _convert.structure(_convert.unstructure(dict(values)), kind)


def unstructure(record: Record) -> Document:
    """The plain values of a record, in depth."""
    values: Document = _convert.unstructure(record)
    return values


@dataclass(frozen=True)
class Index:
    """An index and, if it is unique, the conflict that its violation means.

    Unique is among this node's own records: what another node has is never refused by us, nor what it had in between
    (two of its records may swap a name). All are found by the same keys: there a plain index stands beside the unique.
    """

    keys: tuple[tuple[str, int], ...]
    unique: bool = False
    conflict: str = "already-exists"
    field: str | None = None
    where: Mapping[str, Any] | None = None

    @property
    def stored_keys(self) -> tuple[tuple[str, int], ...]:
        """The keys as the store has them; of a unique one the origin first (docs/decisions/0063)."""
        return (("origin", ASCENDING), *self.keys) if self.unique else self.keys

    @property
    def name(self) -> str:
        """The index's name in the store: built from its keys, so that a change of keys is a new index."""
        return "_".join(f"{key}_{direction}" for key, direction in self.stored_keys) + ("_own_u" if self.unique else "")


@dataclass(frozen=True)
class Page(Generic[R]):
    """One page of a list and the cursor to the next, None at the end."""

    items: tuple[R, ...]
    next_cursor: str | None


class Repository(Seen, Generic[R]):
    """The records of one noun. A subclass says which, with what indexes, and asks its own questions."""

    collection_name: ClassVar[str]
    noun: ClassVar[str]
    kind: ClassVar[type[Any]]
    indexes: ClassVar[tuple[Index, ...]] = ()
    order: ClassVar[tuple[tuple[str, int], ...]] = ()
    """Fields that a list is sorted by before the id, which always decides last."""
    node: str | None = None
    """The node whose records may be changed; set by the store."""

    def __init__(self, database: Database[Document]) -> None:
        self.collection = database[self.collection_name]

    def derived(self, record: R) -> Document:
        """Stored beside the record for searching only (folded names and the like)."""
        return {}

    def to_document(self, record: R) -> Document:
        """The record as it is stored; its id is `_id`."""
        document = unstructure(record)
        document["_id"] = document.pop("id")
        derived = self.derived(record)
        return {**document, "derived": derived} if derived else document

    def to_record(self, document: Mapping[str, Any]) -> R:
        """The stored document as a record; fields it does not know are left aside."""
        record: R = structure({**document, "id": document["_id"]}, self.kind)
        return record

    def find(self, id: str) -> R | None:
        """The record or None, also when it is not seen. Cost: the primary index."""
        document = self.collection.find_one(self.by_id(id))
        return None if document is None else self.to_record(document)

    def get(self, id: str, version: int | None = None) -> R:
        """The record. Raises: NotFoundError <noun>-not-found (also when it is not seen); StaleError stale-version."""
        record = self.find(id)
        if record is None:
            raise NotFoundError(f"{self.noun.replace('_', '-')}-not-found", None, {"id": id})
        return _in_version(record, version)

    def own(self, id: str, version: int | None = None) -> R:
        """The record, to change it. Raises: as get; ConflictError not-the-origin before anything else."""
        record = self.get(id)
        if self.node is not None and record.origin != self.node:
            raise not_the_origin(record, self.noun)
        return _in_version(record, version)

    def find_by(self, **equal: Any) -> R | None:
        """The first record whose fields (dots as __) equal these values; declare an index for them."""
        document = self.collection.find_one({key.replace("__", "."): value for key, value in equal.items()})
        return None if document is None else self.to_record(document)

    def page(self, conditions: Mapping[str, Any], page_size: int, cursor: str | None, caller: Caller) -> Page[R]:
        """A page of what fits and the caller sees. Cost: grows with the page, not with what lies before it."""
        order = (*self.order, ("_id", ASCENDING))
        after = _after(order, _read_cursor(cursor, len(order))) if cursor else {}
        clauses = [one for one in (self.clause(self.looking(caller)) or ANY, conditions, after) if one]
        found = list(self.collection.find({"$and": clauses}).sort(list(order)).limit(page_size + 1))
        documents, more = found[:page_size], len(found) > page_size
        next_cursor = _write_cursor([_value(documents[-1], key) for key, _ in order]) if more else None
        return Page(tuple(self.to_record(document) for document in documents), next_cursor)

    def held(self, origin: str | None = None) -> Iterator[tuple[str, str, tuple[int, int]]]:
        """What other nodes may hold of this noun: (origin, id, (incarnation, version)), in the order of ids.

        Cost: grows with the records; asked once a day (chassis/federation/repair.py).
        """
        conditions: dict[str, Any] = {"visibility": {"$in": list(FEDERATED)}} | ({"origin": origin} if origin else {})
        conditions[DISPUTED] = {"$ne": True}
        wanted = {"origin": 1, "incarnation": 1, "version": 1}
        for found in self.collection.find(conditions, wanted).sort("_id", ASCENDING):
            yield found["origin"], found["_id"], (found.get("incarnation", 1), found["version"])

    def conflict(self, error: DuplicateKeyError, record: R) -> ConflictError:
        """The conflict that a unique index tells of."""
        text = str(error)
        for index in self.indexes:
            if index.unique and index.name in text:
                return ConflictError(index.conflict, index.field, {"noun": self.noun})
        return ConflictError("already-exists", None, {"noun": self.noun, "id": record.id})


def not_the_origin(record: Record, noun: str) -> ConflictError:
    """The refusal to change a record of another node: whose it is, and which."""
    return ConflictError("not-the-origin", None, {"origin": record.origin, "noun": noun, "id": record.id})


def _in_version(record: R, version: int | None) -> R:
    if version is not None and record.version != version:
        raise StaleError("stale-version", None, {"given": version, "current": record.version})
    return record


def sync_indexes(repositories: Sequence["Repository[Any]"]) -> None:
    """Make the declared indexes exist; those that exist stay as they are, unique ones that are not declared go."""
    for repository in repositories:
        declared = {index.name for index in repository.indexes}
        for name in repository.collection.index_information():
            if name.endswith("_u") and name not in declared:
                repository.collection.drop_index(name)
        for index in repository.indexes:
            where = dict(index.where or {})
            if index.unique:
                plain = replace(index, unique=False)
                repository.collection.create_index(list(plain.stored_keys), name=plain.name, **_only(where))
                where["origin"] = repository.node
            options: dict[str, Any] = {"name": index.name, "unique": index.unique, **_only(where)}
            repository.collection.create_index(list(index.stored_keys), **options)


def _only(where: Document) -> Document:
    return {"partialFilterExpression": where} if where else {}


def _value(document: Mapping[str, Any], path: str) -> Any:
    value: Any = document
    for step in path.split("."):
        value = value.get(step) if isinstance(value, Mapping) else None
    return value


def _after(order: Sequence[tuple[str, int]], values: Sequence[Any]) -> Document:
    """Strictly after these values, in lexicographic order of the keys."""
    ways = []
    for position, (key, direction) in enumerate(order):
        equal = {order[earlier][0]: values[earlier] for earlier in range(position)}
        ways.append({**equal, key: {"$gt" if direction > 0 else "$lt": values[position]}})
    return {"$or": ways}


def _write_cursor(values: Sequence[Any]) -> str:
    plain = [[value.isoformat()] if isinstance(value, datetime) else value for value in values]
    return base64.urlsafe_b64encode(orjson.dumps(plain)).decode().rstrip("=")


def _read_cursor(cursor: str, length: int) -> list[Any]:
    try:
        raw = base64.b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4), b"-_", validate=True)
        values = orjson.loads(raw)
    except (ValueError, binascii.Error, UnicodeEncodeError) as error:
        raise _unreadable() from error
    if not isinstance(values, list) or len(values) != length or not is_id(values[-1]):
        raise _unreadable()
    return [_read_value(value) for value in values]


def _read_value(value: Any) -> Any:
    """What a list is sorted by: a text, a number, an instant, nothing. Raises: InvalidError unreadable-cursor."""
    if value is None or isinstance(value, str) or (type(value) is int and abs(value) < 2**63):
        return value
    try:
        (instant,) = value
        found = datetime.fromisoformat(instant)
    except (TypeError, ValueError) as error:
        raise _unreadable() from error
    if found.tzinfo is None:
        raise _unreadable()
    return found


def _unreadable() -> InvalidError:
    return InvalidError(
        "unreadable-cursor", "cursor", {}, [{"field": "cursor", "code": "unreadable-cursor", "params": {}}]
    )
