"""What the handlers need of the store, as protocols."""

from collections.abc import Mapping
from typing import Any, Protocol

from chassis.kernel import work
from services.meetings.domain.meeting import Meeting
from services.meetings.domain.minutes import Minutes
from services.meetings.domain.recommendation import Recommendation


class Meetings(work.Records[Meeting], Protocol):
    """The meetings of this node and the copies of others."""

    def on_day(self, group_id: str, day: str) -> list[Meeting]:
        """The group's meetings on a day."""


class Recommendations(work.Records[Recommendation], Protocol):
    """Recommendations and action points."""

    def of_minutes(self, minutes_id: str) -> list[Recommendation]:
        """Those that came from these minutes."""


class Copies(Protocol):
    """Read-only copies of another service's records."""

    def find(self, id: str) -> dict[str, Any] | None:
        """The copy, or None."""

    def every(self, conditions: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
        """All copies that fit."""


class Sources(Protocol):
    """The texts that minutes were read from, by their SHA-256."""

    def find(self, sha256: str) -> dict[str, Any] | None:
        """{_id, text, meeting_id, minutes_id, result} or None."""


class Work(work.Work, Protocol):
    """The unit of work of this service."""

    meetings: Meetings
    minutes: work.Records[Minutes]
    recommendations: Recommendations
    sources: Sources
    known_institutions: Copies
    known_groups: Copies
