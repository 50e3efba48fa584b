"""What the handlers need of the store, as protocols."""

from collections.abc import Sequence
from typing import Any, Protocol

from chassis.kernel import work
from services.indicators.domain.framework import Framework
from services.indicators.domain.indicator import Indicator
from services.indicators.domain.observation import Observation
from services.indicators.domain.verification import Verification, Version


class Frameworks(work.Records[Framework], Protocol):
    """The frameworks."""

    def find_coded(self, code: str) -> Framework | None:
        """The framework with this code."""


class Indicators(work.Records[Indicator], Protocol):
    """The indicators."""

    def nodes_in_use(self, framework_id: str) -> set[str]:
        """Codes of the framework's lines that indicators stand at."""


class Observations(work.Records[Observation], Protocol):
    """The observations."""

    def any_of(self, indicator_id: str) -> bool:
        """Whether there is any observation of the indicator."""

    def current(self, ids: Sequence[str]) -> dict[str, Version]:
        """(incarnation, version) of each that is there."""


class Verifications(work.Records[Verification], Protocol):
    """What was said to figures, by all nodes."""

    def of(self, ids: Sequence[str]) -> list[Verification]:
        """All on these observations."""


class KnownInstitutions(Protocol):
    """The institutions, as far as this service has heard of them."""

    def find(self, id: str, within: float = 2.0) -> dict[str, Any] | None:
        """The institution or None; an id is waited for `within` seconds: its event may be on the way."""


class Work(work.Work, Protocol):
    """The unit of work of this service."""

    frameworks: Frameworks
    indicators: Indicators
    observations: Observations
    verifications: Verifications
    known_institutions: KnownInstitutions
