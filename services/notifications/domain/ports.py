"""What the handlers need of the store, as protocols."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from chassis.kernel import work
from services.notifications.domain.announcement import Announcement
from services.notifications.domain.notification import Notification


class Notifications(work.Records[Notification], Protocol):
    """The notifications of this node."""

    def of_event(self, event_id: str) -> list[Notification]:
        """All that one event caused, the report among them."""


class Announcements(Protocol):
    """The acts that institutions were to be told of."""

    def concerning(self, institution_ids: Sequence[str], since: datetime) -> list[Announcement]:
        """Those of one of these institutions that happened at this instant or later."""

    def find(self, event_id: str) -> Announcement | None:
        """The one that an event made, or None."""

    def to_document(self, announcement: Announcement) -> dict[str, Any]:
        """As `Work.keep` takes it."""


class Copies(Protocol):
    """Read-only copies of another service's records."""

    def find(self, id: str, within: float = ...) -> dict[str, Any] | None:
        """The copy, or None; asked for again for `within` seconds."""

    def every(self, conditions: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
        """All copies that fit."""


class KnownFocalPoints(Copies, Protocol):
    """Persons who speak for institutions."""

    def active_for(self, institution_ids: Sequence[str]) -> list[dict[str, Any]]:
        """Those who speak for one of these institutions now."""


class Work(work.Work, Protocol):
    """The unit of work of this service."""

    notifications: Notifications
    announcements: Announcements
    known_institutions: Copies
    known_merges: Copies
    known_focal_points: KnownFocalPoints
    known_groups: Copies
    known_meetings: Copies
