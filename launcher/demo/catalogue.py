"""What the demonstration loads, as its files say it."""

import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"

Entry = dict[str, Any]


@cache
def entries(noun: str) -> tuple[Entry, ...]:
    """The entries of a file, in order: institution, focal_point, intervention, meeting, indicator."""
    document = tomllib.loads((DATA / f"{noun}s.toml").read_text(encoding="utf-8"))
    return tuple(document[noun])


@cache
def observations() -> tuple[Entry, ...]:
    """The observations, one a line of their file; a value a/b is a numerator and a denominator."""
    lines = (DATA / "observations.txt").read_text(encoding="utf-8").splitlines()
    return tuple(_observation(line) for line in lines if line and not line.startswith("#"))


def minutes_text(name: str) -> str:
    """One compte-rendu, its days not filled in yet."""
    return (DATA / "minutes" / name).read_text(encoding="utf-8")


def follow_ups() -> Iterator[Entry]:
    """How far each point of action has come, with the title of its meeting."""
    for meeting in entries("meeting"):
        for one in meeting.get("follow_up", []):
            yield {**one, "meeting": meeting["title"]}


def recommendations() -> Iterator[Entry]:
    """What the group recommended besides, with the title of its meeting."""
    for meeting in entries("meeting"):
        for one in meeting.get("recommendations", []):
            yield {**one, "meeting": meeting["title"]}


def _observation(line: str) -> Entry:
    indicator, period, area, value, state, institution, *reason = (part.strip() for part in line.split(" ; "))
    numerator, _, denominator = value.partition("/")
    measured = {"numerator": numerator, "denominator": denominator} if denominator else {"value": value}
    return {
        "indicator": indicator,
        "period": period,
        "area": area,
        "measured": measured,
        "state": state,
        "institution": institution,
        "reason": reason[0] if reason else None,
    }
