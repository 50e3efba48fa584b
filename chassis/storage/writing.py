"""What a unit of work writes, inside its transaction; refusals of the store become the platform's own errors."""

from collections.abc import Sequence
from typing import Any, TypeVar

from pymongo.client_session import ClientSession
from pymongo.errors import BulkWriteError, DuplicateKeyError

from chassis.kernel.errors import ConflictError, StaleError
from chassis.kernel.record import Record
from chassis.storage.mongo import is_duplicate
from chassis.storage.repository import Repository

K = TypeVar("K")
V = TypeVar("V")


def grouped(pairs: Sequence[tuple[K, V]]) -> dict[K, list[V]]:
    """The second of each pair, by the first."""
    groups: dict[K, list[V]] = {}
    for key, value in pairs:
        groups.setdefault(key, []).append(value)
    return groups


def insert(collection: Any, documents: list[dict[str, Any]], session: ClientSession) -> None:
    """Store documents whose ids must be new. Raises: ConflictError already-kept."""
    try:
        collection.insert_many(documents, session=session)
    except BulkWriteError as error:
        if is_duplicate(error):
            raise ConflictError("already-kept", None, {"id": documents[0]["_id"]}) from error
        raise


def write_record(
    repository: Repository[Any], record: Record, before: Record | None, incarnation: int, session: ClientSession
) -> None:
    """Store a version of a record, if the one before it is still the stored one. Raises: StaleError, ConflictError."""
    document = repository.to_document(record) | {"incarnation": incarnation}
    try:
        if before is None:
            repository.collection.insert_one(document, session=session)
            return
        found = repository.collection.replace_one(
            {"_id": record.id, "version": before.version}, document, session=session
        )
    except DuplicateKeyError as error:
        raise repository.conflict(error, record) from error
    if found.matched_count == 0:
        raise StaleError("stale-version", None, {"given": before.version, "current": "?"})
