"""Calls on a service's log as its history: the versions of a record for readers, size and compaction for operators."""

from datetime import timedelta
from typing import Any

from nameko.timer import timer
from pymongo.errors import PyMongoError

from chassis.calls.persons import Persons
from chassis.calls.trail import TrailKeeping
from chassis.contract.logqueries import CompactLog, HistoryQuery
from chassis.contract.schema import load
from chassis.history.compaction import Compaction, as_told
from chassis.history.retention import Personal, Policy, PolicyError, read_policy
from chassis.kernel.clock import now, rfc3339
from chassis.kernel.errors import ConflictError, NotFoundError, UnavailableError
from chassis.process import metrics
from chassis.process.logs import get_logger
from chassis.service import rpc
from chassis.storage.repository import Repository

LOOK_SECONDS = 60
log = get_logger()


class LogKeeping(TrailKeeping, Persons):
    """The log is the outbox; what is kept of it for how long is in the node's policy."""

    @rpc
    def list_history(self, payload: Any) -> Any:
        """A page of a record's versions, the newest first, for who may read the record: {items, next_cursor}."""
        asked = load(HistoryQuery(), payload)
        get = getattr(self, f"get_{asked['noun']}", None)
        if get is None or asked["noun"] not in self._nouns():
            raise NotFoundError("not-found", None, {"id": asked["id"]})
        # Who may read the record is decided there, and nowhere else: by the rule of that call, then by the call.
        self.store.policy.admit(self.name, get.__name__, self.asking().principal)
        record = get({"id": asked["id"]})
        levels = self._repository(asked["noun"]).levels(self.past_sight(self.asking()), record)
        of_whom = not self.asking().principal.is_public
        page, following = self.history().versions(
            asked["id"], levels, asked["page_size"], asked["cursor"], of_whom=of_whom
        )
        return {"items": page, "next_cursor": following}

    @rpc
    def log_status(self, payload: Any) -> Any:
        """How large the log is, what the policy keeps, and which compactions were made. For the role admin."""
        load(CompactLog(only=()), payload)
        compaction = self._compaction()
        rows, size, oldest = compaction.size()
        policy = compaction.policy
        return {
            "service": self.name,
            "rows": rows,
            "bytes": size,
            "oldest": rfc3339(oldest) if oldest else None,
            "at_least_days": policy.at_least_days,
            "compact_every_days": policy.compact_every_days,
            "policy": policy.hash,
            "nouns": [self._noun_status(noun, policy) for noun in self._nouns()],
            "compactions": [as_told(run) for run in compaction.latest()],
        }

    @rpc
    def compact_log(self, payload: Any) -> Any:
        """Remove a page of what the policy lets go, or tell what would go: queries.py. For the role admin."""
        caller = self.asking()
        asked = load(CompactLog(), payload)
        by = caller.principal.account_id
        return self._compaction().page(asked["cursor"], asked["run"], by, dry_run=asked["dry_run"])

    @timer(interval=LOOK_SECONDS, eager=True)
    def each_minute_look_at_the_log(self) -> None:
        """Measure it, and compact it when the policy says that it is time."""
        try:
            compaction = self._compaction()
            self._measure(compaction)
            if compaction.due():
                self._compact(compaction)
            self.store.redactions.sweep()
            if compaction.day_passed():
                self.keep_no_longer(compaction.policy.personal)
        except (UnavailableError, ConflictError, PyMongoError) as error:
            log.warning("log.waiting", error=f"{type(error).__name__}: {error}"[:200])

    def keep_no_longer(self, personal: Personal) -> None:
        """What tells of persons, and is over by the policy; once a day. Services add what is theirs."""
        self.store.accesses.forget(now() - timedelta(days=personal.accesses))

    def _compact(self, compaction: Compaction) -> None:
        page = compaction.page(None, None, "system", dry_run=False, scheduled=True)
        while page["next_cursor"]:
            page = compaction.page(page["next_cursor"], page["run"], "system", dry_run=False, scheduled=True)
        log.info("log.compacted", run=page["run"])

    def _measure(self, compaction: Compaction) -> None:
        rows, size, oldest = compaction.size()
        metrics.LOG_ROWS.labels(self.name).set(rows)
        if size is not None:
            metrics.LOG_BYTES.labels(self.name).set(size)
        metrics.LOG_OLDEST.labels(self.name).set((now() - oldest).total_seconds() if oldest else 0)

    def _noun_status(self, noun: str, policy: Policy) -> dict[str, Any]:
        rule = policy.rule(self.name, noun)
        types = {"$in": [one for one in self.store.outbox.rows.distinct("type") if one.split(".")[2] == noun]}
        rows = self.store.outbox.rows.count_documents({"type": types})
        return {"noun": noun, "rows": rows, "keep": rule.keep, "after_days": rule.after_days or None}

    def _nouns(self) -> list[str]:
        return sorted(repository.noun for repository in self.store.by_kind.values())

    def _repository(self, noun: str) -> Repository[Any]:
        return next(one for one in self.store.by_kind.values() if one.noun == noun)

    def _compaction(self) -> Compaction:
        try:
            # Read at each use: a policy that was changed holds at once, and its hash is the file's.
            policy = read_policy(self.settings["GTM"].retention, {self.name: self._nouns()})
        except (PolicyError, OSError) as error:
            raise ConflictError("retention-policy-wrong", None, {"reason": str(error)}) from error
        return Compaction(self.store, policy)
