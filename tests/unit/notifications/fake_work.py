"""A unit of work in memory for the handlers of notifications; it refuses what the store's unique index refuses."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

from chassis.kernel.errors import ConflictError, NotFoundError, StaleError
from chassis.kernel.ids import new_id
from chassis.kernel.principal import SYSTEM, Caller
from chassis.storage.repository import structure, unstructure
from services.notifications.domain.announcement import Announcement
from services.notifications.domain.notification import Notification
from tests.unit.notifications.builders import NOON


class FakeCopies:
    """Copies by id, as a replica gives them."""

    def __init__(self) -> None:
        self.copies: dict[str, dict[str, Any]] = {}

    def add(self, record: dict[str, Any]) -> None:
        """Keep a record as its event has it."""
        self.copies[record["id"]] = {"_id": record["id"]} | {key: record[key] for key in record if key != "id"}

    def find(self, id: str, within: float = 2.0) -> dict[str, Any] | None:
        return self.copies.get(id)

    def every(self) -> list[dict[str, Any]]:
        return list(self.copies.values())

    def active_for(self, institution_ids: Any) -> list[dict[str, Any]]:
        found = [one for one in self.copies.values() if one["institution_id"] in institution_ids]
        return [one for one in found if one["status"] == "active"]


class FakeNotifications:
    """Stored notifications, and those of a work that has not ended."""

    def __init__(self) -> None:
        self.stored: dict[str, Notification] = {}

    def find(self, id: str) -> Notification | None:
        return self.stored.get(id)

    def own(self, id: str, version: int | None = None) -> Notification:
        return self.get(id, version)

    def get(self, id: str, version: int | None = None) -> Notification:
        if id not in self.stored:
            raise NotFoundError("notification-not-found", None, {"id": id})
        if version is not None and self.stored[id].version != version:
            raise StaleError("stale-version")
        return self.stored[id]

    def of_event(self, event_id: str) -> list[Notification]:
        return [one for one in self.stored.values() if one.event_id == event_id]


class FakeAnnouncements:
    """Announcements by event."""

    def __init__(self) -> None:
        self.stored: dict[str, Announcement] = {}

    def find(self, event_id: str) -> Announcement | None:
        return self.stored.get(event_id)

    def concerning(self, institution_ids: Sequence[str], since: datetime) -> list[Announcement]:
        named = set(institution_ids)
        return [one for one in self.stored.values() if named & set(one.institutions) and one.happened_at >= since]

    def to_document(self, announcement: Announcement) -> dict[str, Any]:
        return asdict(announcement)


@dataclass
class FakeWork:
    """Writes at once; `saved` lists (event name, record) in order."""

    caller: Caller = field(default_factory=lambda: Caller(principal=SYSTEM, correlation_id="c-1"))
    now: datetime = NOON
    node: str = "central"
    notifications: FakeNotifications = field(default_factory=FakeNotifications)
    announcements: FakeAnnouncements = field(default_factory=FakeAnnouncements)
    known_institutions: FakeCopies = field(default_factory=FakeCopies)
    known_merges: FakeCopies = field(default_factory=FakeCopies)
    known_focal_points: FakeCopies = field(default_factory=FakeCopies)
    known_groups: FakeCopies = field(default_factory=FakeCopies)
    known_meetings: FakeCopies = field(default_factory=FakeCopies)
    saved: list[tuple[str, Notification]] = field(default_factory=list)

    def new(self, kind: type[Any], visibility: str, /, **values: Any) -> Any:
        own = {"id": new_id(), "origin": self.node, "version": 1, "visibility": visibility}
        born = {"created_at": self.now, "created_by": "system", "updated_at": self.now, "updated_by": "system"}
        return structure({**values, **own, **born}, kind)

    def revise(self, record: Any, /, **changes: Any) -> Any:
        changed = structure({**unstructure(record), **changes}, type(record))
        return record if changed == record else replace(changed, version=record.version + 1, updated_at=self.now)

    def save(self, record: Any, event: Any) -> None:
        if self.notifications.stored.get(record.id) == record:
            return
        others = [one for one in self.notifications.of_event(record.event_id) if one.id != record.id]
        if any(one.recipient == record.recipient for one in others):
            raise ConflictError("already-told")
        self.notifications.stored[record.id] = record
        self.saved.append((event.name, record))

    def keep(self, collection: str, document: dict[str, Any]) -> None:
        assert collection == "announcements"
        if document["event_id"] in self.announcements.stored:
            raise ConflictError("already-kept")
        self.announcements.stored[document["event_id"]] = Announcement(**document)

    def replicate(self, event: Any) -> None:
        raise AssertionError("no handler of notifications replicates")

    def told(self) -> list[str]:
        """Ids of the focal points that were told, in order."""
        return [one.recipient.id for one in self.notifications.stored.values() if one.kind != "report"]

    def report(self) -> Notification:
        """The one report."""
        (found,) = [one for one in self.notifications.stored.values() if one.kind == "report"]
        return found
