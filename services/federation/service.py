"""The nameko class of the federation service: what it is made of, nothing else."""

from chassis.calls.log import LogKeeping
from chassis.calls.operators import Operators
from chassis.storage.store import Store
from services.federation.contract.events import EVENTS
from services.federation.entrypoints.carrying import CarryingEntrypoints
from services.federation.entrypoints.consumers import Consumers
from services.federation.entrypoints.members import MemberEntrypoints
from services.federation.entrypoints.region import RegionEntrypoints
from services.federation.entrypoints.rounds import Rounds
from services.federation.entrypoints.status import StatusEntrypoints
from services.federation.repository.beats import Beats
from services.federation.repository.imports import Imports
from services.federation.repository.invitation import Invitations
from services.federation.repository.links import Links
from services.federation.repository.node import Nodes
from services.federation.repository.pulse import Pulses


class FederationService(
    MemberEntrypoints,
    RegionEntrypoints,
    StatusEntrypoints,
    CarryingEntrypoints,
    Consumers,
    Rounds,
    Operators,
    LogKeeping,
):
    """Which nodes belong together, and how the links between them are."""

    name = "federation"
    publishes = EVENTS
    store = Store([Nodes, Pulses], others=[Beats, Invitations, Links, Imports])


SERVICE = FederationService
