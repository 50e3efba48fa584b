"""What the entrypoints work with, made once a process: this node's broker, keys, memory of pulses."""

import threading
from typing import Any

from nameko.extensions import DependencyProvider

from chassis.kernel.clock import now
from chassis.kernel.ids import new_id
from chassis.kernel.principal import SYSTEM, Caller
from chassis.service import Service
from chassis.storage.store import Store
from services.federation.adapters.authority import CentreAuthority
from services.federation.adapters.carried_keys import CarriedKeys
from services.federation.adapters.carrier import Carrier
from services.federation.adapters.hub_broker import HubBroker
from services.federation.adapters.key_files import LinkFiles
from services.federation.adapters.management import Management
from services.federation.adapters.publisher import PulsePublisher
from services.federation.adapters.region_broker import RegionBroker
from services.federation.domain.link import Watch
from services.federation.handlers.beating import Beater
from services.federation.handlers.pulse import Memory
from services.federation.settings import FederationSettings


class Parts:
    """One a process."""

    def __init__(self, store: Store, settings: FederationSettings) -> None:
        self.store, self.settings = store, settings
        management = Management(settings.management, settings.vhost)
        self.management = management
        self.files = LinkFiles(settings.keys)
        self.authority = CentreAuthority(settings.keys, settings.description)
        self.hub_broker = HubBroker(management)
        self.region_broker = RegionBroker(management, settings.node, settings.keys, settings.heartbeat)
        self.carried_keys = CarriedKeys(settings.keys, settings.node, settings.hub)
        self.carrier = Carrier(management, settings.amqp_uri, settings.hub)
        self.publish = PulsePublisher(settings.amqp_uri, settings.node)
        self.memory = Memory(settings.node, new_id(), settings.hub)
        self.beater = Beater(self.memory, self.beats, settings.heartbeat)
        self.born = now()
        self.watch = Watch()
        self.refused = False
        """Whether the centre answers and lets this node not in."""
        self.changing = threading.Lock()
        """Held while the membership or its transports change: a round must not make anew what a call just removes."""
        self.provisioned: Any = None
        """What the centre's broker was last made to fit: (node, version) of each member."""

    @property
    def nodes(self) -> Any:
        """The members."""
        return self.store.parts["nodes"]

    @property
    def links(self) -> Any:
        """What is known of other nodes by their pulses."""
        return self.store.parts["links"]

    @property
    def beats(self) -> Any:
        """Which process of this node beats."""
        return self.store.parts["beats"]

    @property
    def invitations(self) -> Any:
        """What was handed out."""
        return self.store.parts["invitations"]

    @property
    def imports(self) -> Any:
        """Files that were carried here."""
        return self.store.parts["imports"]

    def provision(self) -> None:
        """Make the centre's broker fit its members. Raises: UnavailableError; what is left the next round does."""
        with self.changing:
            self._provision()

    def _provision(self) -> None:
        members = self.nodes.every(origin=self.settings.node, role="region")
        by_state: dict[str, dict[str, str]] = {"joined": {}, "suspended": {}}
        for member in members:
            password = self.invitations.password_hash(member.node)
            if member.state in by_state and password is not None:
                by_state[member.state][member.node] = password
        if any(by_state.values()):
            self.hub_broker.provision(self.settings.node, by_state["joined"], by_state["suspended"])
        for member in members:
            if member.state == "removed" and member.joined_at is not None:
                self.hub_broker.remove(member.node)
                self.links.forget(member.node)
        self.provisioned = signature(members)


def signature(members: Any) -> tuple[tuple[str, int], ...]:
    """What of the members decides how the broker has to be."""
    return tuple((one.node, one.version) for one in members)


class PartsProvider(DependencyProvider):
    """`self.parts`."""

    def setup(self) -> None:
        """Read the settings: a wrong one stops the start. Raises: SettingsError."""
        self.settings = FederationSettings.of(self.container.config["GTM"])

    def start(self) -> None:
        """The store is open by now."""
        store = next(one for one in self.container.dependencies if isinstance(one, Store))
        self.parts = Parts(store, self.settings)

    def get_dependency(self, worker_ctx: Any) -> Parts:
        """The same for every call."""
        return self.parts


class Federating(Service):
    """Base of this service's entrypoints."""

    parts: Parts = PartsProvider()


def system() -> Caller:
    """The platform itself, acting of its own accord."""
    return Caller(principal=SYSTEM, correlation_id=new_id())
