"""The nameko class of the indicators service: what it is made of, nothing else."""

from typing import Any

from chassis.calls.log import LogKeeping
from chassis.calls.operators import Operators
from chassis.kernel.ids import new_id
from chassis.kernel.principal import SYSTEM, Caller
from chassis.service import Starter
from chassis.storage.store import Store
from services.indicators.contract.events import EVENTS
from services.indicators.entrypoints.consumers import Consumers
from services.indicators.entrypoints.framework import FrameworkEntrypoints
from services.indicators.entrypoints.indicator import IndicatorEntrypoints
from services.indicators.entrypoints.observation import ObservationEntrypoints
from services.indicators.entrypoints.verification import VerificationEntrypoints
from services.indicators.handlers.starter import load_frameworks
from services.indicators.projections.institution import KnownInstitutions
from services.indicators.projections.merge import KnownMerges
from services.indicators.repository.framework import Frameworks
from services.indicators.repository.indicator import Indicators
from services.indicators.repository.observation import Observations
from services.indicators.repository.verification import Verifications


def load_shipped_frameworks(store: Any) -> None:
    """Enter what ships; only the centre does, other nodes learn it from there."""
    if store.place.node == "central":
        with store.work(Caller(principal=SYSTEM, correlation_id=new_id())) as work:
            load_frameworks(work)


class IndicatorsService(
    FrameworkEntrypoints,
    IndicatorEntrypoints,
    ObservationEntrypoints,
    VerificationEntrypoints,
    Consumers,
    Operators,
    LogKeeping,
):
    """What the plan aims at, and how far it is."""

    name = "indicators"
    publishes = EVENTS
    store = Store([Frameworks, Indicators, Observations, Verifications], [KnownInstitutions, KnownMerges])
    starter = Starter(load_shipped_frameworks)


SERVICE = IndicatorsService
