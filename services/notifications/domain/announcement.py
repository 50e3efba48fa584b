"""Announcements: an act that institutions are to be told of, kept so that who becomes known late is told as well."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Facts = Mapping[str, str | None]
"""What the texts need: title, date, group_name, deadline… as the event had them; days and instants in ISO form."""


@dataclass(frozen=True, kw_only=True)
class Announcement:
    """What happened, when, by whose act, and which institutions it concerns; never changes.

    `unmatched` are bodies that a text names and nobody has linked to the directory.
    """

    event_id: str
    act: str
    subject: str
    link: str
    actor: str
    correlation_id: str
    happened_at: datetime
    institutions: tuple[str, ...]
    unmatched: tuple[str, ...] = ()
    facts: Facts = field(default_factory=dict)


def unlinked(attendance: Iterable[Mapping[str, Any]], present: Iterable[str]) -> tuple[str, ...]:
    """The texts of those who attended without being one of the institutions present; each once, in order."""
    known, away = frozenset(present), ("excused", "absent")
    there = [entry for entry in attendance if entry.get("status") not in away]
    return tuple(dict.fromkeys(entry["text"] for entry in there if entry.get("institution_id") not in known))


def sitting_on(members: Iterable[Mapping[str, Any]], day: str) -> tuple[str, ...]:
    """The institutions that are members of a group on a day; each once, in order."""
    return tuple(
        dict.fromkeys(
            member["institution_id"]
            for member in members
            if (member.get("since") or day) <= day <= (member.get("until") or day)
        )
    )


def parted(institutions: Iterable[str], reached: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Institutions told and not told, each in order, given those that somebody was told for."""
    known, every = frozenset(reached), tuple(institutions)
    return tuple(id for id in every if id in known), tuple(id for id in every if id not in known)
