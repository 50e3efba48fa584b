"""The ledger: one line an application, in the commit that marks the event as seen."""

from typing import Any

from chassis.calls.operators import Operators
from chassis.contract.envelope import Event
from chassis.events.consumer import consume
from chassis.kernel.ids import new_id
from chassis.storage.replica import Replica
from chassis.storage.store import Store
from tests.faults.ledger.contract.subscriptions import ON_INSTITUTION


class KnownInstitutions(Replica):
    """Copies, compared with the records."""

    noun = "institution"
    attribute = "known_institutions"


def write_line(event: Event, work: Any) -> None:
    """Fails for a name that says so, twice, then goes well: so that the retry ladder is in the game."""
    failing = event.data["name"].startswith("Échoue")
    tried = work.failures.collection.count_documents({"event": event.id}) if failing else 2
    if tried < 2:
        work.failures.collection.insert_one({"event": event.id})
        raise RuntimeError("not yet")
    work.keep("lines", {"_id": new_id(), "event": event.id, "subject": event.subject, "version": event.recordversion})
    work.replicate(event)


class Failures:
    """How often each event was made to fail; outside the unit of work, on purpose."""

    collection_name = "failures"

    def __init__(self, database: Any) -> None:
        self.collection = database["failures"]


class LedgerService(Operators):
    """Counts."""

    name = "ledger"
    store = Store([], [KnownInstitutions], others=[Failures])

    @consume(ON_INSTITUTION, together=write_line)
    def on_institution(self, event: Event) -> bool:
        """A line an application."""
        return self.store.apply_once(event, ON_INSTITUTION.queue, self.caller(), write_line)


SERVICE = LedgerService
