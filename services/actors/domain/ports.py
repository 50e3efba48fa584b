"""What the handlers need of the store, as protocols."""

from collections.abc import Sequence
from typing import Protocol

from chassis.kernel import work
from services.actors.domain.confirmation import Confirmation
from services.actors.domain.focal_point import FocalPoint
from services.actors.domain.group import Group
from services.actors.domain.institution import Institution
from services.actors.domain.intervention import Intervention
from services.actors.domain.merge import Merge


class Institutions(work.Records[Institution], Protocol):
    """The directory."""

    def find_named(self, folded: str) -> Institution | None:
        """The institution with this folded name; one of this node's own before those of others."""

    def find_known_as(self, folded: str) -> Institution | None:
        """The institution that bears this folded name, acronym or alias."""


class Groups(work.Records[Group], Protocol):
    """The groups."""

    def find_named(self, folded: str) -> Group | None:
        """The group with this folded name."""


class Confirmations(work.Records[Confirmation], Protocol):
    """What partners said of interventions."""

    def of(self, ids: Sequence[str]) -> list[Confirmation]:
        """All of these interventions."""


class Merges(work.Records[Merge], Protocol):
    """Which institutions are one."""

    def all_known(self) -> list[Merge]:
        """All of them, undone ones too."""

    def ways(self) -> dict[str, str]:
        """Where each merged institution leads, one step."""


class Work(work.Work, Protocol):
    """The unit of work of this service."""

    institutions: Institutions
    focal_points: work.Records[FocalPoint]
    groups: Groups
    interventions: work.Records[Intervention]
    confirmations: Confirmations
    merges: Merges
