"""The nameko class of the actors service: what it is made of, nothing else."""

from typing import Any

from chassis.calls.log import LogKeeping
from chassis.calls.operators import Operators
from chassis.kernel.ids import new_id
from chassis.kernel.principal import SYSTEM, Caller
from chassis.service import Starter
from chassis.storage.store import Store
from services.actors.contract.events import EVENTS
from services.actors.entrypoints.acts import ActEntrypoints
from services.actors.entrypoints.consumers import Consumers
from services.actors.entrypoints.focal_point import ERASING, FocalPointEntrypoints
from services.actors.entrypoints.group import GroupEntrypoints
from services.actors.entrypoints.institution import InstitutionEntrypoints
from services.actors.entrypoints.intervention import InterventionEntrypoints
from services.actors.entrypoints.reference import ReferenceEntrypoints
from services.actors.handlers.starter import load_groups, load_institutions
from services.actors.repository.acts import Confirmations, Merges
from services.actors.repository.focal_point import FocalPoints
from services.actors.repository.group import Groups
from services.actors.repository.institution import Institutions
from services.actors.repository.intervention import Interventions


def load_starter_directory(store: Any) -> None:
    """Enter what ships; only the centre does, other nodes learn it from there."""
    if store.place.node == "central":
        for load in (load_institutions, load_groups):
            with store.work(Caller(principal=SYSTEM, correlation_id=new_id())) as work:
                load(work)


class ActorsService(
    InstitutionEntrypoints,
    FocalPointEntrypoints,
    GroupEntrypoints,
    InterventionEntrypoints,
    ActEntrypoints,
    ReferenceEntrypoints,
    Consumers,
    Operators,
    LogKeeping,
):
    """Who is who, and who does what, where."""

    name = "actors"
    publishes = EVENTS
    store = Store([Institutions, FocalPoints, Groups, Interventions, Confirmations, Merges])
    starter = Starter(load_starter_directory)
    eraser = Starter(ERASING.again)


SERVICE = ActorsService
