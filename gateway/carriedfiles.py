"""The bytes of documents' files in a carried file: put in behind the events, and taken in after these have settled.

What is taken in is judged by its SHA-256 alone, and only where a record that is here names it: so it matters little who
brings it. A part is a block of its own: killed anywhere, the same file goes on, and what is here is not sent again.
"""

import base64
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from typing import Any, Final

from chassis.federation import carried, sealing

SERVICES: Final = ("meetings",)
"""Whose records name files."""
PART: Final = 256 * 1024
MOST_PARTS: Final = 15_000  # the blocks of events need some as well
OUTCOMES: Final = {"whole": "new", "known": "known", "unnamed": "unnamed", "wrong": "wrong"}
Call = Callable[[str, dict[str, Any]], Any]


class Outgoing:
    """The files of one export. `left_out` is known when all of `blocks` were taken."""

    def __init__(self, call: Call, to: str, since: str | None, most: int, services: Collection[str]) -> None:
        self._call, self._asked, self._most = call, {"to": to, "since": since}, most
        self._services = [one for one in SERVICES if one in services]
        self.left_out: dict[str, int] | None = None

    def blocks(self, key: bytes, first: int) -> Iterator[tuple[bytes, dict[str, Any]]]:
        """(the block as it stands in the file, what the closing says of it); `first` is the number of the first."""
        number, room = first, MOST_PARTS
        for service in self._services:
            for one in self._call(f"{service}.list_carried_files", self._asked)["files"]:
                room -= -(-one["size"] // PART)
                if one["size"] > self._most or room < 0:
                    self._leave_out(one["size"])
                    continue
                for start, part in self._parts(service, one):
                    content = sealing.seal(key, number, carried.filed(one["sha256"], one["size"], start, part))
                    nouns = {"file": 1} if start == 0 else {}
                    yield content, carried.described(carried.FILES, service, nouns, content)
                    number += 1

    def _parts(self, service: str, file: dict[str, Any]) -> Iterator[tuple[int, bytes]]:
        for start in range(0, file["size"], PART):
            asked = {"sha256": file["sha256"], "start": start, "length": PART}
            part = base64.b64decode(self._call(f"{service}.read_carried_part", asked)["content_base64"])
            if not part:
                return  # gone meanwhile: what was written of it is left aside by who reads it
            yield start, part

    def _leave_out(self, size: int) -> None:
        before = self.left_out or {"files": 0, "largest": 0}
        self.left_out = {"files": before["files"] + 1, "largest": max(before["largest"], size)}


class Incoming:
    """The files of one import; `counts` of what became of them."""

    def __init__(self, call: Call, services: Collection[str]) -> None:
        self._call, self._services = call, services
        self.counts: Counter[str] = Counter()
        self._settled: set[str] = set()

    def take(self, service: str, content: bytes, number: int) -> None:
        """A part. Raises: InvalidError carried-altered."""
        said, part = carried.unfiled(content, number)
        digest = said["sha256"]
        if digest in self._settled:
            return
        outcome = "unnamed"
        if service in SERVICES and service in self._services:
            given = {**said, "content_base64": base64.b64encode(part).decode("ascii")}
            outcome = self._call(f"{service}.keep_carried_part", given)["outcome"]
        if outcome in OUTCOMES:
            self.counts[OUTCOMES[outcome]] += 1
            self._settled.add(digest)

    def report(self) -> dict[str, int]:
        """How many files, by what became of them."""
        return {name: self.counts[name] for name in OUTCOMES.values()}
