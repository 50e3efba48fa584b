"""Openings of documents in the store, of all nodes."""

from collections.abc import Sequence

from pymongo import ASCENDING

from chassis.kernel.principal import Caller
from chassis.storage.mongo import pieces
from chassis.storage.repository import Index, Page, Repository
from services.meetings.domain.reading import Opening


class Openings(Repository[Opening]):
    """An institution has one of a document on a node."""

    collection_name = "openings"
    noun = "opening"
    kind = Opening
    indexes = (
        Index(
            (("document_id", ASCENDING), ("institution_id", ASCENDING)),
            unique=True,
            conflict="opening-exists",
            field="institution_id",
        ),
        Index((("document_id", ASCENDING), ("_id", ASCENDING))),
        Index((("institution_id", ASCENDING), ("_id", ASCENDING))),
    )

    def listed(
        self, caller: Caller, *, page_size: int, cursor: str | None, document_id: str | None, institution_id: str | None
    ) -> Page[Opening]:
        """A page of openings."""
        asked = {"document_id": document_id, "institution_id": institution_id}
        return self.page({name: value for name, value in asked.items() if value}, page_size, cursor, caller)

    def of_documents(self, ids: Sequence[str], visible: Sequence[str]) -> list[Opening]:
        """Every opening of these that may be seen."""
        found = [one for piece in pieces(ids) for one in self.collection.find({"document_id": {"$in": piece}})]
        return [self.to_record(one) for one in found if one["visibility"] in visible]

    def is_noted(self, document_id: str, institution_id: str) -> bool:
        """Whether the institution opened it here before."""
        wanted = {"document_id": document_id, "institution_id": institution_id, "origin": self.node}
        return self.collection.find_one(wanted, {"_id": 1}) is not None
