"""Heads of a trail kept outside the database: who rewrites the whole chain, or cuts its end off, contradicts them.

One file a trail, only ever appended to: a line {at, life, n, sha256, of: the node that kept it, if another did}.
"""

import contextlib
import json
import os
from collections.abc import Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from chassis.kernel.chain import Entry
from chassis.kernel.clock import now, rfc3339
from chassis.storage.trail import Trail

Head = dict[str, Any]


class Heads:
    """Those of one service, or of the accounts."""

    def __init__(self, folder: Path, owner: str) -> None:
        self._path = folder / f"{owner}.jsonl"

    def keep(self, entry: Mapping[str, Any], of: str | None = None) -> None:
        """Note a head. Raises: OSError."""
        head = {"at": rfc3339(now()), **{name: entry[name] for name in ("life", "n", "sha256")}}
        line = json.dumps(head | ({"of": of} if of else {})) + "\n"
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "a") as file:
            file.write(line)
            file.flush()
            os.fsync(file.fileno())

    def page(self, after: int, most: int) -> list[Head | None]:
        """The lines after that many, in their order; None for what is none. Cost: reads over those before."""
        with contextlib.suppress(FileNotFoundError), self._path.open(encoding="utf-8", errors="replace") as file:
            return [_read(line) for line in islice(file, after, after + most)]
        return []

    def count(self) -> int:
        """How many lines there are."""
        with contextlib.suppress(FileNotFoundError), self._path.open("rb") as file:
            return sum(1 for _ in file)
        return 0

    def last(self) -> Head | None:
        """The newest line that can be read."""
        with contextlib.suppress(FileNotFoundError), self._path.open("rb") as file:
            file.seek(max(0, os.fstat(file.fileno()).st_size - 2048))
            found = [_read(line) for line in file.read().decode("utf-8", "replace").splitlines()]
            return next((one for one in reversed(found) if one), None)
        return None


def contradicted(trail: Trail, head: Head) -> tuple[str, Entry | None] | None:
    """What is wrong with a trail that has not this head: (code, the entry in its place); None if it has.

    head-differs: another entry has its number · head-missing: the trail is shorter · restored: a backup explains it.
    """
    found = trail.entry(head["n"])
    if found is not None and (found.get("sha256"), found.get("life")) == (head["sha256"], head["life"]):
        return None
    following = trail.restored_after(head["life"])
    if following is not None and head["n"] >= following["number"]:
        return "restored", following
    return ("head-missing" if found is None else "head-differs"), found


def _read(line: str) -> Head | None:
    try:
        head = json.loads(line)
        fits = isinstance(head["n"], int) and isinstance(head["life"], int) and isinstance(head["sha256"], str)
    except (ValueError, TypeError, KeyError):
        return None
    return head if fits else None
