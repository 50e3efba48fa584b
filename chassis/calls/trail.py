"""The trail of a service: its changes are chained a moment after they were made, and verified when who runs it asks."""

import time
from datetime import datetime
from typing import Any

from nameko.timer import timer
from pymongo.errors import PyMongoError

from chassis.contract.logqueries import VerifyTrail
from chassis.contract.schema import load
from chassis.history.chain_check import Found
from chassis.history.heads import Heads
from chassis.history.record_check import RecordCheck
from chassis.history.verification import Verification
from chassis.history.witness import contradictions
from chassis.process import metrics
from chassis.process.logs import get_logger
from chassis.service import Service, rpc
from chassis.storage.outbox import MOST_COUNTED

SEAL_SECONDS = 2
MEASURE_SECONDS = 60
HEAD_SECONDS = 900
log = get_logger()


class TrailKeeping(Service):
    """Chains what was committed, keeps heads outside the database, verifies."""

    _head_kept: float | None = None

    @rpc
    def verify_trail(self, payload: Any) -> Any:
        """A page of a verification: {run, phase, checked, total, faults, explained, head, next_cursor}."""
        caller = self.asking()
        asked = load(VerifyTrail(), payload)
        verification = self._verification()
        page = verification.page(asked["cursor"], asked["run"], caller.principal.account_id, asked["since"])
        if page["next_cursor"] is None:
            self._keep_head(verification)
        total = self._to_look_at(verification) if asked["cursor"] is None else None
        return {**page, "total": total, "head": verification.head()}

    @timer(interval=SEAL_SECONDS, eager=True)
    def each_two_seconds_seal_the_trail(self) -> None:
        """Chain what has a place in the log."""
        try:
            self.store.trail.seal_all()
        except PyMongoError as error:
            log.warning("trail.waiting", error=f"{type(error).__name__}: {error}"[:200])

    @timer(interval=MEASURE_SECONDS, eager=True)
    def each_minute_look_at_the_trail(self) -> None:
        """Measure it, keep a head, and chain what the relay gave no place, where it has had no broker for long."""
        try:
            if self.store.outbox.backlog()[0] < MOST_COUNTED:  # more is not looked through again and again
                self.store.outbox.place_waiting()
            waiting, age = self.store.trail.behind()
            verification = self._verification()
            last = verification.latest()
            faults = (last["faults"] if last else 0) + (0 if verification.holds() else 1)
            faults += contradictions(self.settings["GTM"].home, self.name).count()
        except (PyMongoError, OSError) as error:
            log.warning("trail.waiting", error=f"{type(error).__name__}: {error}"[:200])
            return
        metrics.TRAIL_WAITING.labels(self.name).set(waiting)
        metrics.TRAIL_OLDEST.labels(self.name).set(age)
        metrics.TRAIL_FAULTS.labels(self.name).set(faults)
        kept = type(self)._head_kept
        if kept is None or time.monotonic() - kept >= HEAD_SECONDS:
            self._keep_head(verification)

    def _keep_head(self, verification: Verification) -> None:
        """Only while the one before holds: what contradicts it stays to be seen."""
        try:
            if verification.holds():
                verification.keep_head()
                type(self)._head_kept = time.monotonic()
        except OSError as error:
            log.warning("trail.head_not_kept", error=f"{type(error).__name__}: {error}"[:200])

    def _verification(self) -> Verification:
        check = RecordCheck(self.store, self.publishes)
        records = {noun: _comparing(check, noun) for noun in check.nouns}
        heads = Heads(self.settings["GTM"].home / "trail", self.name)
        told = contradictions(self.settings["GTM"].home, self.name)
        return Verification(self.store.trail, heads, self.store.seal_trail, records, check.missing, told)

    def _to_look_at(self, verification: Verification) -> int:
        collections = [one.collection for one in self.store.by_kind.values()]
        collections += [self.store.trail.collection, self.store.outbox.rows]
        return sum(int(one.estimated_document_count()) for one in collections) + verification.heads.count()


def _comparing(check: RecordCheck, noun: str) -> Any:
    def page(after: str, since: datetime | None) -> Found:
        checked, faults, following = check.page(noun, after, since)
        return Found(checked, faults, following=following)

    return page
