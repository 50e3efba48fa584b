"""The call that searches."""

from collections.abc import Mapping, Sequence
from typing import Any

from chassis.contract.schema import load
from chassis.kernel.checks import refuse
from chassis.kernel.principal import Caller
from chassis.service import Service, rpc
from services.actors.contract.merges import led_by
from services.meetings.contract.search import FoundSchema, SearchSchema
from services.meetings.domain.search.entry import COLLECTIONS, Entry, entries
from services.meetings.domain.search.query import Directory, Term, directory, terms
from services.meetings.domain.search.snippet import marks, snippet
from services.meetings.domain.search.spelling import corrected
from services.meetings.projections.search import Following, Searching
from services.meetings.projections.search_index import Found, SearchIndex, Wanted

Asked = Mapping[str, Any]
LAST_KEY = 2**63 - 1


class SearchEntrypoints(Service):
    """Searching; what the caller may not see is not there."""

    searching = Searching()

    @rpc
    def search(self, payload: Any) -> Any:
        """A page of what fits, the best first: found in a title, in a decision, elsewhere; of each the latest first."""
        caller, asked = self.asking(), load(SearchSchema(), payload)
        following: Following | None = self.searching.following
        if following is None:
            return FoundSchema().dump(_nothing(0))
        following.catch_up()
        made = following.index.made()
        wanted = self._wanted(caller, asked)
        looked_for = terms(asked["q"], self._directory(caller))
        if not looked_for:
            refuse([{"field": "q", "code": "no-word-to-search", "params": {}}])
        found, used, approximate = _find(following.index, looked_for, wanted, asked)
        shown = [self._hit(caller, one, used) for one in found[: asked["page_size"]]]
        last = found[asked["page_size"] - 1] if len(found) > asked["page_size"] else None
        told = _nothing(made.percent if made else 0) | {
            "items": [one for one in shown if one is not None],
            "next_cursor": f"{int(approximate)}.{last.tier}.{last.key}" if last else None,
        }
        return FoundSchema().dump(told | {"approximate": approximate and bool(told["items"])})

    def _wanted(self, caller: Caller, asked: Asked) -> Wanted:
        groups = [asked["group_id"]] if asked["group_id"] else None
        if asked["region"]:
            seen = self._copies("known_groups", caller)
            of_region = {one["_id"] for one in seen if one.get("region") == asked["region"]}
            groups = sorted(of_region if groups is None else of_region & set(groups))
        return Wanted(
            levels=self.store.sight(caller).levels,
            kinds=asked["kinds"],
            groups=groups,
            axis=asked["axis"],
            first_day=asked["since"],
            last_day=asked["until"],
        )

    def _directory(self, caller: Caller) -> Directory:
        """The names that the caller sees, so that no hidden one can be guessed by what it finds."""

        def read() -> Directory:
            institutions = self._copies("known_institutions", caller)
            merges = self._copies("known_merges", caller)
            return directory(institutions, self._copies("known_groups", caller), led_by(merges))

        found: Directory = self.searching.names(self.store.sight(caller), read)
        return found

    def _copies(self, name: str, caller: Caller) -> list[dict[str, Any]]:
        copies = self.store.parts[name]
        every: list[dict[str, Any]] = copies.every(copies.clause(copies.looking(caller)))
        return every

    def _hit(self, caller: Caller, found: Found, used: Sequence[Term]) -> dict[str, Any] | None:
        """What is shown of it, from the record as the caller sees it now; None where it is no more."""
        repository = self.store.parts[COLLECTIONS[found.noun]].seen_by(caller)
        record = repository.collection.find_one(repository.by_id(found.record))
        if record is None:
            return None
        meeting = None
        if found.noun == "recommendation":
            meeting = self.store.parts["meetings"].collection.find_one({"_id": record["meeting_id"]})
        part = next((one for one in entries(found.noun, record, meeting) if one.part == found.part), None)
        return None if part is None else {**_shown(part, used), "origin": record["origin"]}


def _find(
    index: SearchIndex, looked_for: Sequence[Term], wanted: Wanted, asked: Asked
) -> tuple[list[Found], Sequence[Term], bool]:
    """What fits; where nothing does, what fits words like these; with what was looked for, and whether like these."""
    approximate, after = False, None
    if asked["cursor"]:
        given, tier, key = asked["cursor"].split(".")
        approximate, after = given == "1", (int(tier), min(int(key), LAST_KEY))
    if not approximate:
        found = index.find(looked_for, wanted, after, asked["page_size"] + 1)
        if found or after:
            return found, looked_for, False
    meant = corrected(looked_for, index.like)
    if meant == looked_for:
        return [], looked_for, False
    return index.find(meant, wanted, after, asked["page_size"] + 1), meant, True


def _shown(part: Entry, used: Sequence[Term]) -> dict[str, Any]:
    text = part.decision if part.decision and marks(part.decision, used) else part.text or part.decision
    piece = snippet(text, used)
    return {
        "kind": part.kind,
        "id": part.record,
        "noun": part.noun,
        "visibility": part.visibility,
        "date": part.day,
        "group_id": part.group_id,
        "title": part.title,
        "title_marks": _marks(marks(part.title, used)),
        "section": part.section,
        "snippet": piece.text,
        "marks": _marks(piece.marks),
    }


def _marks(found: Sequence[tuple[int, int]]) -> list[dict[str, int]]:
    return [{"start": start, "end": end} for start, end in found]


def _nothing(percent: int) -> dict[str, Any]:
    complete = percent == 100
    return {"items": [], "next_cursor": None, "approximate": False, "complete": complete, "percent": percent}
