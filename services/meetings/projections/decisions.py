"""The register of decisions over the minutes of all nodes (domain/decision.py), kept in the commits that write some."""

from collections.abc import Iterable
from typing import Any

from pymongo import ASCENDING, DESCENDING
from pymongo.client_session import ClientSession

from chassis.kernel.principal import Caller
from chassis.kernel.record import Record
from chassis.kernel.text import fold
from chassis.storage.repository import Document, Index, Page, Repository, structure
from services.meetings.domain.decision import DecisionLine, concerned, counts, lines, words
from services.meetings.domain.minutes import Minutes


class Decisions(Repository[DecisionLine]):
    """The latest first. Nobody writes here but `follow`; a line is no record that travels."""

    collection_name = "decisions"
    noun = "decision"
    kind = DecisionLine
    order = (("date", DESCENDING),)
    indexes = (
        Index((("date", DESCENDING), ("_id", ASCENDING))),
        Index((("group_id", ASCENDING), ("date", DESCENDING), ("_id", ASCENDING))),
        Index((("derived.words", ASCENDING),)),
        Index((("minutes_id", ASCENDING),)),
        Index((("decision_id", ASCENDING),)),
        Index((("confirms", ASCENDING),)),
        Index((("document_id", ASCENDING),)),
        Index((("to_confirm", ASCENDING), ("date", DESCENDING), ("_id", ASCENDING))),
    )

    def derived(self, record: DecisionLine) -> Document:
        """The words it is found by."""
        return {"words": words(record)}

    def follow(self, records: Iterable[Record], session: ClientSession) -> None:
        """Put the lines of these minutes in the place of those there were; part of the commit that stores them."""
        for id in sorted({one.id for one in records if isinstance(one, Minutes)}):
            self._replace(id, session)

    def listed(
        self,
        caller: Caller,
        *,
        page_size: int,
        cursor: str | None,
        q: str | None,
        since: str | None,
        until: str | None,
        to_confirm: bool | None,
        **equal: str | None,
    ) -> Page[DecisionLine]:
        """A page of decisions; `q`: with all these words. To be confirmed are those that no later one confirms."""
        conditions: dict[str, Any] = {name: value for name, value in equal.items() if value}
        if asked := fold(q or "").split():
            conditions["derived.words"] = {"$all": sorted(set(asked))}
        days = {sign: day for sign, day in (("$gte", since), ("$lte", until)) if day}
        if days:
            conditions["date"] = days
        if to_confirm is not None:
            open_ = {"to_confirm": True, "confirmed_by": None}
            conditions |= open_ if to_confirm else {"$nor": [open_]}
        return self.page(conditions, page_size, cursor, caller)

    def of_decision(self, id: str) -> DecisionLine | None:
        """The line of a decision, None if it is of no minutes that left the desk."""
        return self.find_by(decision_id=id)

    def _replace(self, id: str, session: ClientSession) -> None:
        before = [self.to_record(one) for one in self.collection.find({"minutes_id": id}, session=session)]
        stored = self.collection.database["minutes"].find_one({"_id": id}, session=session)
        after = lines(structure({**stored, "id": id}, Minutes)) if stored else []  # withdrawn ones are gone
        if not before and not after:
            return
        self.collection.delete_many({"minutes_id": id}, session=session)
        if after:
            self.collection.insert_many([self.to_document(one) for one in after], session=session)
        for decision in sorted(concerned([*before, *after])):
            found = self.collection.find({"confirms": decision}, session=session)
            by = sorted(one.decision_id for one in map(self.to_record, found) if counts(one))
            mark = {"$set": {"confirmed_by": by[0] if by else None}}
            self.collection.update_many({"decision_id": decision}, mark, session=session)
