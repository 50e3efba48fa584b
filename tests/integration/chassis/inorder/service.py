"""A line for each event applied, in a collection that tells their order."""

from typing import Any

from chassis.calls.operators import Operators
from chassis.contract.envelope import Event
from chassis.events.consumer import consume
from chassis.kernel.ids import new_id
from chassis.storage.store import Store
from tests.integration.chassis.inorder.contract.subscriptions import ON_INSTITUTION


def write_line(event: Event, work: Any) -> None:
    """Fails while the collection `obstacles` names the version; each try is counted there."""
    asked = {"_id": f"{event.data['name']} {event.recordversion}"}
    obstacle = work.obstacles.collection.find_one_and_update(asked, {"$inc": {"tries": 1}})
    if obstacle is not None and obstacle["tries"] < obstacle["fails"]:
        raise RuntimeError("not yet")
    work.keep("lines", {"_id": new_id(), "name": event.data["name"], "version": event.recordversion})


class Obstacles:
    """What is to fail, and how often: {_id: name and version, fails, tries}."""

    collection_name = "obstacles"

    def __init__(self, database: Any) -> None:
        self.collection = database["obstacles"]


class InOrderService(Operators):
    """Writes lines."""

    name = "inorder"
    store = Store([], others=[Obstacles])

    @consume(ON_INSTITUTION)
    def on_institution(self, event: Event) -> bool:
        """A line an event."""
        return self.store.apply_once(event, ON_INSTITUTION.queue, self.caller(), write_line)


SERVICE = InOrderService
