"""The words of notifications, in French and English, from wording.toml: one table an act and a language.

A line is left out when a fact that it names is not known, so that no text has a hole.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any

from chassis.kernel.clock import NIAMEY
from services.notifications.domain.announcement import Announcement
from services.notifications.domain.notification import REPORT

MONTHS = {
    "fr": (
        "janvier", "février", "mars", "avril", "mai", "juin",
        "juillet", "août", "septembre", "octobre", "novembre", "décembre",
    ),
    "en": (
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ),
}  # fmt: skip
LONGEST_NAME = 200  # of a body named by a text only: enough to recognise it by


@dataclass(frozen=True)
class Words:
    """A title, and a text of several lines."""

    title: str
    text: str


def notice(announcement: Announcement, language: str) -> Words:
    """What a focal point is told of an act."""
    return _words(announcement.act, language, _facts(announcement, language))


def report(announcement: Announcement, told: Sequence[str], not_told: Sequence[str], language: str = "fr") -> Words:
    """What whoever acted is told: the names of institutions told, of those without a focal point, of those unlinked."""
    unlinked = [_short(text) for text in announcement.unmatched]
    facts = _facts(announcement, language) | {
        "act": _table(announcement.act, language)["act"],
        "every": str(len(told) + len(not_told) + len(unlinked)),
        "told_count": str(len(told)),
        "told": _listed(told),
        "nobody": None if told else "0",
        "not_told_count": str(len(not_told)),
        "not_told": _listed(not_told),
        "unlinked_count": str(len(unlinked)),
        "unlinked": _listed(unlinked),
    }
    return _words(REPORT, language, facts)


def day_in_words(day: str, language: str) -> str:
    """2026-03-01 → 1er mars 2026, 1 March 2026."""
    read = date.fromisoformat(day)
    number = "1er" if read.day == 1 and language == "fr" else str(read.day)
    return f"{number} {MONTHS[language][read.month - 1]} {read.year}"


def instant_in_words(instant: str, language: str) -> str:
    """An RFC 3339 instant as people in Niamey read it: 12 mars 2026 à 23 h 59, 12 March 2026 at 23:59."""
    local = datetime.fromisoformat(instant).astimezone(NIAMEY)
    day = day_in_words(local.date().isoformat(), language)
    return f"{day} à {local:%H} h {local:%M}" if language == "fr" else f"{day} at {local:%H:%M}"


def _facts(announcement: Announcement, language: str) -> dict[str, str | None]:
    facts = dict(announcement.facts)
    for name in ("date", "adopted_on"):
        facts[name] = day_in_words(facts[name] or "", language) if facts.get(name) else None
    deadline = facts.get("deadline")
    facts["deadline"] = instant_in_words(deadline, language) if deadline else None
    start = facts.get("start")
    facts["start"] = start.replace(":", " h ") if start and language == "fr" else start
    return facts


def _words(name: str, language: str, facts: Mapping[str, str | None]) -> Words:
    table = _table(name, language)
    lines = [line.format_map(facts) for line in table["lines"] if _all_known(line, facts)]
    return Words(table["title"].format_map(facts), "\n\n".join(lines))


def _all_known(line: str, facts: Mapping[str, str | None]) -> bool:
    return all(facts.get(name) for _, name, _, _ in Formatter().parse(line) if name)


def _listed(names: Sequence[str]) -> str:
    return "".join(f"\n- {name}" for name in names)


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_NAME else f"{text[: LONGEST_NAME - 1]}…"


def _table(name: str, language: str) -> dict[str, Any]:
    table: dict[str, Any] = _every_word()[name][language]
    return table


@cache
def _every_word() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("wording.toml").read_text(encoding="utf-8"))
