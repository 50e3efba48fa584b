"""What the supervisor did to the processes, read from its log: who died, of what, and who was started again."""

import contextlib
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from launcher.homes import Home

# 2025-03-01 09:12:44,102 WARN exited: actors (terminated by SIGKILL; not expected)
EXITED = re.compile(r"(?P<when>\S+ [\d:]+),\d+ \w+ exited: (?P<name>\S+) \((?P<what>[^;)]+)")
# 2025-03-01 09:12:45,110 INFO spawned: 'actors' with pid 4711
SPAWNED = re.compile(r"(?P<when>\S+ [\d:]+),\d+ \w+ spawned: '(?P<name>[^']+)' with pid (?P<what>\d+)")

LONGEST_LINE = 300


@dataclass(frozen=True)
class Happening:
    """A process died (`what`: of what) or was started (`what`: its pid); `when` is local time, as written."""

    kind: str
    name: str
    what: str
    when: str


class Journal:
    """The supervisor's log, from where it stands when this is made."""

    def __init__(self, home: Home) -> None:
        self._path = home.logs / "supervisor.log"
        self._offset = self._path.stat().st_size if self._path.exists() else 0

    def news(self) -> list[Happening]:
        """What happened since the last time this was asked."""
        if not self._path.exists():
            return []
        if self._path.stat().st_size < self._offset:  # it was rotated
            self._offset = 0
        with self._path.open("rb") as file:
            file.seek(self._offset)
            lines = file.read()
        whole = lines[: lines.rfind(b"\n") + 1]
        self._offset += len(whole)
        return list(happenings(whole.decode("utf-8", "replace").splitlines()))


def since_start(home: Home) -> list[Happening]:
    """All that happened since the node was started, as far as the log was not rotated meanwhile."""
    path = home.logs / "supervisor.log"
    offset = int(home.record().get("journal_offset", 0))
    if not path.exists():
        return []
    data = path.read_bytes()
    return list(happenings((data[offset:] if len(data) >= offset else data).decode("utf-8", "replace").splitlines()))


def deaths(found: Iterable[Happening]) -> dict[str, list[Happening]]:
    """The deaths that nobody asked for, by process."""
    by_name: dict[str, list[Happening]] = {}
    for one in found:
        if one.kind == "exited":
            by_name.setdefault(one.name, []).append(one)
    return by_name


def happenings(lines: Iterable[str]) -> Iterator[Happening]:
    """The lines that tell of a death or a start; all others are passed over."""
    for line in lines:
        for kind, pattern in (("exited", EXITED), ("spawned", SPAWNED)):
            if found := pattern.match(line):
                yield Happening(
                    kind, found["name"], found["what"].strip().removeprefix("terminated by "), found["when"]
                )


def last_lines(path: Path, count: int) -> list[str]:
    """The end of a log, each line cut to what a person can take in; empty if there is none."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(max(0, size - count * 2000))
            lines = file.read().decode("utf-8", "replace").splitlines()[-count:]
            return [_short(line) for line in lines]
    except FileNotFoundError:
        return []


def _short(line: str) -> str:
    """A line of a structured log as one would say it: level, event, and the last line of a traceback."""
    with contextlib.suppress(ValueError, KeyError, TypeError, AttributeError):
        told = json.loads(line)
        reason = str(told.get("exception") or told.get("error") or "").strip().rpartition("\n")[2]
        line = f"{told['level']}: {told['event']}" + (f" — {reason}" if reason else "")
    return line[:LONGEST_LINE]
