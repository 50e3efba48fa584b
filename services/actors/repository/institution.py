"""Institutions in the store."""

from typing import Any

from pymongo import ASCENDING

from chassis.kernel.principal import Caller
from chassis.kernel.text import fold
from chassis.storage.repository import Document, Index, Page, Repository
from services.actors.domain.institution import Institution, known_as


class Institutions(Repository[Institution]):
    """The directory; `derived.keys` are all folded names, `derived.words` the words of them."""

    collection_name = "institutions"
    noun = "institution"
    kind = Institution
    indexes = (
        Index((("derived.name", ASCENDING),), unique=True, conflict="institution-name-taken", field="name"),
        Index((("derived.keys", ASCENDING),)),
        Index((("derived.words", ASCENDING), ("_id", ASCENDING))),
        Index((("kind", ASCENDING), ("_id", ASCENDING))),
        Index((("status", ASCENDING), ("_id", ASCENDING))),
    )

    def derived(self, record: Institution) -> Document:
        """Folded names to look up by."""
        keys = sorted(known_as(record))
        return {
            "name": fold(record.name),
            "keys": keys,
            "words": sorted({word for key in keys for word in key.split()}),
        }

    def find_named(self, folded: str) -> Institution | None:
        """By its name, folded; one of this node's own before those of others."""
        found = [self.to_record(one) for one in self.collection.find({"derived.name": folded}).sort("_id", ASCENDING)]
        return min(found, key=lambda one: one.origin != self.node, default=None)

    def find_known_as(self, folded: str) -> Institution | None:
        """By any name, folded; where several bear it, the one that entered first."""
        document = self.collection.find_one({"derived.keys": folded}, sort=[("_id", ASCENDING)])
        return None if document is None else self.to_record(document)

    def listed(
        self,
        caller: Caller,
        *,
        page_size: int,
        cursor: str | None,
        q: str | None,
        acronym: str | None,
        kind: str | None,
        status: str | None,
    ) -> Page[Institution]:
        """A page of the directory. Words of `q` match the beginnings of words of any name."""
        conditions: dict[str, Any] = {key: value for key, value in (("kind", kind), ("status", status)) if value}
        if acronym:
            conditions["derived.keys"] = fold(acronym)
        words = fold(q).split() if q else []
        if words:
            conditions["$and"] = [{"derived.words": {"$regex": f"^{word}"}} for word in words[:8]]
        return self.page(conditions, page_size, cursor, caller)
