"""What a log keeps for how long: a written policy, and what may go by it. Plain rules, no store.

The file (TOML; docs/operations.md, "The log"), all of it optional; without it everything is kept for ever:

    at_least_days = 30          # nothing younger ever goes; 7 is the least
    compact_every_days = 7      # a run of its own every so often; absent: by hand alone
    [meetings.meeting]          # service and noun
    keep = "latest"             # of the versions older than after_days, the latest one; "all": every version
    after_days = 730
    [personal]                  # in days; absent: as below, which also holds without a file
    accesses = 730              # who read personal data
    ended = 1095                # the data of focal points, after they ended
    accounts = 1095             # the names of accounts, after they were closed
    backups = 90                # how long you keep backups: told by `./gtm backup`, done by you

What never goes, whatever the file says: the newest event of a record, the newest that may leave the node (that is what
other nodes are sent; it may be a tombstone), what is not sent, what is younger than `at_least_days`. A version goes
only when a newer one, sent too, has itself passed that age: so a record can be told as it was at any time since, and a
consumer that is rebuilt from what is left ends with the same copies.
"""

import hashlib
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

LEAST_DAYS = 7  # longer than the retry ladder, by far: what is under way is in the log too
USUAL_DAYS = 30
MOST_DAYS = 100_000
KEEPS = ("all", "latest")
PERSONAL = "personal"


class PolicyError(Exception):
    """The file says something that is no policy; the message names the place."""


@dataclass(frozen=True)
class Rule:
    """What is kept of the events of one noun."""

    keep: str = "all"
    after_days: int = 0


KEEP_ALL = Rule()


@dataclass(frozen=True)
class Personal:
    """For how many days what tells of persons is kept: unlike the log, never for ever."""

    accesses: int = 730
    ended: int = 1095
    accounts: int = 1095
    backups: int = 90


@dataclass(frozen=True)
class Policy:
    """A node's policy; `rules` by (service, noun)."""

    at_least_days: int = USUAL_DAYS
    compact_every_days: int | None = None
    rules: Mapping[tuple[str, str], Rule] = field(default_factory=dict)
    hash: str = ""
    personal: Personal = Personal()

    def rule(self, service: str, noun: str) -> Rule:
        """What is kept of a noun's events."""
        return self.rules.get((service, noun), KEEP_ALL)

    def compactable(self, service: str) -> list[str]:
        """The nouns of a service of which something may go."""
        return sorted(noun for (owner, noun), rule in self.rules.items() if owner == service and rule.keep != "all")

    def before(self, rule: Rule, now: datetime) -> datetime:
        """What has passed the age that a rule names was there before this instant."""
        return now - timedelta(days=max(rule.after_days, self.at_least_days))


@dataclass(frozen=True)
class Row:
    """What the rules look at of an event in the log."""

    id: str
    subject: str
    order: tuple[int, int]
    time: datetime
    sent: bool
    travels: bool = True
    """Whether it may leave the node."""


def removable(rows: Iterable[Row], before: datetime) -> list[Row]:
    """Of all events of some records, those that may go: sent, older than that instant, and followed by such a one."""
    by_subject: dict[str, list[Row]] = {}
    for row in rows:
        if row.sent and row.time < before:
            by_subject.setdefault(row.subject, []).append(row)
    return [row for old in by_subject.values() for row in _followed(old)]


def _followed(rows: list[Row]) -> list[Row]:
    ordered = sorted(rows, key=lambda one: one.order)
    last = [one for one in ordered if one.travels][-1:]
    return [one for one in ordered[:-1] if one not in last]


def chained(digest: str, ids: Sequence[str]) -> str:
    """SHA-256 over what was removed: of the hash so far and the ids of one more page, a line each, in that order."""
    return hashlib.sha256("\n".join((digest, *ids)).encode()).hexdigest()


def read_policy(path: Path, nouns: Mapping[str, Iterable[str]]) -> Policy:
    """The policy in a file; to keep everything where there is none. `nouns` by service. Raises: PolicyError."""
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raw = b""
    try:
        return parse(tomllib.loads(raw.decode("utf-8")), nouns, hashlib.sha256(raw).hexdigest())
    except (ValueError, PolicyError) as error:
        raise PolicyError(f"{path}: {error}") from error


def parse(said: Mapping[str, Any], nouns: Mapping[str, Iterable[str]], hash: str = "") -> Policy:
    """What a file says; `nouns` of the services that ask, tables of others are left to them. Raises: PolicyError."""
    rules = {}
    for service, tables in said.items():
        if service == PERSONAL:
            continue
        if not isinstance(tables, Mapping):
            if service not in ("at_least_days", "compact_every_days"):
                raise PolicyError(f"{service}: unknown")
            continue
        for noun, table in tables.items():
            if service in nouns and noun not in nouns[service]:
                raise PolicyError(f"{service}.{noun}: no such noun; there are {', '.join(sorted(nouns[service]))}")
            rules[service, noun] = _rule(f"{service}.{noun}", table)
    every = said.get("compact_every_days")
    return Policy(
        at_least_days=_days("at_least_days", said.get("at_least_days", USUAL_DAYS), LEAST_DAYS),
        compact_every_days=None if every is None else _days("compact_every_days", every, 1),
        rules=rules,
        hash=hash,
        personal=_personal(said.get(PERSONAL, {})),
    )


def _personal(table: Any) -> Personal:
    names = [one.name for one in fields(Personal)]
    if not isinstance(table, Mapping) or table.keys() - set(names):
        raise PolicyError(f"{PERSONAL}: a table of {', '.join(names)} is expected")
    return Personal(**{name: _days(f"{PERSONAL}.{name}", table[name], 1) for name in names if name in table})


def _rule(place: str, table: Any) -> Rule:
    if not isinstance(table, Mapping) or table.keys() - {"keep", "after_days"}:
        raise PolicyError(f"{place}: a table of keep and after_days is expected")
    keep = table.get("keep")
    if keep not in KEEPS:
        raise PolicyError(f"{place}.keep: one of {', '.join(KEEPS)} is expected")
    if keep == "all":
        return KEEP_ALL
    return Rule(keep, _days(f"{place}.after_days", table.get("after_days"), LEAST_DAYS))


def _days(place: str, value: Any, least: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= MOST_DAYS:
        raise PolicyError(f"{place}: a whole number of days from {least} to {MOST_DAYS} is expected")
    return value
