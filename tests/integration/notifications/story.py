"""Events as the actors and meetings services publish them, sent by the test itself in the order it wants."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Any

import orjson
from kombu import Connection

from chassis.broker.topology import EVENTS
from chassis.contract.envelope import CONTENT_TYPE, Event, EventType
from chassis.kernel.clock import now
from services.actors.contract import events as actors
from services.meetings.contract import events as meetings
from tests.integration.node import Node
from tests.unit.notifications.builders import a_focal_point, a_meeting, an_event, an_institution, some_minutes


def envelope_of(event: Event) -> dict[str, Any]:
    """What its publisher sent: the attributes of the event and its data."""
    sent = {
        name: value for name, value in asdict(event).items() if name not in ("raw", "in_parcel") and value is not None
    }
    return {"specversion": "1.0", "datacontenttype": "application/json", **sent}


def publish(node: Node, *events: Event) -> None:
    """Send events to the node's exchange, confirmed by the broker."""
    with Connection(node.amqp_uri, transport_options={"confirm_publish": True}) as connection:
        for event in events:
            words = event.type.split(".")[1:-1]
            connection.Producer(auto_declare=False).publish(
                orjson.dumps(envelope_of(event)),
                exchange=EVENTS,
                routing_key=".".join((event.origin, event.visibility, *words)),
                content_type=CONTENT_TYPE,
                content_encoding="utf-8",
                delivery_mode=2,
                message_id=event.id,
                mandatory=True,
            )


class Story:
    """Institutions at a meeting, their focal points, and minutes of it; its account acts."""

    def __init__(self, name: str, focal_points: Sequence[dict[str, Any]], attendance: Sequence[str] = ()) -> None:
        """One institution for each focal point (None: without), `attendance` are texts linked to nobody."""
        self.name, self.account = name, f"account of {name}"
        self.happened = now()
        self.before = self.happened - timedelta(hours=1)
        self.institutions = [an_institution(f"{name} {place}") for place in range(len(focal_points))]
        self.focal_points = [
            a_focal_point(institution, self.before, visibility="internal", **person)
            for institution, person in zip(self.institutions, focal_points, strict=True)
            if person
        ]
        linked = [{"text": one["name"], "institution_id": one["id"]} for one in self.institutions]
        self.meeting = a_meeting([*linked, *({"text": text} for text in attendance)], title=name)
        self.minutes = some_minutes(self.meeting, self.institutions, title=name)

    def of_institutions(self) -> list[Event]:
        return [an_event(actors.INSTITUTION_CREATED, one, self.before) for one in self.institutions]

    def of_focal_points(self) -> list[Event]:
        return [an_event(actors.FOCAL_POINT_CREATED, one, self.before) for one in self.focal_points]

    def of_meeting(self) -> list[Event]:
        return [an_event(meetings.MEETING_CREATED, self.meeting, self.before)]

    def act(self, kind: EventType = meetings.MINUTES_CIRCULATED, **changes: Any) -> Event:
        """What the secretariat does next: each act is a version of the minutes."""
        self.minutes["version"] += 1
        return an_event(kind, self.minutes | changes, self.happened, actor=self.account, correlationid=f"c {self.name}")

    def notices(self, node: Node) -> list[dict[str, Any]]:
        """What focal points were told of it, by an admin's eyes."""
        return [one for one in self.every(node) if one["kind"] != "report"]

    def report(self, node: Node) -> dict[str, Any] | None:
        """The report, by the eyes of whoever acted."""
        found = node.every("notifications", "list_notifications", {"kind": "report"}, account=self.account)
        assert len(found) <= 1
        return found[0] if found else None

    def every(self, node: Node) -> list[dict[str, Any]]:
        """Everything that these minutes caused."""
        filters = {"all": True, "subject": self.minutes["id"]}
        return node.every("notifications", "list_notifications", filters, roles=("admin",))


def mail_of(notification: dict[str, Any]) -> dict[str, Any]:
    """The delivery by e-mail."""
    found: dict[str, Any] = next(one for one in notification["deliveries"] if one["channel"] == "email")
    return found
