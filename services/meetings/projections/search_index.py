"""The words of records in a file of their own (SQLite FTS5), beside the store: docs/decisions/0120.

Nothing lives here alone: whatever is lost is made again from the records. A word table for finding; a row an entry for
what filters; and what it was made from: the rules of the words, the life of the node, the last place in the log.
"""

import contextlib
import sqlite3
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from services.meetings.domain.search.entry import Entry
from services.meetings.domain.search.query import Term
from services.meetings.domain.search.words import stems

FORM = 1
"""Of the tables: another number has the file made anew."""
MOST_WORDS_LIKE_IT = 5
_TABLES = """
create table if not exists made (one integer primary key check (one = 1), rules text not null, life integer not null,
  place integer not null, builder text not null, beat real not null, percent integer not null);
create table if not exists entries (id integer primary key, record text not null, noun text not null,
  kind text not null, part text not null, visibility text not null, group_id text, axis text, day text not null);
create index if not exists by_record on entries (record);
create virtual table if not exists words using fts5 (title, decision, text, tokenize = 'ascii');
create virtual table if not exists known using fts5vocab (words, row);
"""
_TIERS = (
    "{{title}} : ({0})",
    "({{title decision}} : ({0})) NOT ({{title}} : ({0}))",
    "({0}) NOT ({{title decision}} : ({0}))",
)
"""How well an entry fits: found in the title, in a decision, elsewhere. None is in two."""
TIERS = range(len(_TIERS))


@dataclass(frozen=True)
class Made:
    """What the index was made from, and how far it is."""

    rules: str
    life: int
    place: int
    builder: str = ""
    """Who builds it anew at present; "" where nobody does."""
    beat: float = 0.0
    percent: int = 100


@dataclass(frozen=True)
class Wanted:
    """Which entries may be found at all."""

    levels: Sequence[str]
    kinds: Sequence[str] = ()
    groups: Sequence[str] | None = None
    axis: str | None = None
    first_day: str | None = None
    last_day: str | None = None


@dataclass(frozen=True)
class Found:
    """An entry that fits, and its place in the order."""

    tier: int
    key: int
    noun: str
    record: str
    part: str


