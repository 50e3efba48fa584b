"""The parts of a record that can be found: what is in the index, and what a hit shows.

Made from the record as it is stored. Persons are not in it: neither who presents an item, nor who has to act, nor who
signed, nor the list of those present. A text is searched as it stands.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from hashlib import blake2b
from typing import Any

from chassis.kernel.clock import NIAMEY
from chassis.kernel.sight import LEVELS

KINDS = ("meeting", "minutes", "decision", "document", "recommendation")
COLLECTIONS = {
    "meeting": "meetings",
    "minutes": "minutes",
    "document": "documents",
    "recommendation": "recommendations",
}
"""Noun → where its records are."""
Stored = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A part of a record: a whole meeting, a section of minutes, one decision."""

    record: str
    noun: str
    kind: str
    part: str = ""
    """Which part, stable while the record does not change; "" for the record itself."""
    section: int | None = None
    """Of minutes: the place of the section, from 0."""
    day: str
    visibility: str
    group_id: str | None = None
    axis: str | None = None
    title: str = ""
    decision: str = ""
    text: str = ""

    @property
    def key(self) -> int:
        """Greater is later: so the newest come first by going down. The same wherever and whenever it is made."""
        digest = blake2b(f"{self.record} {self.part}".encode(), digest_size=8).digest()
        return date.fromisoformat(self.day).toordinal() << 41 | int.from_bytes(digest) >> 23


def entries(noun: str, record: Stored, meeting: Stored | None = None) -> list[Entry]:
    """The parts of a stored record; `meeting` is that of a recommendation, where it is known."""
    if meeting is not None and LEVELS.index(meeting["visibility"]) < LEVELS.index(record["visibility"]):
        meeting = None  # nothing of it may be found out by whoever does not see it
    base = Entry(
        record=str(record["_id"]),
        noun=noun,
        kind=noun,
        day=_day(noun, record, meeting),
        visibility=str(record["visibility"]),
        group_id=(meeting or record).get("group_id"),
        axis=record.get("axis"),
        title=str(record.get("title") or ""),
    )
    return list(_PARTS[noun](base, record))


def _meeting(base: Entry, record: Stored) -> Iterator[Entry]:
    points = [item["title"] for item in record.get("agenda") or ()]
    yield replace(base, text=_lines(record.get("group_name"), record.get("place"), *points))


def _minutes(base: Entry, record: Stored) -> Iterator[Entry]:
    yield replace(base, text=_lines(record.get("group_name"), record.get("place"), record.get("preamble")))
    for place, section in enumerate(record.get("sections") or ()):
        part = replace(base, section=place, title=str(section.get("title") or ""))
        asked = [action["what"] for action in section.get("actions") or ()]
        yield replace(part, part=f"s{place}", text=_lines(section.get("text"), *asked))
        for number, decision in enumerate(section.get("decisions") or ()):
            yield replace(part, kind="decision", part=f"s{place}d{number}", decision=str(decision["text"]))


def _document(base: Entry, record: Stored) -> Iterator[Entry]:
    notes = [text.get("note") for text in record.get("versions") or ()]
    names = [file["name"] for text in record.get("versions") or () for file in text.get("files") or ()]
    yield replace(base, text=_lines(record.get("summary"), *notes[-1:], *dict.fromkeys(names)))


def _recommendation(base: Entry, record: Stored) -> Iterator[Entry]:
    yield replace(base, decision=str(record["text"]), text=str(record.get("section") or ""))


_PARTS = {
    "meeting": _meeting,
    "minutes": _minutes,
    "document": _document,
    "recommendation": _recommendation,
}


def _day(noun: str, record: Stored, meeting: Stored | None) -> str:
    if noun in ("meeting", "minutes"):
        return str(record["date"])
    if noun == "recommendation" and meeting is not None:
        return str(meeting["date"])
    made: datetime = record["created_at"]
    return made.astimezone(NIAMEY).date().isoformat()


def _lines(*texts: str | None) -> str:
    return "\n".join(text for text in texts if text)
