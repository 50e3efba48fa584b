"""The shelf keeps what other nodes have."""

from chassis.calls.federated import Federated
from chassis.calls.log import LogKeeping
from chassis.calls.operators import Operators
from chassis.contract.envelope import Event
from chassis.events.consumer import consume
from chassis.storage.repository import Repository
from chassis.storage.store import Store
from tests.integration.federation.shelf.contract.events import EVENTS, NEWER, Paper, Volume
from tests.integration.federation.shelf.contract.subscriptions import FROM_OTHERS


class Papers(Repository[Paper]):
    """Papers of all nodes."""

    collection_name = "papers"
    noun = "paper"
    kind = Paper


class Volumes(Repository[Volume]):
    """Volumes of all nodes."""

    collection_name = "volumes"
    noun = "volume"
    kind = Volume


class ShelfService(Federated, Operators, LogKeeping):
    """In the release that GTM_TEST_RELEASE says."""

    name = "shelf"
    publishes = EVENTS
    store = Store([Papers, Volumes] if NEWER else [Papers])

    @consume(FROM_OTHERS)
    def on_others(self, event: Event) -> bool:
        """Keep it."""
        return self.adopt(FROM_OTHERS, event)


SERVICE = ShelfService
