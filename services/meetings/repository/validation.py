"""Documents, validation rounds and opinions in the store, of all nodes."""

from collections.abc import Sequence
from typing import Any

from pymongo import ASCENDING, DESCENDING

from chassis.kernel.principal import Caller
from chassis.storage.repository import Index, Page, Repository
from services.meetings.domain.document import Document
from services.meetings.domain.validation_round import Opinion, Round


class Documents(Repository[Document]):
    """In the order they were put up."""

    collection_name = "documents"
    noun = "document"
    kind = Document
    indexes = (
        Index((("state", ASCENDING), ("_id", ASCENDING))),
        Index((("kind", ASCENDING), ("_id", ASCENDING))),
        Index((("meeting_id", ASCENDING), ("_id", ASCENDING))),
    )

    def listed(
        self,
        caller: Caller,
        *,
        page_size: int,
        cursor: str | None,
        kind: str | None,
        state: str | None,
        meeting_id: str | None,
    ) -> Page[Document]:
        """A page of documents."""
        return self.page(_given(kind=kind, state=state, meeting_id=meeting_id), page_size, cursor, caller)

    def of_meeting(self, id: str, visible: Sequence[str]) -> list[Document]:
        """Those of a meeting that may be seen: as many as its agenda has."""
        found = self.collection.find({"meeting_id": id})
        return [self.to_record(one) for one in found if one["visibility"] in visible]


class Rounds(Repository[Round]):
    """The latest first."""

    collection_name = "rounds"
    noun = "round"
    kind = Round
    order = (("opened_at", DESCENDING),)
    indexes = (
        Index((("opened_at", DESCENDING), ("_id", ASCENDING))),
        Index((("document_id", ASCENDING), ("opened_at", DESCENDING), ("_id", ASCENDING))),
        Index((("groups.node", ASCENDING), ("state", ASCENDING), ("opened_at", DESCENDING), ("_id", ASCENDING))),
    )

    def listed(
        self, caller: Caller, *, page_size: int, cursor: str | None, document_id: str | None, state: str | None
    ) -> Page[Round]:
        """A page of rounds."""
        return self.page(_given(document_id=document_id, state=state), page_size, cursor, caller)

    def of_document(self, id: str, visible: Sequence[str] | None = None) -> list[Round]:
        """Every round on a document that may be seen: a few."""
        found = self.collection.find({"document_id": id})
        return [self.to_record(one) for one in found if visible is None or one["visibility"] in visible]

    def asking(self, node: str, caller: Caller, page_size: int, cursor: str | None) -> Page[Round]:
        """A page of the open rounds that ask a group of the node."""
        return self.page({"groups.node": node, "state": "open"}, page_size, cursor, caller)


class Opinions(Repository[Opinion]):
    """A group has one in a round."""

    collection_name = "opinions"
    noun = "opinion"
    kind = Opinion
    indexes = (
        Index(
            (("round_id", ASCENDING), ("group_id", ASCENDING)),
            unique=True,
            conflict="opinion-exists",
            field="group_id",
        ),
        Index((("round_id", ASCENDING), ("_id", ASCENDING))),
        Index((("group_id", ASCENDING), ("_id", ASCENDING))),
    )

    def listed(
        self, caller: Caller, *, page_size: int, cursor: str | None, round_id: str | None, group_id: str | None
    ) -> Page[Opinion]:
        """A page of opinions."""
        return self.page(_given(round_id=round_id, group_id=group_id), page_size, cursor, caller)

    def of_rounds(self, ids: Sequence[str], visible: Sequence[str] | None = None) -> list[Opinion]:
        """Every opinion in these rounds that may be seen."""
        found = self.collection.find({"round_id": {"$in": list(ids)}}).sort("_id", ASCENDING)
        return [self.to_record(one) for one in found if visible is None or one["visibility"] in visible]


def _given(**asked: Any) -> dict[str, Any]:
    return {name: value for name, value in asked.items() if value}
