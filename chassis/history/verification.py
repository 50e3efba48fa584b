"""A verification of a trail, page by page, so that it costs the same memory and time a call whatever its length.

In order: the heads that were kept outside the database, here and by other nodes → the entries, and what they stand for
→ whether each change has an entry → whether the records are what the log says last. What a run found is added up in
`trail_checks`.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from pymongo import DESCENDING

from chassis.history.chain_check import PAGE, ChainCheck, Fault, Found
from chassis.history.heads import Heads, contradicted
from chassis.kernel.clock import now, rfc3339
from chassis.kernel.errors import InvalidError
from chassis.kernel.ids import new_id
from chassis.storage.trail import Trail

HEADS, WITNESSED, ENTRIES, CHANGES = "heads", "witnessed", "entries", "changes"
HEADS_PAGE = 200
Records = Callable[[str, datetime | None], Found]
"""A page of the comparison of records: after that place, since then."""


class Verification:
    """Of the trail of one service, or of the accounts."""

    def __init__(
        self,
        trail: Trail,
        heads: Heads,
        seal: Callable[[], Any],
        records: dict[str, Records],
        missing: Callable[[list[str]], Iterable[Fault]] = lambda refs: (),
        contradictions: Heads | None = None,
    ) -> None:
        """`records`: what the records of each noun are compared by; `missing`: which records of changes are gone;
        `contradictions`: what other nodes keep of it that was not found in it (witness.py).
        """
        self.trail, self.heads = trail, heads
        self._seal, self._records, self._missing = seal, records, missing
        self.runs = trail.notes.collection.database["trail_checks"]
        self._check = ChainCheck(trail)
        self.contradictions = contradictions
        self.phases = (HEADS, WITNESSED, ENTRIES, CHANGES, *records)

    def page(self, cursor: str | None, run: str | None, by: str, since: datetime | None) -> dict[str, Any]:
        """One page: {run, phase, checked, faults, explained, head, next_cursor}; a new run where none is named."""
        phase, _, after = (cursor or f"{HEADS}:").partition(":")
        if phase not in self.phases:
            raise InvalidError("unreadable-cursor", "cursor")
        if cursor is None:
            self._seal()
        found = self._of(phase, after, since)
        following = None if found.following is None else f"{phase}:{found.following}"
        if following is None and phase != self.phases[-1]:
            following = f"{self.phases[self.phases.index(phase) + 1]}:"
        told = {"phase": phase, "checked": found.checked, "faults": found.faults, "explained": dict(found.explained)}
        run = self._note(run, by, since, found, following is None)
        return {"run": run, **told, "next_cursor": following}

    def head(self) -> dict[str, Any] | None:
        """The newest entry, as it is told."""
        last = self.trail.last()
        return {name: last[name] for name in ("n", "at", "sha256")} if last else None

    def latest(self) -> dict[str, Any] | None:
        """The last run that came to its end."""
        found = self.runs.find_one({"ended": {"$ne": None}}, sort=[("_id", DESCENDING)])
        return dict(found) if found else None

    def holds(self) -> bool:
        """Whether the newest head that was kept outside is in the trail still, or a restore explains it: one look."""
        head = self.heads.last()
        wrong = contradicted(self.trail, head) if head else None
        return wrong is None or wrong[0] == "restored"

    def keep_head(self) -> bool:
        """Note the newest entry outside the database, if it is not there yet. Raises: OSError."""
        last, kept = self.trail.last(), self.heads.last()
        if last is None or (kept and (kept["n"], kept["sha256"]) == (last["number"], last["sha256"])):
            return False
        self.heads.keep(last)
        return True

    def _of(self, phase: str, after: str, since: datetime | None) -> Found:
        if phase == HEADS:
            return self._heads(self.heads, int(after or 0))
        if phase == WITNESSED:
            return self._heads(self.contradictions, int(after or 0)) if self.contradictions else Found(0)
        if phase == ENTRIES:
            return self._check.entries(int(after) if after else self._first(since))
        if phase == CHANGES:
            return self._changes(after, since)
        return self._records[phase](after, since)

    def _heads(self, kept: Heads, after: int) -> Found:
        heads = kept.page(after, HEADS_PAGE)
        found = Found(len(heads))
        for line, head in enumerate(heads, after + 1):
            if head is None:
                found.faults.append({"code": "head-unreadable", "line": line})
                continue
            wrong = contradicted(self.trail, head)
            if wrong is not None and wrong[0] == "restored":
                found.explained["lost-in-restore"] += 1
            elif wrong is not None:
                last = self.trail.last()
                told = {"n": head["n"], "at": head["at"], "of": head.get("of", ""), "last": last["n"] if last else 0}
                found.faults.append({"code": wrong[0], **told})
        found.following = str(after + len(heads)) if len(heads) == HEADS_PAGE else None
        return found

    def _changes(self, after: str, since: datetime | None) -> Found:
        """A page of all changes; those since then alone are told as missing where a time is asked."""
        listed = self.trail.source.refs(after, PAGE)
        refs = [ref for ref, _ in listed]
        unknown = self._check.vouched(refs)
        if unknown:
            self._seal()  # they may be of this moment
            there = self.trail.source.contents(unknown)
            unknown = [ref for ref in self._check.vouched(unknown) if ref in there]
        found = Found(len(refs), [{"code": "unknown-change", "event": ref} for ref in unknown])
        found.faults += self._missing(refs)
        found.following = listed[-1][1] if len(listed) == PAGE else None
        return found

    def _first(self, since: datetime | None) -> int:
        """The number before the first entry that was made since then."""
        if since is None:
            return 0
        found = self.trail.collection.find_one({"at": {"$gte": rfc3339(since)}}, {"number": 1}, sort=[("number", 1)])
        last = self.trail.last()
        return int(found["number"]) - 1 if found else int(last["number"]) if last else 0

    def _note(self, run: str | None, by: str, since: datetime | None, found: Found, ended: bool) -> str:
        run = run or new_id()
        known = self.runs.find_one({"_id": run}) or {
            "by": by,
            "began": now(),
            "since": since,
            "checked": 0,
            "faults": 0,
        }
        explained = Counter(known.get("explained", {})) + found.explained
        told = {"checked": known["checked"] + found.checked, "faults": known["faults"] + len(found.faults)}
        whole = {**known, **told, "explained": dict(explained), "ended": now() if ended else None}
        self.runs.replace_one({"_id": run}, {**whole, "_id": run}, upsert=True)
        return run
