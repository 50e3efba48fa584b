"""Whether a trail holds: its chain, what it vouches for, and whether it vouches for all there is. Page by page.

What is no longer there, or is another than it was, is explained by a note of the trail itself, and by nothing else:
compacted by the policy, forgotten when its node withdrew the record, redacted.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from chassis.kernel.chain import Entry, broken, digest, hashed
from chassis.storage.mongo import pieces
from chassis.storage.trail import Trail

PAGE = 500
GONE = ("compaction", "forgotten")
Fault = dict[str, Any]


@dataclass
class Found:
    """What a page came to: how much was looked at, what is wrong, what a note explains; where the next one begins."""

    checked: int = 0
    faults: list[Fault] = field(default_factory=list)
    explained: Counter[str] = field(default_factory=Counter)
    following: str | None = None


class ChainCheck:
    """Over one trail."""

    def __init__(self, trail: Trail) -> None:
        self._trail = trail

    def entries(self, after: int) -> Found:
        """The entries after that number, and what they stand for."""
        entries = self._trail.after(after, PAGE)
        before = self._trail.entry(after) if after else None
        previous = str(before["sha256"]) if before else self._trail.beginning
        found = Found(len(entries))
        wrong = set()
        for code, told in broken(entries, after, previous):
            found.faults.append({"code": code, **told})
            wrong.add(told["n"])
        whole = [one for one in entries if one["number"] not in wrong]
        self._contents([one for one in whole if one["kind"] == "event"], found)
        self._notes([one for one in whole if one["kind"] != "event"], found)
        found.faults.sort(key=lambda one: one["n"])
        found.following = str(entries[-1]["number"]) if len(entries) == PAGE else None
        return found

    def vouched(self, refs: Sequence[str]) -> list[str]:
        """Those of these changes that no entry stands for."""
        missing = set(refs) - self._trail.chained(refs)
        return [ref for ref in refs if ref in missing]

    def _contents(self, entries: Sequence[Entry], found: Found) -> None:
        there = self._trail.source.contents([one["ref"] for one in entries])
        odd = [one for one in entries if not _fits(one, there.get(one["ref"]))]
        notes = self._notes_of([one["ref"] for one in odd])
        for one in odd:
            content = there.get(one["ref"])
            why = _explained(one, content, notes.get(one["ref"], ()))
            if why:
                found.explained[why] += 1
            else:
                code = "content-changed" if content is not None else "content-missing"
                found.faults.append({"code": code, **_told(one)})

    def _notes(self, entries: Sequence[Entry], found: Found) -> None:
        there = self._trail.notes.contents([one["ref"] for one in entries])
        for one in entries:
            if not _fits(one, there.get(one["ref"])):
                code = "note-changed" if one["ref"] in there else "note-missing"
                found.faults.append({"code": code, "n": one["number"], "note": one["ref"], "kind": one["kind"]})
            elif one["kind"] == "restored":
                found.explained["restored"] += 1

    def _notes_of(self, refs: Sequence[str]) -> dict[str, list[Mapping[str, Any]]]:
        """Event → the notes that name it and that the trail vouches for."""
        found: dict[str, list[Mapping[str, Any]]] = {}
        trusted: dict[str, bool] = {}
        for piece in pieces(refs):
            for note in self._trail.notes.collection.find({"events": {"$in": piece}}):
                if note["_id"] not in trusted:
                    trusted[note["_id"]] = self._is_vouched(note)
                for ref in piece if trusted[note["_id"]] else ():
                    if ref in note["events"]:
                        found.setdefault(ref, []).append(note)
        return found

    def _is_vouched(self, note: Mapping[str, Any]) -> bool:
        entry = self._trail.standing_for(note["_id"])
        if entry is None:  # it was written this moment
            self._trail.seal_all(PAGE)
            entry = self._trail.standing_for(note["_id"])
        there = self._trail.notes.contents([note["_id"]]).get(note["_id"])
        return entry is not None and hashed(entry) == entry["sha256"] and _fits(entry, there)


def _fits(entry: Entry, content: Any) -> bool:
    salt = entry.get("salt")
    if content is None or not isinstance(salt, str):
        return False
    return bool(digest(content, salt) == entry["digest"])


def _explained(entry: Entry, content: Any, notes: Sequence[Mapping[str, Any]]) -> str | None:
    """The kind of the note that explains it; None if none does."""
    if content is None:
        return next((str(note["kind"]) for note in notes if note["kind"] in GONE), None)
    if "salt" in entry:
        return None
    redactions = sorted((note for note in notes if note["kind"] == "redaction"), key=lambda note: str(note["_id"]))
    if not redactions:
        return None
    last = redactions[-1]
    wanted = last["digests"][last["events"].index(entry["ref"])]
    return "redaction" if digest(content, last["salt"]) == wanted else None


def _told(entry: Entry) -> Fault:
    told = {"n": entry["number"], "event": entry["ref"]}
    names = {"subject": "subject", "type": "type", "version": "recordversion", "time": "time"}
    return told | {name: entry[field] for name, field in names.items() if entry.get(field) is not None}
