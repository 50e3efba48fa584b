"""Records and events as other services publish them, checked against their contracts."""

from datetime import UTC, datetime
from typing import Any

from chassis.contract.envelope import Event, EventType
from chassis.kernel.clock import rfc3339
from chassis.kernel.ids import new_id
from services.actors.contract import events as actors
from services.meetings.contract import events as meetings

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
BEFORE = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
AFTER = datetime(2026, 3, 3, 8, 0, tzinfo=UTC)


def a_record(at: datetime = BEFORE, **fields: Any) -> dict[str, Any]:
    """What every record has, made at an instant."""
    instant = rfc3339(at)
    base = {"id": new_id(), "origin": "central", "version": 1, "visibility": "gtm"}
    born = {"created_at": instant, "created_by": "a-1", "updated_at": instant, "updated_by": "a-1"}
    return base | born | fields


def an_institution(name: str, acronym: str | None = None) -> dict[str, Any]:
    return a_record(name=name, acronym=acronym, status="active")


def a_focal_point(institution: dict[str, Any], at: datetime = BEFORE, **fields: Any) -> dict[str, Any]:
    values: dict[str, Any] = {
        "name": "Aïssa Abdou",
        "email": "aissa@example.ne",
        "language": "fr",
        "status": "active",
    } | fields
    return a_record(at, institution_id=institution["id"], **values)


def a_meeting(attendance: list[dict[str, Any]] | None = None, **fields: Any) -> dict[str, Any]:
    values: dict[str, Any] = {"title": "Réunion ordinaire du GTM", "date": "2026-02-24", "state": "held"} | fields
    return a_record(attendance=attendance or [], **values)


def some_minutes(meeting: dict[str, Any], present: list[dict[str, Any]], **fields: Any) -> dict[str, Any]:
    values: dict[str, Any] = {
        "title": "Réunion ordinaire du GTM",
        "date": "2026-02-24",
        "group_name": "GTM central",
    } | fields
    values = {"state": "circulated", "deadline": "2026-03-12T22:59:59.000Z", "adopted_on": None} | values
    return a_record(meeting_id=meeting["id"], present=[one["id"] for one in present], **values)


def an_event(kind: EventType, data: dict[str, Any], at: datetime = NOON, **fields: Any) -> Event:
    """The event as a consumer gets it; the data must fit the contract."""
    kind.reader.load(data)
    values: dict[str, Any] = {
        "id": new_id(),
        "type": kind.name,
        "source": f"/nodes/central/{kind.words[0]}",
        "subject": data["id"],
        "time": rfc3339(at),
        "origin": "central",
        "recordversion": data["version"],
        "incarnation": 1,
        "visibility": data["visibility"],
        "actor": "account-of-secretariat",
        "correlationid": "c-1",
        "data": data,
    }
    return Event(**values | fields)


def circulated(minutes: dict[str, Any], at: datetime = NOON) -> Event:
    return an_event(meetings.MINUTES_CIRCULATED, minutes, at)


def created(focal_point: dict[str, Any]) -> Event:
    return an_event(actors.FOCAL_POINT_CREATED, focal_point)
