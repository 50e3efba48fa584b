"""Nodes keep the heads of each other's trails: a chain made anew on a machine is contradicted from elsewhere.

With each digest (chassis/contract/exchange.py) a node tells the head of a service's trail, and what it keeps of the
other's: the newest, and some of those before, by chance, so that none stays unlooked at for long. What a node is told
of its own trail and does not find there is kept, beside its own heads, until who runs it takes it away.
A node that lies about another's trail thus raises an alarm that names it, and does nothing else.
"""

import re
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from chassis.history.heads import Head, Heads, contradicted
from chassis.kernel.clock import now
from chassis.process.logs import get_logger
from chassis.storage.trail import Trail

FOLDER = "trail"
MOST_TOLD = 4
APART = timedelta(hours=1)  # a node that tells heads all the time does not fill the disk
LOOKED_AT = 50
NODE = re.compile(r"[a-z][a-z0-9_]{0,39}")
log = get_logger()


def contradictions(home: Path, owner: str) -> Heads:
    """What other nodes keep of a trail of this one that does not agree with it."""
    return Heads(home / FOLDER, f"{owner}.contradicted")


class Witness:
    """Of the trail of one service."""

    def __init__(self, home: Path, service: str, trail: Trail) -> None:
        self._folder, self._service, self._trail = home / FOLDER / "witnessed", service, trail
        self._contradictions = contradictions(home, service)

    def tell(self, peer: str | None) -> dict[str, Any]:
        """What a digest says of trails: {head, witnessed}; of nobody's but our own where it is for all."""
        last = self._trail.last()
        head = {name: last[name] for name in ("life", "n", "sha256")} if last else None
        return {"head": head, "witnessed": self._of(peer) if peer else []}

    def hear(self, peer: str, told: Mapping[str, Any]) -> None:
        """Keep the peer's head, and hold against our trail what it keeps of ours."""
        try:
            if told.get("head"):
                self._keep(peer, told["head"])
            self._hold(peer, told.get("witnessed") or ())
        except OSError as error:
            log.warning("trail.head_not_kept", peer=peer, error=f"{type(error).__name__}: {error}"[:200])

    def _keep(self, peer: str, head: Head) -> None:
        heads = self._heads(peer)
        last = heads.last()
        if last is None or (last["sha256"] != head["sha256"] and now() - _at(last) >= APART):
            heads.keep(head)

    def _of(self, peer: str) -> list[Head]:
        heads = self._heads(peer)
        count = heads.count()
        chosen = (
            {count - 1, *secrets.SystemRandom().sample(range(count), min(count, MOST_TOLD - 1))} if count else set()
        )
        found = (head for number in sorted(chosen) for head in heads.page(number, 1) if head)
        return [{name: head[name] for name in ("life", "n", "sha256")} for head in found]

    def _hold(self, peer: str, witnessed: Iterable[Head]) -> None:
        known: set[tuple[Any, ...]] = set()
        for head in witnessed:
            wrong = contradicted(self._trail, head)
            if wrong is None or wrong[0] == "restored":
                continue
            log.error("trail.contradicted", service=self._service, peer=peer, number=head["n"], code=wrong[0])
            if not known:
                last = self._contradictions.page(max(0, self._contradictions.count() - LOOKED_AT), LOOKED_AT)
                known = {(one.get("of"), one["n"], one["sha256"]) for one in last if one}
            if (peer, head["n"], head["sha256"]) not in known:
                self._contradictions.keep(head, of=peer)

    def _heads(self, peer: str) -> Heads:
        if not NODE.fullmatch(peer):
            raise ValueError(f"no name of a node: {peer!r}")
        return Heads(self._folder, f"{peer}.{self._service}")


def _at(head: Head) -> datetime:
    return datetime.fromisoformat(str(head["at"]))
