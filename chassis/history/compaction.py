"""Takes out of a log what the policy lets go, page by page, and writes down that it did.

A page is one transaction: the rows go, their places in the log (but the greatest, so that no number comes twice), the
record of this run grows by them, and a note for the trail names them. Killed anywhere, the record tells exactly what is
gone; the next run goes on.

A run: {_id, by, began, ended, policy (hash), scheduled, examined, removed, nouns: {noun: how many}, first, last: times
of the oldest and newest that went, sha256: see chassis.history.retention.chained}, in the collection `compactions`.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from pymongo import ASCENDING, DESCENDING
from pymongo.client_session import ClientSession
from pymongo.errors import OperationFailure

from chassis.history.retention import Policy, Row, chained, removable
from chassis.kernel.clock import now, rfc3339
from chassis.kernel.ids import new_id
from chassis.kernel.record import FEDERATED
from chassis.process import metrics
from chassis.storage.store import Store
from chassis.storage.unit import JOURNALLED

PAGE = 500  # rows examined by one call, and so removed at most: a second on the embedded store
_THIN = {
    "subject": 1, "type": 1, "recordversion": 1, "visibility": 1, "envelope.incarnation": 1, "time": 1,
}  # fmt: skip


class Compaction:
    """The log of one service, seen by its age and size."""

    def __init__(self, store: Store, policy: Policy) -> None:
        self.store, self.policy = store, policy
        self.rows, self.runs = store.outbox.rows, store.database["compactions"]

    def page(self, cursor: str | None, run: str | None, by: str, *, dry_run: bool, scheduled: bool = False) -> Any:
        """One page of a run: {run, examined, removed, nouns, next_cursor}; a new run where none is named."""
        run = run or new_id()
        if not dry_run:
            self.store.seal_trail(2 * PAGE)
        rows, following = self._whole_records(cursor or "")
        going = self._going(rows)
        if not dry_run:  # of what goes, the trail tells that it was
            known = self.store.trail.chained(row["_id"] for row in going)
            going = [row for row in going if row["_id"] in known]
        nouns = Counter(row["type"].split(".")[2] for row in going)
        if not dry_run:
            began = {"by": by, "began": now(), "policy": self.policy.hash, "scheduled": scheduled}
            with self.store.client.start_session() as session:
                session.with_transaction(
                    lambda inside: self._remove(going, len(rows), {"_id": run, **began}, following, inside),
                    write_concern=JOURNALLED,
                )
            metrics.LOG_REMOVED.labels(self.store.name).inc(len(going))
            if following is None:
                metrics.LOG_COMPACTIONS.labels(self.store.name).inc()
                self._forget_replays()
        return {
            "run": run,
            "examined": len(rows),
            "removed": len(going),
            "nouns": dict(nouns),
            "next_cursor": following,
        }

    def latest(self, most: int = 10) -> list[dict[str, Any]]:
        """The runs, the latest first."""
        return list(self.runs.find().sort("_id", DESCENDING).limit(most))

    def due(self) -> bool:
        """Whether the policy wants a run now; of several processes, one is told so."""
        every, present = self.policy.compact_every_days, now()
        if every is None or not self.policy.compactable(self.store.name):
            return False
        return self._takes_turn("turn", present, every)

    def day_passed(self) -> bool:
        """Whether it is time to look at personal data again; of several processes, one is told so."""
        return self._takes_turn("personal", now(), 1)

    def _takes_turn(self, id: str, present: datetime, days: int) -> bool:
        turn = self.store.database["compaction_turn"]
        turn.update_one({"_id": id}, {"$setOnInsert": {"next": present}}, upsert=True)
        following = present + timedelta(days=days)
        taken = turn.update_one({"_id": id, "next": {"$lte": present}}, {"$set": {"next": following}})
        return taken.modified_count == 1

    def size(self) -> tuple[int, int | None, datetime | None]:
        """Rows, bytes where the store tells, and the time of the oldest row."""
        oldest = self.rows.find_one({}, {"time": 1}, sort=[("_id", ASCENDING)])
        time = datetime.fromisoformat(oldest["time"]) if oldest else None
        return self.rows.estimated_document_count(), self._bytes(), time

    def _bytes(self) -> int | None:
        try:
            return int(self.store.database.command("collStats", self.rows.name)["size"])
        except (OperationFailure, KeyError, TypeError):
            return None

    def _whole_records(self, after: str) -> tuple[list[dict[str, Any]], str | None]:
        """All rows of the next records, by subject; the last subject as cursor, None at the end."""
        found = list(self.rows.find({"subject": {"$gt": after}}, _THIN).sort("subject", ASCENDING).limit(PAGE + 1))
        if len(found) <= PAGE:
            return found, None
        cut = found[-1]["subject"]
        whole = [row for row in found if row["subject"] != cut]
        if whole:
            return whole, whole[-1]["subject"]
        return list(self.rows.find({"subject": cut}, _THIN)), cut  # one record with more versions than a page

    def _going(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        present, going = now(), set[str]()
        waiting = self.store.outbox.waiting(row["_id"] for row in rows)
        for noun in self.policy.compactable(self.store.name):
            before = self.policy.before(self.policy.rule(self.store.name, noun), present)
            own = [_row(row, waiting) for row in rows if row["type"].split(".")[2] == noun]
            going |= {row.id for row in removable(own, before)}
        return sorted((row for row in rows if row["_id"] in going), key=lambda row: str(row["_id"]))

    def _remove(
        self,
        going: list[dict[str, Any]],
        examined: int,
        began: Mapping[str, Any],
        following: str | None,
        session: ClientSession,
    ) -> None:
        ids = [row["_id"] for row in going]
        known = self.runs.find_one({"_id": began["_id"]}, session=session)
        run = dict(known or {**began, "ended": None, "examined": 0, "removed": 0, "nouns": {}, "sha256": ""})
        if ids:
            self.store.outbox.take_out(ids, session)
            times = [row["time"] for row in going]
            run["first"] = min([*times, *filter(None, [run.get("first")])])
            run["last"] = max([*times, *filter(None, [run.get("last")])])
            run["sha256"] = chained(run["sha256"], ids)
            self.store.trail.note("compaction", ids, began["by"], session, why=began["_id"])
        run["examined"] += examined
        run["removed"] += len(ids)
        run["nouns"] = dict(Counter(run["nouns"]) + Counter(row["type"].split(".")[2] for row in going))
        run["ended"] = now() if following is None else None
        self.runs.replace_one({"_id": run["_id"]}, run, upsert=True, session=session)

    def _forget_replays(self) -> None:
        """Let marks of replays go that are long over: no run comes twice. Every other mark stays (docs/decisions)."""
        before = now() - timedelta(days=self.policy.at_least_days)
        self.store.inbox.delete_many({"_id": {"$regex": REPLAYED}, "at": {"$lt": before}})


REPLAYED = r"^[^ ]+ [^ ]+ [^ ]+ [^ ]+$"
"""The key of a mark that an operator's replay left: queue, source, event and run."""


def as_told(run: Mapping[str, Any]) -> dict[str, Any]:
    """A run as it is shown."""
    told = {name: run.get(name) for name in ("by", "policy", "scheduled", "examined", "removed", "nouns")}
    times = {name: rfc3339(run[name]) if run.get(name) else None for name in ("began", "ended")}
    gone = {name: run.get(name) for name in ("first", "last")}
    return {"run": run["_id"], **told, **times, **gone, "sha256": run["sha256"] or None}


def _row(row: Mapping[str, Any], waiting: set[str]) -> Row:
    return Row(
        id=row["_id"],
        subject=row["subject"],
        order=(row["envelope"]["incarnation"], row["recordversion"]),
        time=datetime.fromisoformat(row["time"]),
        sent=row["_id"] not in waiting,
        travels=row["visibility"] in FEDERATED,
    )
