"""The list of what was erased, outside the databases: a restored backup is brought up to date with it.

GTM_HOME/erasures/<noun>.jsonl, a line each: {record, at, reason}; no name. `./gtm backup` puts it beside the backup,
`./gtm restore` takes it from there, and each start erases again what is on it (docs/backup.md).
"""

import json
import os
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from chassis.kernel.clock import rfc3339
from chassis.process.logs import get_logger

FOLDER = "erasures"
log = get_logger()


class Told(Protocol):
    """When and why."""

    @property
    def at(self) -> datetime: ...
    @property
    def reason(self) -> str: ...


class ErasureList:
    """Those of one noun on one node."""

    def __init__(self, home: Path, noun: str) -> None:
        self.path = home / FOLDER / f"{noun}.jsonl"

    def read(self) -> list[dict[str, Any]]:
        """What is on it; a line that was cut by a power failure is left out."""
        return lines_of(self.path)

    def add(self, erasures: Iterable[tuple[str, Told]]) -> None:
        """Add those that are not on it; on the disk when this returns. A folder that cannot be written is told."""
        known = {one["record"] for one in self.read()}
        new = [{"record": id, "at": rfc3339(one.at), "reason": one.reason} for id, one in erasures if id not in known]
        if not new:
            return
        try:
            append(self.path, new)
        except OSError as error:
            log.error("erasures.not_listed", count=len(new), error=type(error).__name__)


def lines_of(path: Path) -> list[dict[str, Any]]:
    """The whole lines of a list; none where there is no file."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return []
    found = []
    for line in text.splitlines():
        try:
            one = json.loads(line)
        except ValueError:
            continue
        if isinstance(one, dict) and isinstance(one.get("record"), str) and isinstance(one.get("reason"), str):
            found.append(one)
    return found


def append(path: Path, erasures: Iterable[dict[str, Any]]) -> None:
    """Write lines at the end of a list. A line that was cut before them does not spoil the first one."""
    path.parent.mkdir(parents=True, mode=0o700, exist_ok=True)
    text = "\n" + "".join(json.dumps(one) + "\n" for one in erasures)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "wb") as file:
        file.write(text.encode())
        file.flush()
        os.fsync(file.fileno())