class SearchIndex:
    """One file; several processes may have it open."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._base = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=10)
        with self._lock:
            self._base.execute("pragma journal_mode = wal")
            # What a power cut takes is followed anew: the place in the log goes with it.
            self._base.execute("pragma synchronous = normal")
            if self._base.execute("pragma user_version").fetchone()[0] != FORM:
                for (name,) in self._base.execute(
                    "select name from sqlite_master where name in ('made', 'entries', 'words', 'known')"
                ).fetchall():
                    self._base.execute(f"drop table if exists {name}")
                self._base.execute(f"pragma user_version = {FORM}")
            self._base.executescript(_TABLES)

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._base.close()

    def made(self) -> Made | None:
        """What it was made from; None before it was."""
        with self._lock:
            return self._made()

    def write(
        self,
        known: Made | None,
        after: Made,
        gone: Iterable[str] = (),
        entries: Iterable[Entry] = (),
        all: bool = False,
    ) -> bool:
        """In one transaction: these records' entries go, these come, and it is now made from `after`.

        False, and nothing is done, where another process was faster: then it is no more as it was `known`.
        """
        with self._lock, contextlib.ExitStack() as ending:
            self._base.execute("begin immediate")
            ending.callback(lambda: self._base.in_transaction and self._base.execute("rollback"))
            if self._made() != known:
                return False
            if all:
                self._base.execute("delete from words")
                self._base.execute("delete from entries")
            for record in gone:
                keys = [key for (key,) in self._base.execute("select id from entries where record = ?", (record,))]
                self._base.executemany("delete from words where rowid = ?", [(key,) for key in keys])
                self._base.execute("delete from entries where record = ?", (record,))
            for entry in entries:
                self._add(entry)
            values = (after.rules, after.life, after.place, after.builder, after.beat, after.percent)
            self._base.execute("insert or replace into made values (1, ?, ?, ?, ?, ?, ?)", values)
            self._base.execute("commit")
            return True

    def find(self, terms: Sequence[Term], wanted: Wanted, after: tuple[int, int] | None, most: int) -> list[Found]:
        """The first that fit, the best first and of these the latest; after (tier, key). () of terms is nothing."""
        asked = " AND ".join(f"({' OR '.join(_phrase(way) for way in term.ways)})" for term in terms)
        found: list[Found] = []
        for tier in TIERS if asked else ():
            if after and tier < after[0]:
                continue
            below = after[1] if after and tier == after[0] else None
            found += self._in_tier(tier, asked, wanted, below, most - len(found))
            if len(found) >= most:
                break
        return found

    def like(self, word: str) -> list[str]:
        """Words of the index that begin as this one does and are about as long; the commonest first."""
        beginning = word[:2]
        lengths = (len(word) - 1, len(word) + 1)
        asked = "select term from known where term >= ? and term < ? and length(term) between ? and ? order by doc desc"
        with self._lock:
            found = self._base.execute(asked, (beginning, beginning + "{", *lengths)).fetchall()
        return [str(term) for (term,) in found]

    def entries(self) -> dict[tuple[str, str], tuple[str, str, str, str, str]]:
        """All of it: (record, part) → noun, visibility, and the words of its three columns. For tests and checks."""
        asked = """select e.record, e.part, e.noun, e.visibility, w.title, w.decision, w.text
                   from entries e join words w on w.rowid = e.id"""
        with self._lock:
            return {(row[0], row[1]): tuple(row[2:]) for row in self._base.execute(asked)}

    def _in_tier(self, tier: int, asked: str, wanted: Wanted, below: int | None, most: int) -> list[Found]:
        clauses, values = _clauses(wanted)
        if below is not None:
            clauses.append("words.rowid < ?")
            values.append(below)
        query = f"""select e.id, e.noun, e.record, e.part from words join entries e on e.id = words.rowid
                    where words match ? and {" and ".join(clauses)} order by words.rowid desc limit ?"""  # noqa: S608
        with self._lock:
            rows = self._base.execute(query, (_TIERS[tier].format(asked), *values, most)).fetchall()
        return [Found(tier, *row) for row in rows]

    def _add(self, entry: Entry) -> None:
        key = entry.key
        while self._base.execute("select 1 from entries where id = ?", (key,)).fetchone():
            key += 1
        told = (entry.record, entry.noun, entry.kind, entry.part, entry.visibility, entry.group_id, entry.axis)
        self._base.execute("insert into entries values (?, ?, ?, ?, ?, ?, ?, ?, ?)", (key, *told, entry.day))
        texts = [" ".join(stems(text)) for text in (entry.title, entry.decision, entry.text)]
        self._base.execute("insert into words (rowid, title, decision, text) values (?, ?, ?, ?)", (key, *texts))

    def _made(self) -> Made | None:
        row = self._base.execute("select rules, life, place, builder, beat, percent from made").fetchone()
        return Made(*row) if row else None


def _clauses(wanted: Wanted) -> tuple[list[str], list[object]]:
    clauses: list[str] = []
    values: list[object] = []
    for column, among in (("visibility", wanted.levels), ("kind", wanted.kinds or None), ("group_id", wanted.groups)):
        if among is not None:
            clauses.append(f"e.{column} in ({', '.join('?' * len(among))})")
            values += among
    for clause, value in (
        ("e.axis = ?", wanted.axis),
        ("e.day >= ?", wanted.first_day),
        ("e.day <= ?", wanted.last_day),
    ):
        if value is not None:
            clauses.append(clause)
            values.append(value)
    return clauses, values


def _phrase(way: Sequence[str]) -> str:
    """Words one after the other; all of them are letters and digits."""
    *before, last = way
    star = " *" if last.endswith("*") else ""
    return f'"{" ".join((*before, last.rstrip("*")))}"{star}'
